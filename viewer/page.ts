/**
 * A run as one HTML file that asks nobody for anything: the policy in its head lets it run its own
 * style and script, known by their hashes, and nothing else, so that no hand-in can add to it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bundle } from './bundle';
import type { RunData } from './run';

/** What a page is made of. */
interface Parts {
  readonly title: string;
  readonly style: string;
  readonly script: string;
  /** What the policy allows besides style and script; nothing unless told. */
  readonly allow?: string;
  /** More of the head, as HTML. */
  readonly head?: string;
  /** More of the body, as HTML, before the script. */
  readonly body?: string;
}

let assets: Pick<Parts, 'style' | 'script'> | undefined;

/** The page of a run, as HTML. */
export function runPage(data: RunData): string {
  assets ??= { style: styleOf('page.css'), script: bundle() };
  return htmlPage({
    ...assets,
    title: data.title,
    body:
      '<noscript>This page draws a run with a script: allow it to run scripts, it asks no server for anything.</noscript>\n' +
      `<script type="application/json" id="run">${json(data)}</script>`,
  });
}

/** A style sheet of this folder. */
export function styleOf(file: string): string {
  return readFileSync(path.join(__dirname, file), 'utf8');
}

export function htmlPage({
  title,
  style,
  script,
  allow = '',
  head = '',
  body = '',
}: Parts): string {
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    ...(allow === '' ? [] : [allow]),
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${html(title)}</title>
<style>${style}</style>${head}
</head>
<body>
${body}
<script>${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/**
 * JSON that cannot end the element it stands in. Characters without a width, or that turn the
 * direction of writing, become `?`: a solution may have sent anything.
 */
function json(data: RunData): string {
  return JSON.stringify(data)
    .replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
    .replaceAll('<', '\\u003c');
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

function html(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] as string);
}

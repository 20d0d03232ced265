/**
 * Pages as one HTML file: the policy in the head lets a page run its own style and script, known by
 * their hashes, and nothing else, so that nothing a hand-in has said can add to it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Parts {
  /** A language tag. */
  readonly language: string;
  /** Plain text. */
  readonly title: string;
  readonly style: string;
  readonly script: string;
  /** The markup before the script. */
  readonly body: string;
  /** More of the head, as markup. */
  readonly head?: string;
  /** More of the policy, such as `connect-src ...`. Default: the page asks nobody for anything. */
  readonly policy?: readonly string[];
}

/** The page as HTML. */
export function htmlPage({
  language,
  title,
  style,
  script,
  body,
  head = '',
  policy = [],
}: Parts): string {
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(style, script, policy)}">
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

/** A style sheet: a path in the folder of the pages, or an absolute one. */
export function styleOf(file: string): string {
  return readFileSync(path.resolve(__dirname, '..', file), 'utf8');
}

function policyOf(style: string, script: string, more: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    ...more,
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

function html(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] as string);
}

/** A run as one HTML file that asks nobody for anything. */
import { bundle } from '../kit/bundle';
import { htmlPage, styleOf } from '../kit/html';
import type { RunData } from '../model/run';

let assets: { readonly style: string; readonly script: string } | undefined;

/** The page of a run, as HTML. */
export function runPage(data: RunData): string {
  assets ??= {
    style: styleOf('kit/page.css'),
    script: bundle('run/main'),
  };
  return htmlPage({
    ...assets,
    language: 'en',
    title: data.title,
    body: `<noscript>This page draws a run with a script: allow it to run scripts, it asks no server for anything.</noscript>
<script type="application/json" id="run">${json(data)}</script>`,
  });
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

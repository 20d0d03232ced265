/** The live page of a cluster, as HTML: made when a browser first asks for it. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { warmUp } from '../../runtime/typescript.cjs';
import { bundle } from '../kit/bundle';
import { htmlPage, styleOf } from '../kit/html';

let assets: { readonly style: string; readonly script: string } | undefined;

/**
 * Sees to it that the page will be made at once: a compiler that starts when a browser asks would hold up
 * whatever else this process does. Takes milliseconds unless the page has changed since it was made last.
 */
export function prepareLivePage(): void {
  const parts = ['live', 'strings', 'model'].flatMap((folder) =>
    readdirSync(path.join(__dirname, '..', folder)).map((name) => `viewer/${folder}/${name}`),
  );
  warmUp([...parts.filter((name) => name.endsWith('.ts')), 'viewer/kit/dom.ts']);
}

/** `socketOrigin`: where its WebSocket is, `ws://127.0.0.1:8080`; it may talk to nobody else. */
export function livePage(socketOrigin: string): string {
  assets ??= {
    style: ['kit/page.css', require.resolve('uplot/dist/uPlot.min.css'), 'live/live.css']
      .map(styleOf)
      .join('\n'),
    script: bundle('live/main'),
  };
  return htmlPage({
    ...assets,
    language: 'en',
    title: 'viewlab: a live cluster',
    body: '<noscript>This page shows a running cluster with a script: allow it to run scripts.</noscript>',
    policy: [`connect-src 'self' ${socketOrigin}`],
  });
}

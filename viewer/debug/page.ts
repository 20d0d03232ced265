/** The page of the debugger, as HTML: it asks the server that it came from, and nobody else. */
import { bundle } from '../kit/bundle';
import { htmlPage, styleOf } from '../kit/html';

let page: string | undefined;

export function debugPage(): string {
  page ??= htmlPage({
    language: 'en',
    title: 'viewlab debugger',
    style: `${styleOf('kit/page.css')}\n${styleOf('debug/debug.css')}`,
    script: bundle('debug/main'),
    policy: ["connect-src 'self'", 'img-src data:'],
    // Without an icon, browsers ask for one by themselves, and without the token.
    head: '<link rel="icon" href="data:,">',
    body: '<noscript>This page needs its script: allow it to run scripts. It asks only the server that it came from.</noscript>',
  });
  return page;
}

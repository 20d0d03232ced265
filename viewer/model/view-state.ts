/** The state of a page: its cursor, and the nodes that are hidden. The address of the page holds it. */
import type { Span } from './search';

export interface PageState {
  /** Of a run that failed and the passing one beside it, the one that is shown. */
  readonly run: 'failing' | 'passing';
  /** The event under the cursor, by its index in the trace. */
  readonly cursor: number;
  readonly window: Span;
  readonly hidden: ReadonlySet<string>;
  /** Heartbeats, ticks and timers are shown. */
  readonly pings: boolean;
  /** Pauses in which nothing happens are shortened. */
  readonly even: boolean;
  /** The text that is searched for. */
  readonly text: string;
  /** Only what fits the search is shown. */
  readonly only: boolean;
}

/** For the part of an address after `#`. */
export function encodeState({
  run,
  cursor,
  window,
  hidden,
  pings,
  even,
  text,
  only,
}: PageState): string {
  const ms = (value: number) => String(Math.round(value * 1000) / 1000);
  const words = new URLSearchParams({
    event: String(cursor),
    from: ms(window.fromMs),
    to: ms(window.toMs),
  });
  if (run === 'passing') words.set('run', run);
  for (const node of hidden) words.append('hide', node);
  if (pings) words.set('pings', '1');
  if (!even) words.set('even', '0');
  if (text !== '') words.set('q', text);
  if (only) words.set('only', '1');
  return words.toString();
}

/** Which run an address is about. */
export function sideIn(hash: string): PageState['run'] {
  return new URLSearchParams(hash.replace(/^#/, '')).get('run') === 'passing'
    ? 'passing'
    : 'failing';
}

/** The state in an address about the run of `otherwise`; parts that it lacks, or has wrong, are as in `otherwise`. */
export function decodeState(
  hash: string,
  events: number,
  run: Span,
  otherwise: PageState,
): PageState {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  if (!words.has('event')) return otherwise;
  const number = (name: string) => {
    const word = words.get(name);
    return word === null || word === '' ? Number.NaN : Number(word);
  };
  const cursor = number('event');
  const fromMs = Math.max(number('from'), run.fromMs);
  const toMs = Math.min(number('to'), run.toMs);
  return {
    run: otherwise.run,
    cursor: Number.isInteger(cursor) && cursor >= 0 && cursor < events ? cursor : otherwise.cursor,
    window: fromMs < toMs ? { fromMs, toMs } : otherwise.window,
    hidden: new Set(words.getAll('hide')),
    pings: words.get('pings') === '1',
    even: words.get('even') !== '0',
    text: (words.get('q') ?? '').slice(0, 200),
    only: words.get('only') === '1',
  };
}

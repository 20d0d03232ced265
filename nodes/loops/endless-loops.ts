/**
 * Endless loops: the limit at which a node that goes on computing counts as one that never comes back,
 * and the report of it.
 * All is measured in time of its own thread on a processor: a busy machine makes no loop of anything.
 */
import type { Failure } from '../../judging/failure';
import type { LastInput } from './progress';

/**
 * Milliseconds of computing at one input. A right handler needs less than a hundredth; one that loops
 * is to be told soon.
 */
export const hangLimitMs = 5_000;
/** The same for a call of which one has not come back already: it need not be waited for again. */
const knownHangLimitMs = 500;
/** The same for the framework itself: compiling, judging, searching. */
const ownLimitMs = 90_000;

export class EndlessLoops {
  private readonly limitMs: number;
  private readonly places = new Map<string, string | undefined>();

  constructor(limitMs = hangLimitMs) {
    this.limitMs = limitMs;
  }

  limitFor({ node, what }: LastInput): number {
    if (node === '') return ownLimitMs;
    return this.places.has(what) ? Math.min(knownHangLimitMs, this.limitMs) : this.limitMs;
  }

  /** The failure to report; `place`: where in the solution it was seen, if that is known. */
  found(last: LastInput, place: string | undefined): Failure {
    const { node, what } = last;
    const seconds = this.limitFor(last) / 1_000;
    if (node === '') return oursTooLong(what, seconds);
    const isKnown = this.places.has(what);
    if (!isKnown) this.places.set(what, place);
    const where = place ?? this.places.get(what);
    return {
      kind: 'did not settle',
      expected: 'every handler to give control back, at the latest at its next await',
      actual: `${node} did not come back from ${what}: an endless loop${where === undefined ? '?' : ` in ${where}`}`,
      details: [
        isKnown
          ? `ended after ${seconds} s of computing, as that call has not come back before`
          : `ended after ${seconds} s of computing`,
      ],
    };
  }
}

function oursTooLong(what: string, seconds: number): Failure {
  return {
    kind: 'framework',
    expected: 'the run to end',
    actual: `${what || 'loading'} has taken more than ${seconds} s of computing`,
  };
}

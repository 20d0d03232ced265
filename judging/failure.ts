import { notYet, stubIn } from '../runtime/errors';
import { bugInWords, type NodeBug, oversized, unawaited } from '../runtime/node-bug';
import type { AnomalyKind } from './anomaly';
import { type Breach, broken, type Component } from './breach';

/** The finding of a scenario, as data; how it is shown is the business of report/. */
export type FailureKind =
  /** A call is still a stub. */
  | 'not implemented'
  /** The scenario saw something other than what it expected. */
  | 'expectation'
  /** The history of the clients has no legal order. */
  | 'not linearizable'
  /** Clients did not finish although no fault was left. */
  | 'stuck'
  /** The solution threw where nobody could catch it, or does not load. */
  | 'broken code'
  /** A handler, a tick or the start of a node did not give control back. */
  | 'did not settle'
  /** Two runs with the same seed differed. */
  | 'not repeatable'
  /** The framework itself failed: nobody's fault but ours. */
  | 'framework';

export interface Failure {
  readonly kind: FailureKind;
  readonly expected: string;
  readonly actual: string;
  /** More lines, for instance why no order of the operations is possible. */
  readonly details?: readonly string[];
  /** The method that is still a stub, for instance `ViewServer.ping in viewservice/server.ts`. */
  readonly missing?: readonly string[];
  /** The remedy, where the cause is known: then the hint of the scenario is beside the point. */
  readonly remedy?: string;
  /** The setting of the run, if it was not plain, and whether it matters. */
  readonly setting?: string;
  /** The moment at which it showed, in milliseconds of the run; the end of the run unless told. */
  readonly atMs?: number;
  /** The rule that the run is proven to break, where one is. */
  readonly breach?: Breach;
  /** Who is at fault, where the trace proves it. */
  readonly component?: Component;
  /** The servers did not come up as they should: the scenario itself had not begun. */
  readonly inSetUp?: true;
  /** The operations that prove it, in the order of their calls; the trace tells their paths. */
  readonly cited?: readonly CitedOperation[];
  /** What happened to them, a line each: see judging/causes/operation-path.ts. */
  readonly path?: readonly string[];
  /** Which anomalies it shows, where that can be told. */
  readonly anomalies?: readonly AnomalyKind[];
  /** Servers had crashed, and nothing else had failed: see judging/plain-failover.ts. */
  readonly plainFailover?: true;
}

/** An operation of a client, as the history has it. */
export interface CitedOperation {
  readonly process: string;
  readonly operation: { readonly op: string; readonly key: string; readonly value?: string };
  readonly calledAtMs: number;
  /** The id and the number that its requests bear, if they are known. */
  readonly number?: readonly [client: string, seq: number];
  /** It has not returned when the run ends. */
  readonly isWaiting?: true;
}

/** Thrown by a scenario to end with a failure. */
export class ScenarioFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`expected ${failure.expected}, got ${failure.actual}`);
    this.failure = failure;
  }
}

/** What a failure shows about a server, if it has a name, the rule that it proves to be broken, and by which operations. */
export type ShownBy = readonly [
  anomaly?: AnomalyKind | undefined,
  breach?: Breach | undefined,
  cited?: readonly CitedOperation[],
];

export function expectation(
  expected: string,
  actual: string,
  ...[anomaly, breach, cited]: ShownBy
): ScenarioFailure {
  const failure: Failure = { kind: 'expectation', expected, actual };
  return new ScenarioFailure({
    ...{ ...failure, ...broken(breach) },
    ...(anomaly && { anomalies: [anomaly] }),
    ...(cited && { cited }),
  });
}

/** More stubs than there are in a handout. */
const maxMissing = 20;

/** The failure of a run that met stubs; `messages`: what they said, the first one first. */
export function notImplementedYet(messages: readonly [string, ...string[]]): Failure {
  const missing = new Set(messages.flatMap((message) => stubIn(message) ?? []));
  const [first] = missing;
  return {
    kind: 'not implemented',
    expected: 'an implementation',
    actual: first === undefined ? messages[0] : notYet(first),
    missing: [...missing].slice(0, maxMissing),
  };
}

/** The number of places of a stack that are shown. */
const shownFrames = 4;

/** The failure that a bug is, whatever else went wrong because of it. */
export function failureOfBug(node: string, bug: NodeBug): Failure {
  if (stubIn(bug.message) !== undefined) return notImplementedYet([bug.message]);
  const { expected = `${node} to run without errors that nobody catches`, isEndless } = bug;
  const remedy = remedyOf(bug);
  return {
    kind: isEndless ? 'did not settle' : 'broken code',
    expected: isEndless ? `${node} to come to rest after each input` : expected,
    actual: bugInWords(bug),
    ...(bug.frames.length > 0 && { details: bug.frames.slice(0, shownFrames) }),
    ...(remedy !== undefined && { remedy }),
  };
}

function remedyOf({ where, code, expected, isEndless }: NodeBug): string | undefined {
  if (where === oversized) {
    return (
      'weigh a message before more goes into it: the bytes of JSON of all that it holds (keys, values, results), ' +
      'not how many entries there are'
    );
  }
  if (isEndless || expected !== undefined) return undefined;
  if (where === unawaited)
    return 'await it, or catch what it rejects with: a real server would end';
  if (code === undefined) return undefined;
  const who = where === 'start' || where === 'tick' ? where : `the code behind ${where}`;
  return (
    `a call to another node may fail at any time: ${who} must catch that, as nobody else does, and ` +
    'what comes after the call is not done'
  );
}

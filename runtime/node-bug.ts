/** A bug of a node, as data: what the framework noticed, so that people can be told of it. */
import { type ErrorCode, refusalIn, stubIn, WrongResult } from './errors';
import { describeThrown, isInstance, shortened, withFrames } from './thrown-value';

/** The program threw where nobody could catch it, broke a contract, or did not come to rest. */
export interface NodeBug {
  readonly type: 'failure';
  /** The handler that it was in the middle of: `tick`, `ViewService.ping`. */
  readonly where: string;
  readonly message: string;
  /** Where it was thrown, innermost first. */
  readonly frames: readonly string[];
  /** Of an RpcError that nobody caught. */
  readonly code?: ErrorCode;
  /** The result that the code owed; absent: nothing but not to throw. */
  readonly expected?: string;
  /** True: the code went on and on. */
  readonly isEndless?: boolean;
}

/** Where an error shows that no code waits for. */
export const unawaited = 'a promise that nobody awaits';

/** Where an error shows that is about the messages of a node, and not about one of its handlers. */
export const oversized = 'its messages';

/** The bug that shows in something that nobody caught. */
export function bugOf(where: string, thrown: unknown): NodeBug {
  const refusal = refusalIn(thrown);
  const code = stubIn(refusal?.message ?? '') === undefined ? refusal?.code : undefined;
  return {
    ...{ type: 'failure', where, ...describeThrown(thrown) },
    ...(code !== undefined && { code }),
    ...(isInstance(thrown, WrongResult) && { expected: shortened(String(thrown.expected), 500) }),
  };
}

/** The bug of code that does not give control back, or that has more and more to do. */
export function endlessBug(where: string, message: string): NodeBug {
  return { type: 'failure', where, message, frames: [], isEndless: true };
}

/** The error that was thrown, or the act instead. */
export function bugInShort({ message, code }: NodeBug): string {
  return code === undefined ? message : `RpcError ${code}: ${message}`;
}

/** The act of the node, in one sentence without a subject. */
export function bugInWords(bug: NodeBug): string {
  const threw = bug.expected === undefined && bug.isEndless !== true;
  return threw ? `in ${bug.where} it threw: ${bugInShort(bug)}` : bug.message;
}

/** The same with the places of the stack below it. */
export function bugWithFrames(bug: NodeBug): string {
  return withFrames({ message: bugInWords(bug), frames: bug.frames });
}

/** The clerks of a scenario. */

import { abortedByReason } from '../../client/perform';
import { expectation, notImplementedYet, ScenarioFailure } from '../../judging/failure';
import { describeOperation, shorten, shortenBoth } from '../../judging/recorder';
import { maxValueLength, type Operation } from '../../pbservice/api';
import type { ErrorCode } from '../../runtime/errors';
import type { Address } from '../../runtime/node';
import type { CallResult } from '../../runtime/node-io';
import { finishMs } from '../../worlds/timing';
import type { LabFaults } from './faults';

/** How long a clerk may wait for one operation, faults included, before the run ends as stuck. */
const longestWaitMs = 3 * finishMs;
/** A clerk that looks at its limits between two tries is not late: each try ends by itself. */
const lateMs = 2_000;
/** The clock of a node may be a little fast. */
const earlyShare = 0.9;

/** The limit of an operation: a time-out, or a signal that the application aborts; operations that name one share it. */
export type OperationLimit =
  | { readonly timeoutMs: number }
  | { readonly abortAfterMs: number; readonly signal?: string };

/** A clerk whose operations are recorded. */
export class LabClerk {
  readonly name: Address;
  private readonly lab: LabFaults;
  /** How many operations were asked for at the same time as others. */
  private asked = 0;

  constructor(lab: LabFaults, name: Address) {
    this.lab = lab;
    this.name = name;
  }

  /** Ends for good, with all that it knew. */
  crash(): void {
    this.lab.world.crash(this.name);
  }

  /** Starts anew under its old name, and knows nothing of what it did before. */
  restart(): void {
    this.crash();
    this.lab.world.restart(this.name);
  }

  async get(key: string): Promise<string | null> {
    return (await this.perform({ op: 'get', key })) ?? null;
  }

  async put(key: string, value: string): Promise<void> {
    await this.perform({ op: 'put', key, value });
  }

  async append(key: string, value: string): Promise<void> {
    await this.perform({ op: 'append', key, value });
  }

  async putHash(key: string, value: string): Promise<string> {
    return (await this.perform({ op: 'putHash', key, value })) ?? '';
  }

  /** Fails unless the key has this value (null: none) and the answer comes in time. */
  async expectGet(key: string, expected: string | null, withinMs = finishMs): Promise<void> {
    let actual: string | null = null;
    const reading = this.get(key).then((value) => {
      actual = value;
    });
    await this.lab.finish(reading, withinMs);
    const [wanted, got] = shortenBoth(expected, actual);
    this.lab.expect(
      actual === expected,
      `${this.name} to read ${wanted} from ${shorten(key)}`,
      `it read ${got}`,
      actual === null ? 'lost acknowledged write' : undefined,
    );
  }

  /** Fails unless the clerk says that the value would be too long, and in time. */
  async expectTooLong(operation: Operation, withinMs = finishMs): Promise<void> {
    let result: CallResult | undefined;
    const refused = this.invoke(operation, this.name).then((it) => {
      result = it;
    });
    await this.lab.finish(refused, withinMs);
    const code = result !== undefined && 'error' in result ? result.error.code : undefined;
    this.lab.expect(
      code === 'too-large',
      `${describeOperation(operation)} of ${this.name} to be refused with too-large: the value would be longer than ${maxValueLength}`,
      code === undefined ? 'its clerk said that it is done' : `the error ${code}`,
    );
  }

  /** Fails unless the clerk gives the operation up when it should, and says why. */
  async expectGivenUp(operation: Operation, limits: OperationLimit): Promise<void> {
    const what = describeOperation(operation);
    const isAborted = 'abortAfterMs' in limits;
    const afterMs = isAborted ? limits.abortAfterMs : limits.timeoutMs;
    const startedMs = this.lab.world.now();
    const result = await this.invoke(operation, this.another(), limits, afterMs + lateMs);
    const tookMs = Math.round(this.lab.world.now() - startedMs);
    const error = result !== undefined && 'error' in result ? result.error : undefined;
    const isSaid = isAborted ? error?.message === abortedByReason : error?.code === 'timeout';
    const shared = isAborted && limits.signal !== undefined ? ', by a signal of several' : '';
    const [limit, reason] = isAborted
      ? [`an application to have aborted after ${afterMs} ms${shared}`, 'the reason of the signal']
      : [`timeoutMs ${afterMs}`, 'the error timeout'];
    const said = error === undefined ? 'it succeeded' : `${error.code}: ${error.message}`;
    this.lab.expect(
      isSaid && tookMs >= afterMs * earlyShare,
      `${what} of ${this.name}, which nobody answers, with ${limit}, to end then, with ${reason}`,
      result === undefined ? `it still waits after ${tookMs} ms` : `after ${tookMs} ms: ${said}`,
      undefined,
      'a limit ends an operation',
    );
  }

  /** Whether an operation with this time-out ends well; it may be given up. */
  async succeedsWithin(operation: Operation, timeoutMs: number): Promise<boolean> {
    const result = await this.invoke(operation, this.another(), { timeoutMs }, timeoutMs + lateMs);
    return result !== undefined && 'reply' in result;
  }

  /** Fails unless the clerk ends with this error, and in time. */
  async expectError(
    operation: Operation,
    code: ErrorCode,
    because = 'a retry would end the same way',
    withinMs = finishMs,
  ): Promise<void> {
    const result = await this.invoke(operation, this.another(), {}, withinMs);
    const got = result !== undefined && 'error' in result ? result.error.code : 'no error';
    this.lab.expect(
      got === code,
      `${describeOperation(operation)} of ${this.name} to end with ${code}, as ${because}`,
      result === undefined ? `it still waits after ${withinMs} ms` : `it ended with ${got}`,
    );
  }

  /** Asks the clerk for all of them at the same time; in the history each has a client of its own. */
  async performAtOnce(operations: readonly Operation[]): Promise<void> {
    await Promise.all(operations.map((operation) => this.perform(operation, this.another())));
  }

  private another(): string {
    this.asked += 1;
    return `${this.name}.${this.asked}`;
  }

  /** Carries out an operation; the value read, or the old value of a putHash. */
  async perform(operation: Operation, process: string = this.name): Promise<string | null> {
    const result = await this.invoke(operation, process);
    if (result === undefined) throw this.lab.stuck(longestWaitMs);
    if ('reply' in result) return (result.reply as { value: string | null }).value;
    const { code, message } = result.error;
    if (code === 'not-implemented') throw new ScenarioFailure(notImplementedYet([message]));
    throw expectation(
      `${describeOperation(operation)} of ${this.name} to succeed in the end`,
      `the clerk gave up: ${message}`,
      'operation given up',
      code === 'too-large' ? 'a value that fits is taken' : undefined,
    );
  }

  private async invoke(
    operation: Operation,
    process: string,
    limits: Partial<OperationLimit> = {},
    longestMs = longestWaitMs,
  ): Promise<CallResult | undefined> {
    const written = this.lab.written(operation);
    const { op, ...args } = written;
    this.lab.recorder.invoke(process, written);
    const result = await Promise.race([
      this.lab.world.invoke(this.name, op, { ...args, ...limits }),
      this.lab.sleep(longestMs).then(() => undefined),
    ]);
    if (result !== undefined) this.lab.recorder.return(process, written, result);
    return result;
  }
}

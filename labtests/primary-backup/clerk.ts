/** The clerks of a scenario. */
import { expectation, notImplementedYet, ScenarioFailure } from '../../judging/failure';
import { describeOperation, shorten } from '../../judging/recorder';
import { maxValueLength, type Operation } from '../../pbservice/api';
import type { Address } from '../../runtime/node';
import type { CallResult } from '../../runtime/node-io';
import { finishMs } from '../../worlds/timing';
import type { LabFaults } from './faults';

/** How long a clerk may wait for one operation, faults included, before the run ends as stuck. */
const longestWaitMs = 3 * finishMs;

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
    this.lab.expect(
      actual === expected,
      `${this.name} to read ${shorten(expected)} from ${shorten(key)}`,
      `it read ${shorten(actual)}`,
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

  /** Asks the clerk for all of them at the same time; in the history each has a client of its own. */
  async performAtOnce(operations: readonly Operation[]): Promise<void> {
    const each = (operation: Operation) => {
      this.asked += 1;
      return this.perform(operation, `${this.name}.${this.asked}`);
    };
    await Promise.all(operations.map(each));
  }

  /** Carries out an operation; the value read, or the old value of a putHash. */
  async perform(operation: Operation, process: string = this.name): Promise<string | null> {
    const result = await this.invoke(operation, process);
    if ('reply' in result) return (result.reply as { value: string | null }).value;
    const { code, message } = result.error;
    if (code === 'not-implemented') throw new ScenarioFailure(notImplementedYet([message]));
    throw expectation(
      `${describeOperation(operation)} of ${this.name} to succeed in the end`,
      `the clerk gave up: ${message}`,
    );
  }

  private async invoke(operation: Operation, process: string): Promise<CallResult> {
    const { op, ...args } = operation;
    this.lab.recorder.invoke(process, operation);
    const result = await Promise.race([
      this.lab.world.invoke(this.name, op, args),
      this.lab.sleep(longestWaitMs).then(() => undefined),
    ]);
    if (result === undefined) throw this.lab.stuck(longestWaitMs);
    this.lab.recorder.return(process, operation, result);
    return result;
  }
}

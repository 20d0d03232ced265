/**
 * The language of the scenarios of part B: servers, clerks, faults and expectations. A scenario sees
 * a solution only through what clients and the view service can see, so that every correct design
 * passes.
 */

import type { AnomalyKind } from '../../judging/anomaly';
import { type CitedOperation, expectation, ScenarioFailure } from '../../judging/failure';
import { describeOperation, shorten } from '../../judging/recorder';
import {
  type ClientRequest,
  maxValueLength,
  type Operation,
  type OperationResult,
} from '../../pbservice/api';
import type { Address } from '../../runtime/node';
import type { CallResult } from '../../runtime/node-io';
import type { Body } from '../../suite/scenario/stage';
import { recoveryMs } from '../../worlds/timing';
import { LabClerk } from './clerk';
import { LabFaults } from './faults';
import { clientRole, pairClientRole } from './roles';

/** How long `ask` waits for an answer, in milliseconds. */
const askMs = 1_500;

export interface WorkloadOptions {
  readonly clerks: number;
  /** How many operations each clerk does. */
  readonly operations: number;
  readonly keys?: readonly string[];
  /** The operations to draw from. With appends and gets alone, a violation is easy to explain. */
  readonly ops?: readonly Operation['op'][];
  /** The longest pause between two operations of a clerk, in milliseconds. */
  readonly maxPauseMs?: number;
}

const everyOp = ['get', 'get', 'put', 'append', 'append', 'putHash'] as const;

export class Lab extends LabFaults {
  private clerks = 0;
  private asks = 0;
  private values = 0;
  private readings = 0;
  /** The operation that `ask` last had carried out. */
  private carriedOut: ClientRequest | undefined;

  clerk(): LabClerk {
    this.clerks += 1;
    const name = this.setting.clientNameOf(this.clerks);
    const { pair: members, viewService } = this;
    this.world.start(
      name,
      members === undefined ? clientRole(viewService) : pairClientRole(members),
    );
    return new LabClerk(this, name);
  }

  /** Asks a server itself, without a clerk; undefined when no answer comes within the time. */
  async ask(
    server: Address,
    operation: Operation,
    withinMs = askMs,
  ): Promise<CallResult | undefined> {
    this.asks += 1;
    const request = { client: `direct${this.asks}`, seq: 1, operation };
    const result = await this.operate(server, request, withinMs);
    if (result !== undefined && 'reply' in result) this.carriedOut = request;
    return result;
  }

  private async operate(
    server: Address,
    request: ClientRequest,
    withinMs: number,
  ): Promise<CallResult | undefined> {
    const { client } = request;
    const operation = this.written(request.operation);
    this.recorder.invoke(client, operation);
    const result = await this.call(server, request, withinMs);
    this.recorder.return(client, operation, result);
    return result;
  }

  private call(server: Address, request: ClientRequest, withinMs = askMs) {
    const args = { ...request, operation: this.written(request.operation) };
    return this.world.call(server, 'PbService.operate', args, withinMs);
  }

  protected override async writeBefore(): Promise<void> {
    const { entries } = this.setting.before;
    const requests = entries.map(([key, value], i): ClientRequest => {
      // As it is: these are the keys that the setting is about.
      this.keys.set(`before: ${i}`, key);
      return {
        client: `before${i + 1}`,
        seq: 1,
        operation: { op: 'put', key: `before: ${i}`, value },
      };
    });
    if (requests.length > 0) await this.expectDone(this.primary, requests, recoveryMs);
  }

  /** Asks a server for all of them at once; fails unless it carries out each, in time. */
  async expectDone(server: Address, requests: readonly ClientRequest[], withinMs: number) {
    const ends = await Promise.all(
      requests.map(async (request) => {
        const result = await this.operate(server, request, withinMs);
        if (result === undefined) return unanswered;
        return 'reply' in result ? 'done' : `refused: ${result.error.code}`;
      }),
    );
    const count = (end: string) => `${ends.filter((other) => other === end).length} ${end}`;
    this.expect(
      ends.every((end) => end === 'done'),
      `each of ${ends.length} operations that clients ask ${server} for at once to be done within ${withinMs} ms`,
      [...new Set(ends)].map(count).join(', '),
      ends.includes(unanswered) ? 'stuck after heal' : undefined,
      undefined,
      requests
        .filter((_, i) => ends[i] === unanswered)
        .slice(0, 1)
        .map((one) => cited(one, true)),
    );
  }

  /** Copies of writes arrive that were done before: fails unless each has its answer of the first time. */
  async expectAnswered(server: Address, done: ReadonlyMap<ClientRequest, string | null>) {
    const repeated = [...done].map(async ([request, value]) => {
      const result = await this.call(server, request, recoveryMs);
      const reply = result !== undefined && 'reply' in result ? result.reply : undefined;
      this.expect(
        (reply as OperationResult | undefined)?.value === value,
        `${server} to answer ${describeOperation(request.operation)} of client ${shorten(request.client)}, which was done before, with ${JSON.stringify(value)}, as the first time`,
        result === undefined ? 'no answer' : `it answered with ${JSON.stringify(result)}`,
        undefined,
        undefined,
        [cited(request)],
      );
    });
    await Promise.all(repeated);
  }

  /** A copy of a request arrives that was answered before: nobody waits for what becomes of it. */
  async again(server: Address, request: ClientRequest): Promise<void> {
    await this.call(server, request);
  }

  /** Asks a server itself, again and again: for the value of a key first, then also to change it. */
  async askOften(server: Address, times: number, key: string, maxPauseMs = 150): Promise<void> {
    const asked: Promise<unknown>[] = [];
    for (let i = 0; i < times; i += 1) {
      await this.moment(maxPauseMs);
      const reads = i === 0 || this.world.random() < 0.5;
      const value = `${this.freshValue()},`;
      asked.push(this.ask(server, reads ? { op: 'get', key } : { op: 'append', key, value }));
    }
    await Promise.all(asked);
  }

  /** Nobody but the acting primary may carry out an operation, whoever asks and whatever it is. */
  async expectRefused(
    server: Address,
    role: string,
    anomaly: AnomalyKind = 'serving without a view',
  ): Promise<void> {
    const operations: Operation[] = [
      { op: 'get', key: 'asked-directly' },
      { op: 'put', key: 'asked-directly', value: 'x' },
    ];
    for (const operation of operations) {
      const result = await this.ask(server, operation);
      if (result === undefined || !('reply' in result)) continue;
      throw expectation(
        `${server}, which is ${role}, to refuse ${describeOperation(operation)}`,
        `it answered with ${JSON.stringify(result.reply)}`,
        anomaly,
      );
    }
  }

  /** The operation that was last carried out for `ask`, asked again under its old number. */
  async expectRefusedAgain(server: Address, role: string): Promise<void> {
    const request = this.carriedOut;
    if (request === undefined) throw new Error('ask() has had nothing carried out yet');
    const result = await this.call(server, request);
    if (result === undefined || !('reply' in result)) return;
    throw expectation(
      `${server}, which is ${role}, to refuse ${describeOperation(request.operation)} also when ` +
        'it is repeated under the same number',
      `it answered with ${JSON.stringify(result.reply)}`,
      'serving without a view',
      undefined,
      [cited(request)],
    );
  }

  /** Has a server refuse what would be too long; what it was asked, to be asked again. */
  async expectTooLong(server: Address, operation: Operation): Promise<ClientRequest> {
    const result = await this.ask(server, operation);
    const code = result !== undefined && 'error' in result ? result.error.code : undefined;
    this.expect(
      code === 'too-large',
      `${server}, the primary, to refuse ${describeOperation(operation)} with too-large: the value would be longer than ${maxValueLength}`,
      code === undefined ? `it answered with ${JSON.stringify(result)}` : `the error ${code}`,
      undefined,
      result !== undefined && 'reply' in result ? 'what is too long is refused' : undefined,
    );
    return { client: `direct${this.asks}`, seq: 1, operation };
  }

  /** A copy of a request that was refused turns up at another server, when it would fit. */
  async expectTooLongAgain(server: Address, request: ClientRequest): Promise<void> {
    const result = await this.call(server, request);
    if (result === undefined || !('reply' in result)) return;
    throw expectation(
      `${server} to refuse ${describeOperation(request.operation)} again: its client was told too-large`,
      `it answered with ${JSON.stringify(result.reply)}`,
      undefined,
      'a refusal is repeated',
      [cited(request)],
    );
  }

  /** For a time nobody gets an answer: not through a clerk, and from no running server itself. */
  async expectNobodyServes(forMs: number, because: string): Promise<void> {
    const operations: Operation[] = [
      { op: 'get', key: 'never-written' },
      { op: 'append', key: 'never-written', value: this.freshValue() },
    ];
    const asked = operations.map((operation) => this.clerk().perform(operation));
    await this.expectNoAnswer(Promise.race(asked), forMs, because);
    for (const server of this.servers) {
      if (this.world.isRunning(server))
        await this.expectRefused(server, `in a system where ${because}`);
    }
  }

  /** Whatever it waits for, a server goes on saying that it lives. */
  async expectPings(server: Address, forMs: number, meanwhile: string): Promise<void> {
    const link = { from: server, to: this.viewService };
    const before = this.world.requestsSent(link);
    await this.sleep(forMs);
    const sent = this.world.requestsSent(link) - before;
    this.expect(
      sent >= forMs / this.pingIntervalMs / 2,
      `${server} to go on pinging every ${this.pingIntervalMs} ms while ${meanwhile}`,
      `${sent} pings in ${forMs} ms`,
    );
  }

  /** From now on the clerk reaches one server and nothing else. */
  keepTo(clerk: LabClerk, server: Address): void {
    const others = this.servers.filter((other) => other !== server);
    this.partition([clerk.name], [this.viewService, ...others]);
  }

  /** An append of something that nobody else appends. */
  appendOf(key: string): Operation {
    return { op: 'append', key, value: `${this.freshValue()},` };
  }

  /** A value that no other operation of this run writes. */
  freshValue(): string {
    this.values += 1;
    return `${this.setting.alphabet.mark}v${this.values}`;
  }

  /** Clerks that do random operations, each one after the other. Resolves when all are done. */
  async workload(options: WorkloadOptions): Promise<void> {
    const { clerks, ...each } = options;
    const all = Array.from({ length: clerks }, () => this.clerk());
    await Promise.all(all.map((clerk) => this.randomOperations(clerk, each)));
  }

  /** Random operations of one clerk, one after the other. */
  async randomOperations(clerk: LabClerk, options: Omit<WorkloadOptions, 'clerks'>): Promise<void> {
    const { operations, keys = ['a', 'b'], ops = everyOp, maxPauseMs = 30 } = options;
    for (let i = 0; i < operations; i += 1) {
      await this.moment(maxPauseMs);
      await clerk.perform(this.randomOperation(keys, ops));
    }
  }

  /** A new clerk reads one key after the other; what it may find is up to the checker. */
  async readAll(keys: readonly string[]): Promise<void> {
    const reader = this.clerk();
    const reading = async () => {
      for (const key of keys) await reader.get(key);
      // Of what was there before, one key after the other.
      const { length } = this.setting.before.entries;
      this.readings += 1;
      if (length > 0) await reader.get(`before: ${this.readings % length}`);
    };
    await this.finish(reading());
  }

  /** Work that goes on beside what follows; to be finished later, or never. */
  meanwhile<T>(work: Promise<T>): Promise<T> {
    // A failure counts when the work is finished; until then nobody awaits it.
    work.catch(() => undefined);
    return work;
  }

  private randomOperation(keys: readonly string[], ops: readonly Operation['op'][]): Operation {
    const key = this.pick(keys);
    const op = this.pick(ops);
    return op === 'get' ? { op, key } : { op, key, value: `${this.freshValue()},` };
  }

  /** Fails when the work gets done: nobody who could do it has the data. */
  async expectNoAnswer(work: Promise<unknown>, withinMs: number, because: string): Promise<void> {
    let answer: string | undefined;
    work.then(
      (value) => {
        answer = `it returned ${JSON.stringify(value ?? null)}`;
      },
      (error) => {
        answer = error instanceof ScenarioFailure ? error.failure.actual : String(error);
      },
    );
    if (!(await this.world.until(() => answer !== undefined, withinMs))) return;
    throw expectation(`the client to wait, as ${because}`, answer ?? '', 'serving without a view');
  }
}

/** A body of a scenario that is told in this language. */
export function inLab(tell: (lab: Lab) => Promise<void>): Body {
  return ({ world, recorder }) => tell(new Lab(world, recorder));
}

const unanswered = 'without an answer';

/** The operation of a request, for whoever follows it through the trace. */
function cited({ client, seq, operation }: ClientRequest, isWaiting = false): CitedOperation {
  const one = { process: client, operation, calledAtMs: 0, number: [client, seq] as const };
  return { ...one, ...(isWaiting && { isWaiting }) };
}

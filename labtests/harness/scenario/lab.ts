/**
 * The language of the scenarios of part B: servers, clerks, faults and expectations. A scenario sees
 * a solution only through what clients and the view service can see, so that every correct design
 * passes.
 */
import { type ClientRequest, maxValueLength, type Operation } from '../../../pbservice/api';
import type { PairRole, PairStatus } from '../../../pbservice/heartbeat-pair/api';
import type { Address } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/reactor';
import type { View } from '../../../viewservice/api';
import { between, pick } from '../seeded-random';
import type { MessageFilter, World } from '../world';
import type { AnomalyKind } from './anomaly';
import { expectation, notImplementedYet, ScenarioFailure } from './failure';
import { describeOperation, Recorder, shorten } from './recorder';

export const pingIntervalMs = 100;
export const deadPings = 5;
/** Within this time, in milliseconds, a fault is noticed and the view that it calls for is served. */
export const recoveryMs = 5_000;
/** Within this time after all faults have ended, every client finishes. */
export const finishMs = 20_000;

/** How long a clerk may wait for one operation, faults included, before the run ends as stuck. */
const patienceMs = 3 * finishMs;

/** How long `ask` waits for an answer, in milliseconds. */
const askMs = 1_500;

/** Stands for any server, where it matters only that there is one. */
export const anybody = Symbol('anybody');

/** What a view is to be like; what is left out may be anything. */
export interface Members {
  readonly primary?: Address | null | typeof anybody;
  readonly backup?: Address | null | typeof anybody;
  /** Not this view, nor one before it. */
  readonly after?: View;
}

export interface WorkloadOptions {
  readonly clerks: number;
  /** How many operations each clerk does. */
  readonly operations: number;
  readonly keys?: readonly string[];
  /** What to draw operations from. With appends and gets alone, a violation is easy to explain. */
  readonly ops?: readonly Operation['op'][];
  /** The longest pause between two operations of a clerk, in milliseconds. */
  readonly maxPauseMs?: number;
}

const everyOp = ['get', 'get', 'put', 'append', 'append', 'putHash'] as const;

export class Lab {
  readonly world: World;
  readonly viewService: Address = 'vs';
  readonly recorder: Recorder;
  private readonly servers: Address[] = [];
  private readonly paused = new Set<Address>();
  /** The servers of a heartbeat pair, if that is what this is about. */
  private pair: readonly Address[] | undefined;
  private clerks = 0;
  private asks = 0;
  private values = 0;
  /** What `ask` last had carried out. */
  private carriedOut: ClientRequest | undefined;

  constructor(world: World) {
    this.world = world;
    this.recorder = new Recorder(() => world.now());
  }

  // Servers and views

  startViewService(): void {
    this.world.start(this.viewService, { kind: 'view-service', pingIntervalMs, deadPings });
  }

  isServer(name: Address): boolean {
    return this.servers.includes(name);
  }

  /** The servers that run, paused ones too. */
  get running(): readonly Address[] {
    return this.servers.filter((server) => this.world.isRunning(server));
  }

  /** Starts a server, s1, s2, ...; it pings, and nothing more is waited for. */
  startReplica(): Address {
    if (this.servers.length === 0) this.startViewService();
    const name = `s${this.servers.length + 1}`;
    this.servers.push(name);
    const { viewService } = this;
    this.world.start(name, { kind: 'replica', viewService, pingIntervalMs });
    return name;
  }

  /**
   * Starts the view service and so many servers, one after the other: the first is primary, the
   * second its initialised backup, the others are idle.
   */
  async startReplicas(count: number): Promise<[Address, Address, Address, ...Address[]]> {
    for (let started = 0; started < count; started += 1) {
      const name = this.startReplica();
      if (started === 0) await this.untilView({ primary: name });
      if (started === 1) await this.untilView({ backup: name });
    }
    // Idle servers are known to the view service after a ping.
    if (count > 2) await this.sleep(3 * pingIntervalMs);
    return this.servers.slice() as [Address, Address, Address, ...Address[]];
  }

  /** Starts a heartbeat pair, which has no view service: s1 is primary, s2 its backup. */
  async startPair(): Promise<[Address, Address]> {
    const members: [Address, Address] = ['s1', 's2'];
    this.pair = members;
    for (const name of members) {
      this.servers.push(name);
      this.world.start(name, { kind: 'pair-server', members, pingIntervalMs, deadPings });
    }
    await this.untilRole('s1', 'primary');
    await this.untilRole('s2', 'backup');
    return members;
  }

  /** What a server of a heartbeat pair believes it is; `silent`: it does not answer. */
  async roleOf(server: Address): Promise<PairRole | 'silent'> {
    const result = await this.world.call(server, 'PairService.status', {}, pingIntervalMs);
    return result !== undefined && 'reply' in result ? (result.reply as PairStatus).role : 'silent';
  }

  /** Waits until a server of a heartbeat pair believes it is this. */
  async untilRole(server: Address, role: PairRole, withinMs = recoveryMs): Promise<void> {
    const deadline = this.world.now() + withinMs;
    let now = await this.roleOf(server);
    while (now !== role && this.world.now() < deadline) {
      await this.pings(1);
      now = await this.roleOf(server);
    }
    if (now === role) return;
    throw expectation(`${server} to be ${role} within ${withinMs} ms`, `it is ${now}`);
  }

  get view(): View {
    return this.world.latestView();
  }

  /** The primary of the newest view. */
  get primary(): Address {
    return this.view.primary ?? 'nobody';
  }

  /** The backup of the newest view. */
  get backup(): Address {
    return this.view.backup ?? 'nobody';
  }

  /** Waits for an acknowledged view with these members. */
  async untilView(members: Members, withinMs = recoveryMs): Promise<View> {
    const matches = () =>
      agrees(this.view, members) && this.world.latestAcknowledged() === this.view.viewnum;
    if (await this.world.until(matches, withinMs)) return this.view;
    const acknowledged = this.world.latestAcknowledged() === this.view.viewnum;
    throw expectation(
      `within ${withinMs} ms an acknowledged view with ${describeMembers(members)}`,
      `${describeView(this.view)}${acknowledged ? '' : ', which its primary did not acknowledge'}`,
      this.unrecovered(),
    );
  }

  /** Waits for a view with these members, acknowledged or not. */
  async untilProposed(members: Members, withinMs = recoveryMs): Promise<View> {
    if (await this.world.until(() => agrees(this.view, members), withinMs)) return this.view;
    throw expectation(
      `within ${withinMs} ms a view with ${describeMembers(members)}`,
      describeView(this.view),
      this.unrecovered(),
    );
  }

  /** What it shows that an expected view does not come: nothing as long as there was none at all. */
  private unrecovered(): AnomalyKind | undefined {
    return this.world.latestAcknowledged() > 0 ? 'stuck after heal' : undefined;
  }

  /** Waits until there is a backup with all the data and nobody is about to be taken for dead. */
  async untilPair(after?: View): Promise<View> {
    // A server whose last ping was lost may wait for the time-out of that call before it pings again,
    // and be dead by then: so long it takes to know who lives.
    await this.pings(deadPings + 3);
    return this.untilView({ backup: anybody, ...(after === undefined ? {} : { after }) });
  }

  /** Waits until one of the two has sent the other something new, the state for instance. */
  async untilTheyTalk(a: Address, b: Address, withinMs = recoveryMs): Promise<void> {
    const sent = () =>
      this.world.bytesSent({ from: a, to: b }) + this.world.bytesSent({ from: b, to: a });
    const before = sent();
    if (await this.world.until(() => sent() > before, withinMs)) return;
    throw expectation(`${a} and ${b} to exchange messages within ${withinMs} ms`, 'silence');
  }

  /** The primary crashes and its backup takes over; the name of the new primary. */
  async failOver(): Promise<Address> {
    const { backup } = this;
    this.crashPrimary();
    await this.untilView({ primary: backup });
    return backup;
  }

  // Faults

  crash(server: Address): void {
    this.world.crash(server);
  }

  /** The primary of the newest view crashes; its name. */
  crashPrimary(): Address {
    const { primary } = this;
    this.crash(primary);
    return primary;
  }

  restart(server: Address): void {
    this.world.restart(server);
  }

  pause(server: Address): void {
    this.paused.add(server);
    this.world.pause(server);
  }

  resume(server: Address): void {
    this.paused.delete(server);
    this.world.resume(server);
  }

  /** Nothing gets from one to the other, in either direction. */
  cut(a: Address, b: Address): void {
    this.cutOneWay(a, b);
    this.cutOneWay(b, a);
  }

  cutOneWay(from: Address, to: Address): void {
    this.world.block(from, to);
  }

  /** Nothing gets from one side to the other, in either direction. */
  partition(oneSide: readonly Address[], otherSide: readonly Address[]): void {
    for (const a of oneSide) for (const b of otherSide) this.cut(a, b);
  }

  mend(a: Address, b: Address): void {
    this.world.unblock(a, b);
    this.world.unblock(b, a);
  }

  loseNext(filter: MessageFilter, count = 1): void {
    this.world.drop(filter, count);
  }

  repeatNext(filter: MessageFilter, count = 1): void {
    this.world.duplicate(filter, count);
  }

  /** Holds messages back; the function that it returns lets them go. */
  hold(filter: MessageFilter, count = Number.POSITIVE_INFINITY): () => void {
    return this.world.hold(filter, count);
  }

  /** Holds back all that the two send to each other; the function that it returns lets it go. */
  holdBetween(a: Address, b: Address): () => void {
    const releases = [this.hold({ from: a, to: b }), this.hold({ from: b, to: a })];
    return () => {
      for (const release of releases) release();
    };
  }

  /** From now on messages between the two take up to `longestMs` each way; returns what ends that. */
  slowDown(a: Address, b: Address, longestMs: number): () => void {
    let isSlow = true;
    const gate = async () => {
      while (isSlow) {
        const release = this.holdBetween(a, b);
        await this.sleep(longestMs);
        release();
      }
    };
    void gate();
    return () => {
      isSlow = false;
    };
  }

  /** For a time, what one sends to the other arrives in any order: some wait, later ones pass. */
  async jumble(from: Address, to: Address, forMs: number, longestDelayMs = 60): Promise<void> {
    const end = this.world.now() + forMs;
    while (this.world.now() < end) {
      const release = this.hold({ from, to }, 1);
      void this.moment(longestDelayMs).then(release);
      await this.moment(8);
    }
  }

  storm(): void {
    this.world.storm();
  }

  heal(): void {
    this.world.heal();
    for (const server of this.paused) this.resume(server);
  }

  sleep(durationMs: number): Promise<void> {
    return this.world.sleep(durationMs);
  }

  pings(count: number): Promise<void> {
    return this.sleep(count * pingIntervalMs);
  }

  /** Lets a time pass that is drawn from the seed, so that each seed meets another interleaving. */
  moment(longestMs: number): Promise<void> {
    return this.sleep(this.world.random() * longestMs);
  }

  // Clients

  clerk(): LabClerk {
    this.clerks += 1;
    const name = `c${this.clerks}`;
    const { pair: members, viewService } = this;
    this.world.start(
      name,
      members === undefined ? { kind: 'client', viewService } : { kind: 'pair-client', members },
    );
    return new LabClerk(this, name);
  }

  /** Asks a server itself, without a clerk; undefined when no answer comes within the time. */
  async ask(
    server: Address,
    operation: Operation,
    from?: Address,
  ): Promise<CallResult | undefined> {
    this.asks += 1;
    const process = `direct${this.asks}`;
    const request = { client: process, seq: 1, operation };
    this.recorder.invoke(process, operation);
    const result = await this.world.call(server, 'PbService.operate', request, askMs, from);
    // Which error a server picks after it asked its backup in vain is its own affair: unless there is
    // a reply, the operation may have been done.
    const certain = result !== undefined && 'reply' in result ? result : undefined;
    this.recorder.return(process, operation, certain);
    if (certain !== undefined) this.carriedOut = request;
    return result;
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
    const result = await this.world.call(server, 'PbService.operate', request, askMs);
    if (result === undefined || !('reply' in result)) return;
    throw expectation(
      `${server}, which is ${role}, to refuse ${describeOperation(request.operation)} also when ` +
        'it is repeated under the same number',
      `it answered with ${JSON.stringify(result.reply)}`,
      'serving without a view',
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
      sent >= forMs / pingIntervalMs / 2,
      `${server} to go on pinging every ${pingIntervalMs} ms while ${meanwhile}`,
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
    return `v${this.values}`;
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

  /** Ends all faults, then waits until `work` is done: once faults stop, clients finish. */
  async healAndFinish(work: Promise<unknown>): Promise<void> {
    this.heal();
    await this.finish(work);
  }

  /** Lets faults go on until `work` is done, for `longestMs` at the most; the rest of it without them. */
  async finishUnderFaults(work: Promise<unknown>, longestMs = finishMs / 2): Promise<void> {
    let done = false;
    const note = () => {
      done = true;
    };
    work.then(note, note);
    await this.world.until(() => done, longestMs);
    await this.healAndFinish(work);
  }

  /** Waits until `work` is done; fails when a client is stuck. */
  async finish(
    work: Promise<unknown>,
    withinMs = finishMs,
    because = 'nothing prevents it',
  ): Promise<void> {
    let done = false;
    let failed: unknown;
    work.then(
      () => {
        done = true;
      },
      (error) => {
        failed = error;
        done = true;
      },
    );
    if (await this.world.until(() => done, withinMs)) {
      if (failed !== undefined) throw failed;
      return;
    }
    throw this.stuck(withinMs, because);
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

  stuck(withinMs: number, because = 'nothing prevents it'): ScenarioFailure {
    const waiting = this.recorder.outstanding.map(
      ({ process, operation, sinceMs }) =>
        `${process} waits for ${describeOperation(operation)} since ${Math.round(sinceMs)} ms`,
    );
    return new ScenarioFailure({
      kind: 'stuck',
      expected: `every client to finish within ${withinMs} ms, as ${because}`,
      actual: `${waiting.length} still wait at ${Math.round(this.world.now())} ms`,
      details: [
        ...waiting.slice(0, 5),
        `newest view: ${describeView(this.view)}${this.progress()}`,
      ],
    });
  }

  /** How far the newest view has come, for whoever looks for what is missing. */
  private progress(): string {
    const { primary, viewnum } = this.view;
    if (primary === null) return '';
    return this.world.latestAcknowledged() === viewnum
      ? `; ${primary} has acknowledged it, so it should serve: look at what it does with requests, and what its backup answers`
      : `; ${primary} has not acknowledged it: look at what it waits for, or whether it lacks the state`;
  }

  /** A whole number drawn from the seed, both ends included. */
  between(from: number, to: number): number {
    return between(() => this.world.random(), from, to);
  }

  pick<T>(items: readonly T[]): T {
    return pick(() => this.world.random(), items);
  }

  expect(holds: boolean, expected: string, actual: string, anomaly?: AnomalyKind): void {
    if (!holds) throw expectation(expected, actual, anomaly);
  }
}

/** A clerk whose operations are recorded. */
export class LabClerk {
  readonly name: Address;
  private readonly lab: Lab;
  /** How many operations were asked for at the same time as others. */
  private asked = 0;

  constructor(lab: Lab, name: Address) {
    this.lab = lab;
    this.name = name;
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
      this.lab.sleep(patienceMs).then(() => undefined),
    ]);
    if (result === undefined) throw this.lab.stuck(patienceMs);
    // What the clerk says about the last try says nothing about the tries before it.
    const certain = 'reply' in result ? result : undefined;
    this.lab.recorder.return(process, operation, certain);
    return result;
  }
}

function agrees(view: View, members: Members): boolean {
  return (
    view.viewnum > (members.after?.viewnum ?? 0) &&
    isWanted(view.primary, members.primary) &&
    isWanted(view.backup, members.backup)
  );
}

function isWanted(server: Address | null, wanted: Members['primary']): boolean {
  if (wanted === undefined) return true;
  return wanted === anybody ? server !== null : server === wanted;
}

export function describeView({ viewnum, primary, backup }: View): string {
  return `view ${viewnum} (primary ${primary ?? 'nobody'}, backup ${backup ?? 'nobody'})`;
}

function describeMembers({ primary, backup, after }: Members): string {
  const name = (server: Members['primary']) =>
    server === anybody ? 'whoever it is' : (server ?? 'nobody');
  const parts = [];
  if (primary !== undefined) parts.push(`primary ${name(primary)}`);
  if (backup !== undefined) parts.push(`backup ${name(backup)}`);
  const members = parts.length === 0 ? 'any members' : parts.join(' and ');
  return after === undefined ? members : `${members}, after view ${after.viewnum}`;
}

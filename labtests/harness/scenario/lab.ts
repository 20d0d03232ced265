/**
 * The language of the scenarios of part B: servers, clerks, faults and expectations. A scenario sees
 * a solution only through what clients and the view service can see, so that every correct design
 * passes.
 */
import type { Operation } from '../../../pbservice/api';
import type { Address } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/reactor';
import type { View } from '../../../viewservice/api';
import { between, pick } from '../seeded-random';
import type { MessageFilter, World } from '../world';
import { expectation, ScenarioFailure } from './failure';
import { describeOperation, Recorder, shorten } from './recorder';

export const pingIntervalMs = 100;
export const deadPings = 5;
/** Within this time, in milliseconds, a fault is noticed and the view that it calls for is served. */
export const recoveryMs = 5_000;
/** Within this time after all faults have ended, every client finishes. */
export const finishMs = 20_000;

export type Members = Partial<Omit<View, 'viewnum'>>;

export interface WorkloadOptions {
  readonly clerks: number;
  /** How many operations each clerk does. */
  readonly operations: number;
  readonly keys?: readonly string[];
  /** The longest pause between two operations of a clerk, in milliseconds. */
  readonly maxPauseMs?: number;
}

export class Lab {
  readonly world: World;
  readonly viewService: Address = 'vs';
  readonly recorder: Recorder;
  private readonly servers: Address[] = [];
  private readonly paused = new Set<Address>();
  private clerks = 0;
  private asks = 0;
  private values = 0;

  constructor(world: World) {
    this.world = world;
    this.recorder = new Recorder(() => world.now());
  }

  // Servers and views

  startViewService(): void {
    this.world.start(this.viewService, { kind: 'view-service', pingIntervalMs, deadPings });
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

  get view(): View {
    return this.world.latestView();
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
    );
  }

  /** Waits for a view with these members, acknowledged or not. */
  async untilProposed(members: Members, withinMs = recoveryMs): Promise<View> {
    if (await this.world.until(() => agrees(this.view, members), withinMs)) return this.view;
    throw expectation(
      `within ${withinMs} ms a view with ${describeMembers(members)}`,
      describeView(this.view),
    );
  }

  // Faults

  crash(server: Address): void {
    this.world.crash(server);
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

  // Clients

  clerk(): LabClerk {
    this.clerks += 1;
    const name = `c${this.clerks}`;
    this.world.start(name, { kind: 'client', viewService: this.viewService });
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
    const result = await this.world.call(server, 'PbService.operate', request, 1_500, from);
    this.recorder.return(process, operation, result);
    return result;
  }

  /** Nobody but the acting primary may carry out an operation, whoever asks and whatever it is. */
  async expectRefused(server: Address, role: string): Promise<void> {
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
      );
    }
  }

  /** A value that no other operation of this run writes. */
  freshValue(): string {
    this.values += 1;
    return `v${this.values}`;
  }

  /** Clerks that do random operations, each one after the other. Resolves when all are done. */
  async workload(options: WorkloadOptions): Promise<void> {
    const { clerks, operations, keys = ['a', 'b'], maxPauseMs = 30 } = options;
    await Promise.all(
      Array.from({ length: clerks }, async () => {
        const clerk = this.clerk();
        for (let i = 0; i < operations; i += 1) {
          await this.sleep(this.world.random() * maxPauseMs);
          await clerk.perform(this.randomOperation(keys));
        }
      }),
    );
  }

  private randomOperation(keys: readonly string[]): Operation {
    const random = () => this.world.random();
    const key = pick(random, keys);
    const op = pick(random, ['get', 'get', 'put', 'append', 'append', 'putHash'] as const);
    return op === 'get' ? { op, key } : { op, key, value: `${this.freshValue()},` };
  }

  /** Ends all faults, then waits until `work` is done: once faults stop, clients finish. */
  async healAndFinish(work: Promise<unknown>): Promise<void> {
    this.heal();
    await this.finish(work);
  }

  /** Waits until `work` is done; fails when a client is stuck. */
  async finish(work: Promise<unknown>, withinMs = finishMs): Promise<void> {
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
    throw this.stuck(withinMs);
  }

  private stuck(withinMs: number): ScenarioFailure {
    const waiting = this.recorder.outstanding.map(
      ({ process, operation, sinceMs }) =>
        `${process} waits for ${describeOperation(operation)} since ${Math.round(sinceMs)} ms`,
    );
    return new ScenarioFailure({
      kind: 'stuck',
      expected: `every client to finish within ${withinMs} ms, as no fault is left`,
      actual: `${waiting.length} still wait at ${Math.round(this.world.now())} ms`,
      details: [...waiting.slice(0, 5), `newest view: ${describeView(this.view)}`],
    });
  }

  /** A whole number drawn from the seed, both ends included. */
  between(from: number, to: number): number {
    return between(() => this.world.random(), from, to);
  }

  pick<T>(items: readonly T[]): T {
    return pick(() => this.world.random(), items);
  }

  expect(holds: boolean, expected: string, actual: string): void {
    if (!holds) throw expectation(expected, actual);
  }
}

/** A clerk whose operations are recorded. */
export class LabClerk {
  readonly name: Address;
  private readonly lab: Lab;

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
    );
  }

  /** Carries out an operation; the value read, or the old value of a putHash. */
  async perform(operation: Operation): Promise<string | null> {
    const { op, ...args } = operation;
    this.lab.recorder.invoke(this.name, operation);
    const result = await this.lab.world.invoke(this.name, op, args);
    // What the clerk says about the last try says nothing about the tries before it.
    const certain = 'reply' in result ? result : undefined;
    this.lab.recorder.return(this.name, operation, certain);
    if ('reply' in result) return (result.reply as { value: string | null }).value;
    const { code, message } = result.error;
    throw new ScenarioFailure({
      kind: code === 'not-implemented' ? 'not implemented' : 'expectation',
      expected: `${describeOperation(operation)} of ${this.name} to succeed in the end`,
      actual: `the clerk gave up: ${message}`,
    });
  }
}

function agrees(view: View, members: Members): boolean {
  return (
    view.viewnum > 0 &&
    (members.primary === undefined || members.primary === view.primary) &&
    (members.backup === undefined || members.backup === view.backup)
  );
}

export function describeView({ viewnum, primary, backup }: View): string {
  return `view ${viewnum} (primary ${primary ?? 'nobody'}, backup ${backup ?? 'nobody'})`;
}

function describeMembers({ primary, backup }: Members): string {
  const parts = [];
  if (primary !== undefined) parts.push(`primary ${primary ?? 'nobody'}`);
  if (backup !== undefined) parts.push(`backup ${backup ?? 'nobody'}`);
  return parts.join(' and ');
}

/** Servers and views of a scenario: who runs, and what the view service says of it. */

import type { AnomalyKind } from '../../judging/anomaly';
import { expectation, ScenarioFailure, type ShownBy } from '../../judging/failure';
import { Recorder } from '../../judging/recorder';
import { describeView } from '../../judging/view-rules';
import { maxKeyLength, type Operation } from '../../pbservice/api';
import type { PairRole, PairStatus } from '../../pbservice/heartbeat-pair/api';
import type { Address } from '../../runtime/node';
import { between, pick } from '../../runtime/seeded-random';
import type { View } from '../../viewservice/api';
import { recoveryMs } from '../../worlds/timing';
import type { World } from '../../worlds/world';
import { Copies, ScenarioError } from './copies';
import { agrees, anybody, describeMembers, type Members } from './members';
import { pairServerRole, replicaRole, viewServerRole } from './roles';
import { type LabSetting, plainLabSetting } from './setting';

/** The moves of all scenarios of part B with servers, without a fault. */
export class LabServers {
  readonly world: World;
  readonly viewService: Address = 'vs';
  readonly recorder: Recorder;
  protected readonly setting: LabSetting;
  /** How the keys of the scenario are written in the alphabet of the setting. */
  protected readonly keys = new Map<string, string>();
  protected readonly servers: Address[] = [];
  protected readonly copies: Copies;
  /** The servers of a heartbeat pair, if that is what this is about. */
  protected pair: readonly Address[] | undefined;

  constructor(
    world: World,
    recorder = new Recorder(() => world.now()),
    setting: LabSetting = plainLabSetting,
  ) {
    this.world = world;
    this.setting = setting;
    this.copies = new Copies(world, this.viewService, setting.pings.pingIntervalMs);
    this.recorder = recorder;
  }

  /** Milliseconds between two pings of a server. */
  get pingIntervalMs(): number {
    return this.setting.pings.pingIntervalMs;
  }

  // Servers and views

  startViewService(): void {
    const { deadPings, pingIntervalMs } = this.setting.pings;
    this.world.start(this.viewService, {
      ...viewServerRole,
      options: { pingIntervalMs, deadPings },
    });
  }

  isServer(name: Address): boolean {
    return this.servers.includes(name);
  }

  /** The servers that run, paused ones too. */
  get running(): readonly Address[] {
    return this.servers.filter((server) => this.world.isRunning(server));
  }

  /** Starts a server, with the name of the setting; it pings, and nothing more is waited for. */
  startReplica(): Address {
    if (this.servers.length === 0) this.startViewService();
    const name = this.setting.nameOf(this.servers.length + 1);
    this.servers.push(name);
    this.copies.started(name);
    this.world.start(name, replicaRole(this.viewService, this.pingIntervalMs));
    return name;
  }

  /**
   * Starts the view service and so many servers, one after the other: the first is primary, the
   * second its initialised backup, the others are idle.
   */
  async startReplicas(count: number): Promise<[Address, Address, Address, ...Address[]]> {
    try {
      await this.comeUp(count);
    } catch (error) {
      if (!(error instanceof ScenarioFailure)) throw error;
      throw new ScenarioFailure({ ...error.failure, inSetUp: true });
    }
    return this.servers.slice() as [Address, Address, Address, ...Address[]];
  }

  private async comeUp(count: number): Promise<void> {
    for (let started = 0; started < count; started += 1) {
      const name = this.startReplica();
      if (started === 0) {
        await this.untilView({ primary: name });
        await this.writeBefore();
      }
      if (started === 1) await this.untilView({ backup: name });
    }
    // Idle servers are known to the view service after a ping.
    if (count > 2) await this.pings(3);
  }

  /** Writes what the setting has before the scenario begins. */
  protected async writeBefore(): Promise<void> {}

  /** Starts a heartbeat pair, which has no view service: s1 is primary, s2 its backup. */
  async startPair(): Promise<[Address, Address]> {
    const members: [Address, Address] = ['s1', 's2'];
    this.pair = members;
    for (const name of members) {
      this.servers.push(name);
      this.world.start(name, pairServerRole(members));
    }
    await this.untilRole('s1', 'primary');
    await this.untilRole('s2', 'backup');
    return members;
  }

  /** The belief of a server of a heartbeat pair about its role; `silent`: it does not answer. */
  async roleOf(server: Address): Promise<PairRole | 'silent'> {
    const result = await this.world.call(server, 'PairService.status', {}, this.pingIntervalMs);
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

  /** Waits for an acknowledged view with these members, who have had the data since. */
  async untilView(members: Members, withinMs = recoveryMs): Promise<View> {
    return this.untilStands(members, withinMs, () => true);
  }

  private async untilStands(
    members: Members,
    withinMs: number,
    holds: () => boolean,
  ): Promise<View> {
    const matches = () => agrees(this.view, members) && this.copies.isWhole(this.view) && holds();
    if (await this.world.until(matches, withinMs)) {
      this.copies.seen(this.view);
      return this.view;
    }
    await this.refuseToWait();
    const acknowledged = this.world.latestAcknowledged() === this.view.viewnum;
    const missing =
      this.view.primary === null
        ? ''
        : !acknowledged
          ? ', which its primary did not acknowledge'
          : agrees(this.view, members)
            ? ', which is acknowledged, but one of the two has crashed or restarted since it was made, or is not heard of'
            : '';
    throw expectation(
      `within ${withinMs} ms an acknowledged view with ${describeMembers(members)}`,
      `${describeView(this.view)}${missing}`,
      this.unrecovered(),
    );
  }

  /** Waits for a view with these members, acknowledged or not. */
  async untilProposed(members: Members, withinMs = recoveryMs): Promise<View> {
    if (await this.world.until(() => agrees(this.view, members), withinMs)) return this.view;
    await this.refuseToWait();
    throw expectation(
      `within ${withinMs} ms a view with ${describeMembers(members)}`,
      describeView(this.view),
      this.unrecovered(),
    );
  }

  /** The anomaly that a missing view shows: none as long as there was no view at all. */
  protected unrecovered(): AnomalyKind | undefined {
    return this.world.latestAcknowledged() > 0 ? 'stuck after heal' : undefined;
  }

  /** Waits until there is a backup with all the data and nobody is about to be taken for dead. */
  async untilPair(after?: View): Promise<View> {
    // A server whose last ping was lost may wait for the time-out of that call before it pings again,
    // and be dead by then: so long it takes to know who lives.
    await this.pings(this.setting.pings.deadPings + 3);
    const isHeard = () =>
      [this.primary, this.backup].every((server) => this.copies.isHeard(server));
    const members: Members = { backup: anybody, ...(after === undefined ? {} : { after }) };
    return this.untilStands(members, recoveryMs, isHeard);
  }

  /** Waits until the view service hears this server again. */
  async untilHeard(server: Address, withinMs = recoveryMs): Promise<void> {
    const heard = () => this.world.heardMs(server, this.viewService);
    const before = heard();
    if (await this.world.until(() => heard() > before, withinMs)) return;
    throw expectation(`${server} to ping within ${withinMs} ms`, 'silence');
  }

  /** Waits until one of the two has sent the other something new, the state for instance. */
  async untilTheyTalk(a: Address, b: Address, withinMs = recoveryMs): Promise<void> {
    const sent = () =>
      this.world.bytesSent({ from: a, to: b }) + this.world.bytesSent({ from: b, to: a });
    const before = sent();
    if (await this.world.until(() => sent() > before, withinMs)) return;
    throw expectation(`${a} and ${b} to exchange messages within ${withinMs} ms`, 'silence');
  }

  /** Nobody is to blame when the scenario waits for those whom it keeps from serving itself. */
  protected async refuseToWait(): Promise<void> {
    if (this.pair !== undefined || this.servers.length === 0) return;
    const reason = this.copies.outOfReach(await this.world.viewNow());
    if (reason === undefined) return;
    throw new ScenarioError(`the scenario waits in vain: ${reason}. Let it heal first`);
  }

  /** An operation of a scenario in the alphabet of the setting. */
  written(operation: Operation): Operation {
    return { ...operation, key: this.keyOf(operation.key) };
  }

  /** No two keys of a scenario are written alike. */
  private keyOf(key: string): string {
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    const taken = new Set(this.keys.values());
    const other = ' (other)';
    const changed = `${key.slice(0, maxKeyLength - other.length)}${other}`;
    const candidates = [...this.setting.alphabet.keys, key, changed];
    const written = candidates.find((candidate) => !taken.has(candidate)) ?? key;
    this.keys.set(key, written);
    return written;
  }

  sleep(durationMs: number): Promise<void> {
    return this.world.sleep(durationMs);
  }

  pings(count: number): Promise<void> {
    return this.sleep(count * this.pingIntervalMs);
  }

  /** Lets a time pass that is drawn from the seed, so that each seed meets another interleaving. */
  moment(longestMs: number): Promise<void> {
    return this.sleep(this.world.random() * longestMs);
  }

  /** A whole number drawn from the seed, both ends included. */
  between(from: number, to: number): number {
    return between(() => this.world.random(), from, to);
  }

  pick<T>(items: readonly T[]): T {
    return pick(() => this.world.random(), items);
  }

  expect(holds: boolean, expected: string, actual: string, ...shown: ShownBy): void {
    if (!holds) throw expectation(expected, actual, ...shown);
  }
}

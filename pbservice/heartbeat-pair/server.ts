/**
 * One server of the heartbeat pair: the design without a third party, as a lecture draws it first, and
 * no cleverer: one write or transfer at a time, and the whole state in one message.
 *
 * Two servers send each other heartbeats. One is primary: it forwards each write to the other, the
 * backup, waits until that has applied it, applies it itself, and answers. Reads it answers from its
 * own memory. When the backup falls silent, the primary goes on alone; when the primary falls silent,
 * the backup makes itself primary; whoever comes back gets the full state.
 *
 * That is sound when silence means death. A partition or a long pause is silence, too: then both are
 * primary and accept writes, which is split brain. When two primaries find each other, the one that
 * took over later stays (the greater epoch; of equal ones the first of `members`), the other takes its
 * state, and the writes that the other has acknowledged meanwhile are lost.
 */
import { RpcError } from '../../runtime/errors';
import type { Address, Json, Runtime } from '../../runtime/node';
import type { Handlers, Remote } from '../../runtime/service';
import type { ClientRequest, OperationResult, PbService } from '../api';
import { type Outcome, StateMachine } from '../state-machine';
import {
  type Belief,
  type HeartbeatArgs,
  type PairForwardArgs,
  type PairRole,
  PairService,
  type PairStatus,
  type PairTransferArgs,
} from './api';
import { logDivergence, UnsharedWrites } from './divergence';

export interface PairServerOptions {
  /** Both servers, in the same order at both: among equals the first one is primary. */
  readonly members: readonly Address[];
  /** Milliseconds between two heartbeats. Default 100. */
  readonly pingIntervalMs: number;
  /** After how many intervals without a word the partner counts as dead. Default 5. */
  readonly deadPings: number;
}

export const defaultPairServerOptions = { pingIntervalMs: 100, deadPings: 5 };

/** Milliseconds before a call that failed is made again. */
const retryMs = 20;
/** How many writes may wait at the primary; more are refused as `overloaded`. */
const maxWaiting = 10_000;

export class PairServer implements Handlers<typeof PbService>, Handlers<typeof PairService> {
  private readonly runtime: Runtime;
  private readonly options: PairServerOptions;
  private readonly partnerAddress: Address;
  private readonly partner: Remote<typeof PairService>;

  private role: PairRole = 'joining';
  private epoch = 0;
  private state = new StateMachine();
  /** When the partner last said anything; at first it has the benefit of the doubt. */
  private heardAt: number;
  private heard: Belief = { role: 'joining', epoch: 0 };

  /** As primary: the backup has the whole state, and applies what it is sent. */
  private backupHasState = false;
  private alone = false;
  /** Counts the transfers that this primary has made. */
  private sync = 0;
  /** Ends when all that has begun so far has ended. */
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private sharing = false;
  /** What went wrong while the state was sent, for the next tick to report. */
  private bug: unknown;
  /** What was acknowledged since the partner last had the whole state. */
  private readonly unshared = new UnsharedWrites();

  /** As backup: which transfer, of which primary, the state came by. */
  private received = { epoch: 0, sync: 0 };
  /** It was primary until it found another one: its writes are compared with what it gets. */
  private steppedDown = false;

  constructor(runtime: Runtime, options: PairServerOptions) {
    this.runtime = runtime;
    this.options = options;
    this.partnerAddress = partnerOf(runtime.address, options.members);
    this.partner = runtime.connect(PairService, this.partnerAddress);
    this.heardAt = runtime.now();
  }

  /** Called every pingIntervalMs. */
  async tick(): Promise<void> {
    if (this.bug !== undefined) throw this.bug;
    if (!this.partnerLives()) {
      if (this.isPrimary()) this.goOnAlone();
      else this.becomePrimary('silence');
    }
    try {
      const { role, epoch } = this;
      const args = { from: this.runtime.address, role, epoch };
      this.hear(await this.partner.heartbeat(args, { timeoutMs: this.deadAfterMs }));
    } catch {
      // Silence is what this server goes by, whatever the reason.
    }
  }

  inspect(): Json {
    const { role, epoch, alone, waiting } = this;
    const state = [...this.state.entries()] as unknown as Json;
    return { role, epoch, alone, waiting, state };
  }

  // What a server believes, and what makes it change its mind.

  heartbeat({ from, role, epoch }: HeartbeatArgs): Belief {
    this.requirePartner(from);
    this.hear({ role, epoch });
    return { role: this.role, epoch: this.epoch };
  }

  status(): PairStatus {
    const { role, epoch } = this;
    return { role, epoch, primary: this.knownPrimary(), backup: this.knownBackup() };
  }

  private get deadAfterMs(): number {
    return this.options.deadPings * this.options.pingIntervalMs;
  }

  private partnerLives(): boolean {
    return this.runtime.now() - this.heardAt < this.deadAfterMs;
  }

  private isPrimary(): boolean {
    return this.role === 'primary';
  }

  private knownPrimary(): Address | null {
    if (this.isPrimary()) return this.runtime.address;
    return this.role === 'backup' || this.heard.role === 'primary' ? this.partnerAddress : null;
  }

  private knownBackup(): Address | null {
    if (this.role === 'backup') return this.runtime.address;
    return this.isPrimary() && this.backupHasState ? this.partnerAddress : null;
  }

  /** The partner lives and believes this. */
  private hear(partner: Belief): void {
    this.heardAt = this.runtime.now();
    this.heard = partner;
    if (this.role === 'primary') {
      // What it had as backup it has no more.
      if (partner.role === 'joining') this.backupHasState = false;
      if (partner.role === 'primary' && !this.outranks(partner)) this.stepDown(partner);
      else this.shareState();
    } else if (partner.role === 'joining' && (this.role === 'backup' || this.outranks(partner))) {
      // It has restarted, or both have just started.
      this.becomePrimary('partner-has-no-state');
    }
  }

  private outranks(partner: Belief): boolean {
    if (this.epoch !== partner.epoch) return this.epoch > partner.epoch;
    return this.options.members[0] === this.runtime.address;
  }

  private becomePrimary(why: 'silence' | 'partner-has-no-state'): void {
    this.role = 'primary';
    this.epoch = Math.max(this.epoch, this.heard.epoch) + 1;
    this.backupHasState = false;
    this.alone = why === 'silence';
    this.steppedDown = false;
    const partner = this.partnerAddress;
    this.runtime.log('pair-primary', { epoch: this.epoch, partner, why });
    this.shareState();
  }

  private stepDown({ epoch }: Belief): void {
    const partner = this.partnerAddress;
    this.runtime.log('pair-stepped-down', { epoch: this.epoch, partner, partnerEpoch: epoch });
    this.role = 'joining';
    this.steppedDown = true;
  }

  // As primary: the six steps of a write.

  /** Step 1: the client asks. A read is answered at once, without asking anybody. */
  async operate(request: ClientRequest): Promise<OperationResult> {
    if (!this.isPrimary()) throw this.refusal();
    if (request.operation.op === 'get') return resultOf(this.state.apply(request));
    if (this.waiting >= maxWaiting) {
      throw new RpcError('overloaded', `${maxWaiting} writes wait at this primary already`);
    }
    this.waiting += 1;
    try {
      return await this.inTurn(() => this.carryOut(request));
    } finally {
      this.waiting -= 1;
    }
  }

  private refusal(): RpcError {
    const primary = this.knownPrimary() ?? 'nobody yet';
    return new RpcError('not-primary', `this server is ${this.role}: primary is ${primary}`);
  }

  /** One thing after the other: begins when all that came before has ended. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  private async carryOut(request: ClientRequest): Promise<OperationResult> {
    if (!this.isPrimary()) throw this.refusal();
    const { epoch } = this;
    let isShared = false;
    while (!isShared && this.partnerLives()) {
      await this.untilShared();
      // Steps 2 to 4: forward, the backup applies, the backup acknowledges.
      if (this.backupHasState) isShared = await this.try(() => this.forwardTo(epoch, request));
      if (!this.isPrimary() || this.epoch !== epoch) {
        const message = 'another primary was found before the backup had answered';
        throw new RpcError('view-changed', message);
      }
    }
    if (!isShared) this.goOnAlone();
    // Steps 5 and 6: the primary applies and answers.
    const outcome = this.state.apply(request);
    if ('result' in outcome) this.unshared.note(request, isShared);
    return resultOf(outcome);
  }

  private goOnAlone(): void {
    if (!this.alone) {
      this.runtime.log('pair-alone', { epoch: this.epoch, partner: this.partnerAddress });
    }
    this.alone = true;
    this.backupHasState = false;
  }

  private forwardTo(epoch: number, request: ClientRequest): Promise<unknown> {
    const { sync } = this;
    const from = this.runtime.address;
    return this.partner.forward({ from, epoch, sync, request }, { timeoutMs: this.deadAfterMs });
  }

  /** Sends the state to a partner that has none, unless that is under way. */
  private shareState(): void {
    if (this.sharing || this.backupHasState) return;
    this.sharing = true;
    void this.inTurn(() => this.untilShared())
      .catch((bug: unknown) => {
        this.bug = bug;
      })
      .finally(() => {
        this.sharing = false;
      });
  }

  private async untilShared(): Promise<void> {
    while (this.isPrimary() && this.partnerLives() && !this.backupHasState) {
      const { epoch } = this;
      await this.try(() => this.sendState(epoch));
    }
  }

  private async sendState(epoch: number): Promise<void> {
    this.sync += 1;
    const { sync } = this;
    const from = this.runtime.address;
    await this.partner.transfer({ from, epoch, sync, state: [...this.state.entries()] });
    if (!this.isPrimary() || this.epoch !== epoch) return;
    this.backupHasState = true;
    this.alone = false;
    this.unshared.clear();
    this.runtime.log('pair-whole', { epoch, partner: this.partnerAddress });
  }

  /** True when the call to the backup was answered; after a pause, false when it was not. */
  private async try(call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call();
      this.heardAt = this.runtime.now();
      return true;
    } catch (error) {
      // No failure of a call, but of the code here or there.
      if (!(error instanceof RpcError) || error.code === 'not-implemented') throw error;
      if (error.code === 'not-initialised') this.backupHasState = false;
      await this.runtime.sleep(retryMs);
      return false;
    }
  }

  // As backup: what the primary sends.

  /** Steps 3 and 4. A write that comes twice takes effect once: the state machine sees to that. */
  forward({ from, epoch, sync, request }: PairForwardArgs): Record<string, never> {
    this.requirePrimary(from, epoch);
    const { received } = this;
    if (this.role !== 'backup' || received.epoch !== epoch || received.sync !== sync) {
      throw new RpcError('not-initialised', `this server has no state of transfer ${sync} yet`);
    }
    if ('result' in this.state.apply(request)) this.unshared.note(request, true);
    return {};
  }

  /** What the primary has is right, whatever this server has. A transfer before the last one is late. */
  transfer({ from, epoch, sync, state: entries }: PairTransferArgs): Record<string, never> {
    this.requirePrimary(from, epoch);
    const { received } = this;
    if (epoch < received.epoch || (epoch === received.epoch && sync <= received.sync)) return {};
    this.received = { epoch, sync };
    const state = new StateMachine();
    state.restore(entries as unknown as Parameters<StateMachine['restore']>[0]);
    if (this.steppedDown) {
      logDivergence(this.runtime, this.state, state, this.unshared, this.partnerAddress);
    }
    this.steppedDown = false;
    this.unshared.clear();
    this.state = state;
    this.role = 'backup';
    this.epoch = epoch;
    this.runtime.log('pair-backup', { epoch, partner: from });
    return {};
  }

  private requirePartner(from: Address): void {
    if (from === this.partnerAddress) return;
    throw new RpcError('rejected', `${from} is not the partner of this server`);
  }

  private requirePrimary(from: Address, epoch: number): void {
    this.requirePartner(from);
    this.hear({ role: 'primary', epoch });
    if (this.role === 'joining' || (this.role === 'backup' && epoch >= this.epoch)) return;
    const here = `this server is ${this.role} in epoch ${this.epoch}`;
    throw new RpcError('wrong-view', `the message is of epoch ${epoch}, ${here}`);
  }
}

function partnerOf(own: Address, members: readonly Address[]): Address {
  const [partner, ...others] = members.filter((member) => member !== own);
  if (members.length === 2 && partner !== undefined && others.length === 0) return partner;
  throw new Error(`expected two members, one of them ${own}, got ${members.join(', ')}`);
}

function resultOf(outcome: Outcome): OperationResult {
  if ('result' in outcome) return outcome.result;
  throw new RpcError(outcome.error.code, outcome.error.message);
}

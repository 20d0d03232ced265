/**
 * One server of the heartbeat pair: the design without a third party, as a lecture draws it first.
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
import { differences, UnsharedWrites } from './divergence';
import { chunksOf, IncomingState } from './transfer';
import { type Write, WriteQueue } from './write-queue';

export interface PairServerOptions {
  /** Both servers, in the same order at both: among equals the first one is primary. */
  readonly members: readonly Address[];
  /** Milliseconds between two heartbeats. Default 100. */
  readonly pingIntervalMs: number;
  /** After how many intervals without a word the partner counts as dead. Default 5. */
  readonly deadPings: number;
}

export const defaultPairServerOptions = { pingIntervalMs: 100, deadPings: 5 };

/** Milliseconds between two tries to reach the backup. */
const retryPauseMs = 20;
/** How many keys of a divergence are logged one by one; the others are only counted. */
const maxLoggedKeys = 100;

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
  private sync = 0;
  private readonly queue = new WriteQueue();
  private working = false;
  /** What work() threw, for the next tick to report. */
  private bug: unknown;
  /** What was acknowledged since the partner last had the whole state. */
  private readonly unshared = new UnsharedWrites();

  /** As backup, or on the way there. */
  private readonly incoming = new IncomingState();
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
    const { role, epoch, alone, queue } = this;
    return { role, epoch, alone, waiting: queue.length, state: [...this.state.entries()] };
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
      else this.work();
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
    this.work();
  }

  private stepDown({ epoch }: Belief): void {
    const partner = this.partnerAddress;
    this.runtime.log('pair-stepped-down', { epoch: this.epoch, partner, partnerEpoch: epoch });
    this.role = 'joining';
    this.steppedDown = true;
    this.queue.refuseAll(this.notPrimary());
  }

  // As primary: the six steps of a write.

  /** Step 1: the client asks. A read is answered at once, without asking anybody. */
  operate(request: ClientRequest): OperationResult | Promise<OperationResult> {
    if (this.role !== 'primary') throw this.notPrimary();
    if (request.operation.op === 'get') return resultOf(this.state.apply(request));
    const result = this.queue.add(request);
    this.work();
    return result;
  }

  private notPrimary(): RpcError {
    const primary = this.knownPrimary() ?? 'nobody yet';
    return new RpcError('not-primary', `this server is ${this.role}: primary is ${primary}`);
  }

  private work(): void {
    if (this.working) return;
    this.working = true;
    this.workOff().catch((bug: unknown) => {
      this.bug = bug;
    });
  }

  /** One thing after the other, until there is nothing to do. */
  private async workOff(): Promise<void> {
    try {
      while (this.isPrimary()) {
        if (this.partnerLives() && !this.backupHasState) {
          const { epoch } = this;
          await this.try(() => this.sendState(epoch));
        } else if (this.queue.first !== undefined) {
          await this.carryOut(this.queue.first);
        } else return;
      }
    } finally {
      // Here and not a moment later, or a write that comes now would find nobody to carry it out.
      this.working = false;
    }
  }

  private async carryOut(write: Write): Promise<void> {
    const { epoch } = this;
    const isShared = this.partnerLives();
    if (isShared) {
      // Steps 2 to 4: forward, the backup applies, the backup acknowledges.
      write.forwarded = true;
      const acknowledged = await this.try(() => this.forwardTo(epoch, write.request));
      if (!acknowledged || !this.isPrimary() || this.epoch !== epoch) return;
    } else {
      this.goOnAlone();
    }
    // Steps 5 and 6: the primary applies and answers.
    const outcome = this.state.apply(write.request);
    if ('result' in outcome) this.unshared.note(write.request, isShared);
    this.queue.settleFirst(() => resultOf(outcome));
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

  private async sendState(epoch: number): Promise<void> {
    this.sync += 1;
    const { sync } = this;
    const from = this.runtime.address;
    let chunk = 0;
    for (const { entries, last } of chunksOf(this.state.entries())) {
      await this.partner.transfer({ from, epoch, sync, chunk, last, entries });
      chunk += 1;
    }
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
      await this.runtime.sleep(retryPauseMs);
      return false;
    }
  }

  // As backup: what the primary sends.

  /** Steps 3 and 4. A write that comes twice takes effect once: the state machine sees to that. */
  forward({ from, epoch, sync, request }: PairForwardArgs): Record<string, never> {
    this.requirePrimary(from, epoch);
    if (this.role !== 'backup' || !this.incoming.isFrom(epoch, sync)) {
      throw new RpcError('not-initialised', `this server has no state of transfer ${sync} yet`);
    }
    if ('result' in this.state.apply(request)) this.unshared.note(request, true);
    return {};
  }

  transfer({ from, epoch, sync, chunk, last, entries }: PairTransferArgs): Record<string, never> {
    this.requirePrimary(from, epoch);
    const state = this.incoming.take({ epoch, sync, chunk, last, entries });
    if (state === undefined) return {};
    if (this.steppedDown) this.logDivergence(state);
    this.steppedDown = false;
    this.unshared.clear();
    this.state = state;
    this.role = 'backup';
    this.epoch = epoch;
    this.runtime.log('pair-backup', { epoch, partner: from });
    return {};
  }

  /** Says key by key what this server, which stepped down, gives up for the state of the other. */
  private logDivergence(theirs: StateMachine): void {
    const all = differences(this.state, theirs, this.unshared);
    const partner = this.partnerAddress;
    for (const { key, mine, theirs, lost } of all.slice(0, maxLoggedKeys)) {
      this.runtime.log('diverged', { key, here: mine, there: theirs, partner, lost });
    }
    const keys = all.length;
    const lost = this.unshared.count;
    this.runtime.log('gave-up-state', { partner, keys, lost });
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

/**
 * A model of a view service as seen from outside: the pings, and the views that came of them. From
 * these follows which views must come, which may and which must not. Where correct designs differ (dead at
 * tick 5 or 6, a change with the ping or with the next tick), both are fine.
 */

import type { AnomalyKind } from '../../../judging/anomaly';
import { expectation, type Failure } from '../../../judging/failure';
import { type BrokenRule, describeView, sameView } from '../../../judging/view-rules';
import type { Address } from '../../../runtime/node';
import { noView, type View } from '../../../viewservice/api';

/** Views flap when a member is taken out so soon after its last ping. */
const flapTicks = 2;
/** Nobody can wait for a view that is so late. */
const overdueTicks = 3;

export class PingModel {
  /** The first rule that was broken. */
  broken: Failure | undefined;
  /** What all of them showed. */
  readonly anomalies = new Set<AnomalyKind>();
  private readonly surelyDead: number;
  private readonly surelyAlive: number;
  private readonly deadPings: number;
  private view: View = noView;
  /** For how many ticks in a row a change has been due. */
  private overdueTicks = 0;
  /** Ticks since the last ping of each server that ever pinged. */
  private readonly silence = new Map<Address, number>();
  /** The primary has pinged with the number of the view, and had not restarted in it. */
  private acknowledged = false;
  /** Members that have restarted in this view: they pinged 0. */
  private readonly restarted = new Set<Address>();
  /** The number of a view that the view service does not know: it makes none any more. */
  private forgotten: number | undefined;

  /** `surelyDead`, `surelyAlive`: ticks in silence after which a server is dead, or not, in every design. */
  constructor(deadPings: number, surelyDead: number, surelyAlive: number) {
    this.deadPings = deadPings;
    this.surelyDead = surelyDead;
    this.surelyAlive = surelyAlive;
  }

  /** A server pings: what comes of it is told by `enter`. */
  ping(server: Address, viewnum: number): void {
    this.silence.set(server, 0);
    if (viewnum > this.view.viewnum) this.forgotten ??= viewnum;
    if (server === this.view.primary || server === this.view.backup) this.note(server, viewnum);
  }

  /** A tick begins. */
  tick(): void {
    for (const [server, ticks] of this.silence) this.silence.set(server, ticks + 1);
  }

  /** A member of the view has pinged. */
  private note(server: Address, viewnum: number): void {
    const { view } = this;
    // In view 1 the primary pings 0 until it is told that it is primary.
    const isNewcomer = view.viewnum === 1 && !this.acknowledged;
    if (viewnum === 0 && !isNewcomer) this.restarted.add(server);
    if (viewnum !== view.viewnum || server !== view.primary) return;
    if (!this.restarted.has(server)) this.acknowledged = true;
  }

  /** This view was seen. */
  enter(next: View): void {
    const before = this.view;
    if (sameView(before, next)) return;
    if (before.viewnum > 0) this.checkChange(before, next);
    this.view = next;
    this.acknowledged = false;
    this.restarted.clear();
  }

  // What is known of a server

  private silenceOf(server: Address): number {
    return this.silence.get(server) ?? Number.POSITIVE_INFINITY;
  }

  private mayBeGone(server: Address): boolean {
    return this.silenceOf(server) >= this.deadPings || this.restarted.has(server);
  }

  private isGone(server: Address): boolean {
    return this.silenceOf(server) >= this.surelyDead || this.restarted.has(server);
  }

  private isFine(server: Address): boolean {
    return this.silenceOf(server) <= this.surelyAlive && !this.restarted.has(server);
  }

  /** A server without a part in the view that is certainly alive. */
  private idleServer({ primary, backup }: View): Address | undefined {
    return [...this.silence.keys()].find(
      (server) => server !== primary && server !== backup && this.isFine(server),
    );
  }

  private describe(server: Address): string {
    if (this.restarted.has(server)) return `${server}, which has restarted`;
    const ticks = this.silenceOf(server);
    if (ticks === 0) return `${server}, which has just pinged`;
    return `${server}, which pinged ${ticks} tick${ticks === 1 ? '' : 's'} ago`;
  }

  // What must not happen, and what must

  /** A rule was looked at: undefined when it holds. */
  judge(broken: BrokenRule | undefined, actual: string): void {
    if (broken === undefined) return;
    const [expected, breach, anomaly] = broken;
    this.broken ??= expectation(expected, actual, undefined, breach).failure;
    if (anomaly !== undefined) this.anomalies.add(anomaly);
  }

  private checkChange(before: View, after: View): void {
    const broken =
      this.forbiddenChange(before) ??
      this.needlessChange(before, after) ??
      this.badChoice(before, after);
    this.judge(broken, `${describeView(before)} was followed by ${describeView(after)}`);
  }

  private forbiddenChange({ viewnum, primary }: View): BrokenRule | undefined {
    if (this.forgotten !== undefined) {
      const cause = `somebody pinged ${this.forgotten}, which this view service has forgotten`;
      return [`view ${viewnum} to stay for ever: ${cause}`, 'no view after a forgotten one'];
    }
    if (this.acknowledged) return undefined;
    const anomaly = 'view given up unacknowledged';
    if (!this.restarted.has(primary ?? '')) {
      const expected = `view ${viewnum} to stay: ${primary} has not acknowledged it`;
      return [expected, 'a view waits for its acknowledgement', anomaly];
    }
    const cause = `${primary} restarted before it acknowledged it`;
    const expected = `view ${viewnum} to stay for ever: ${cause}`;
    return [expected, 'who restarted acknowledges nothing', anomaly];
  }

  private needlessChange(before: View, after: View): BrokenRule | undefined {
    const { primary, backup } = before;
    if (primary !== null && after.primary !== primary && !this.mayBeGone(primary)) {
      return this.flapping(primary, 'primary');
    }
    const isKept = after.primary === primary && backup !== null && after.backup !== backup;
    return !isKept || this.mayBeGone(backup) ? undefined : this.flapping(backup, 'backup');
  }

  /** Whoever is only somewhat too early with the dead does not let views flap. */
  private flapping(member: Address, role: string): BrokenRule {
    const expected = `${this.describe(member)}, to stay ${role}`;
    const flaps = this.silenceOf(member) < flapTicks ? 'views flap' : undefined;
    return [expected, 'who lives stays', flaps];
  }

  private badChoice(before: View, after: View): BrokenRule | undefined {
    const { primary, backup } = after;
    if (primary !== null && this.isGone(primary)) {
      const expected = `no new view with ${this.describe(primary)}, as primary`;
      if (!this.restarted.has(primary)) return [expected, 'who is dead gets no part'];
      return [expected, 'who restarted is no primary', 'primary without the state'];
    }
    if (backup !== null && this.silenceOf(backup) >= this.surelyDead) {
      return [`no new view with ${this.describe(backup)}, as backup`, 'who is dead gets no part'];
    }
    // A backup that restarted may be taken out first, and a server be put in its place later.
    const isReset = primary === before.primary && this.restarted.has(before.backup ?? '');
    const idle = this.idleServer(before);
    if (backup === null && idle !== undefined && !isReset) {
      const expected = `a single change, in which the idle server ${idle} becomes backup`;
      return [expected, 'a change is one step'];
    }
    return undefined;
  }

  /** After a tick, whatever had to change must have changed. */
  checkNothingIsOverdue(): void {
    const mayChange = this.acknowledged && this.forgotten === undefined;
    const expected = mayChange ? this.overdue(this.view) : undefined;
    this.overdueTicks = expected === undefined ? 0 : this.overdueTicks + 1;
    if (expected === undefined) return;
    const { primary, backup } = this.view;
    const hasRestarted = [primary, backup].some((member) => this.restarted.has(member ?? ''));
    const breach = hasRestarted
      ? 'who restarted gives way'
      : backup === null
        ? 'an idle server becomes backup'
        : 'who is dead gives way';
    const isLong = this.overdueTicks >= overdueTicks;
    this.judge(
      isLong ? [expected, breach, 'view overdue'] : [expected, breach],
      `${describeView(this.view)} stayed`,
    );
  }

  private overdue({ primary, backup, viewnum }: View): string | undefined {
    if (primary === null) return undefined;
    const change = `view ${viewnum}, which is acknowledged, to be followed by another:`;
    if (backup !== null && this.isGone(primary) && this.isFine(backup)) {
      return `${change} its backup lives, but not ${this.describe(primary)}`;
    }
    if (!this.isFine(primary)) return undefined;
    if (backup !== null && this.isGone(backup)) {
      return `${change} its primary lives, but not ${this.describe(backup)}`;
    }
    const idle = this.idleServer(this.view);
    if (backup !== null || idle === undefined) return undefined;
    return `${change} it has no backup, and ${idle} is idle`;
  }
}

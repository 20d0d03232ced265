/**
 * A model of a view service as seen from outside: the pings, and the views that came of them. From
 * these follows which views must come, which may and which must not. Where correct designs differ (dead at
 * tick 5 or 6, a change with the ping or with the next tick), both are fine.
 */

import { describeView, sameView } from '../../judging/view-rules';
import type { Address } from '../../runtime/node';
import { noView, type View } from '../../viewservice/api';
import type { Views } from './language/views';

export class PingModel {
  view: View = noView;
  private readonly views: Views;
  /** Ticks since the last ping of each server that ever pinged. */
  private readonly silence = new Map<Address, number>();
  /** The primary has pinged with the number of the view, and had not restarted in it. */
  private acknowledged = false;
  /** Members that have restarted in this view: they pinged 0. */
  private readonly restarted = new Set<Address>();
  /** The number of a view that the view service does not know: it makes none any more. */
  private forgotten: number | undefined;

  constructor(views: Views) {
    this.views = views;
  }

  async ping(server: Address, viewnum: number): Promise<View> {
    this.silence.set(server, 0);
    if (viewnum > this.view.viewnum) this.forgotten ??= viewnum;
    if (server === this.view.primary || server === this.view.backup) this.note(server, viewnum);
    const view = await this.views.ping(server, viewnum);
    this.enter(view);
    return view;
  }

  async tick(): Promise<void> {
    for (const [server, ticks] of this.silence) this.silence.set(server, ticks + 1);
    this.enter(await this.views.ticks(1));
    this.checkNothingIsOverdue();
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

  private enter(next: View): void {
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
    return this.silenceOf(server) >= this.views.deadPings || this.restarted.has(server);
  }

  private isGone(server: Address): boolean {
    return this.silenceOf(server) >= this.views.surelyDead || this.restarted.has(server);
  }

  private isFine(server: Address): boolean {
    return this.silenceOf(server) <= this.views.surelyAlive && !this.restarted.has(server);
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

  private checkChange(before: View, after: View): void {
    const problem =
      this.forbiddenChange(before) ??
      this.needlessChange(before, after) ??
      this.badChoice(before, after);
    if (problem === undefined) return;
    const step = `${describeView(before)} was followed by ${describeView(after)}`;
    throw this.views.failure(problem, step);
  }

  private forbiddenChange({ viewnum, primary }: View): string | undefined {
    if (this.forgotten !== undefined) {
      const cause = `somebody pinged ${this.forgotten}, which this view service has forgotten`;
      return `view ${viewnum} to stay for ever: ${cause}`;
    }
    if (this.acknowledged) return undefined;
    if (!this.restarted.has(primary ?? '')) {
      return `view ${viewnum} to stay: ${primary} has not acknowledged it`;
    }
    return `view ${viewnum} to stay for ever: ${primary} restarted before it acknowledged it`;
  }

  private needlessChange(before: View, after: View): string | undefined {
    const { primary, backup } = before;
    if (primary !== null && after.primary !== primary && !this.mayBeGone(primary)) {
      return `${this.describe(primary)}, to stay primary`;
    }
    const isKept = after.primary === primary && backup !== null && after.backup !== backup;
    if (isKept && !this.mayBeGone(backup)) return `${this.describe(backup)}, to stay backup`;
    return undefined;
  }

  private badChoice(before: View, after: View): string | undefined {
    const { primary, backup } = after;
    if (primary !== null && this.isGone(primary)) {
      return `no new view with ${this.describe(primary)}, as primary`;
    }
    if (backup !== null && this.silenceOf(backup) >= this.views.surelyDead) {
      return `no new view with ${this.describe(backup)}, as backup`;
    }
    // A backup that restarted may be taken out first, and a server be put in its place later.
    const isReset = primary === before.primary && this.restarted.has(before.backup ?? '');
    const idle = this.idleServer(before);
    if (backup === null && idle !== undefined && !isReset) {
      return `a single change, in which the idle server ${idle} becomes backup`;
    }
    return undefined;
  }

  /** After a tick, whatever had to change must have changed. */
  private checkNothingIsOverdue(): void {
    if (!this.acknowledged || this.forgotten !== undefined) return;
    const expected = this.overdue(this.view);
    if (expected === undefined) return;
    throw this.views.failure(expected, `${describeView(this.view)} stayed`);
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

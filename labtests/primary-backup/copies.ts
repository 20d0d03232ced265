/**
 * The servers that have a copy of the data, by the rules of views. A scenario must not break
 * more than these allow: when the last copy is gone nobody can serve any more, and no design is to blame.
 *
 * - The primary of a view has the data. Its backup has it from the acknowledgement of the view on.
 * - A server that started when a view was there already got into it with empty memory, or comes into a later one.
 * - A ping 0 that comes late, when the view has been made with that server, takes the server out of it again, at
 *   the next tick if not at once: for so long nothing is certain.
 * - Of two servers the view service must not lose sight of the one that lives before the one that died:
 *   it would go on without the living one, and nobody else may ever take over. See decision S12.
 */
import type { Address } from '../../runtime/node';
import type { View } from '../../viewservice/api';
import type { World } from '../../worlds/world';

/** The scenario itself is wrong, whatever the solution does. */
export class ScenarioError extends Error {}

/** Why the view service may not hear of a server, or the server not of it. */
type Silence = 'paused' | 'to' | 'from';

export class Copies {
  private readonly world: World;
  private readonly viewService: Address;
  /** A view service acts at its next tick at the latest, in milliseconds; twice that, for ticks that are late. */
  private readonly certainMs: number;
  /** The newest view that anybody had heard of when a server started last. */
  private readonly startedIn = new Map<Address, number>();
  private readonly down = new Set<Address>();
  private readonly silences = new Map<Address, Set<Silence>>();
  /** When a server was last kept from pinging as usual, in milliseconds of the run. */
  private readonly silentUntil = new Map<Address, number>();
  /** Links on which nothing gets through, `from to`. */
  private readonly cuts = new Set<string>();
  private isStormy = false;
  private isViewServicePaused = false;
  /** The pair that was last seen to stand; null: what the scenario did since may change its view. */
  private untouchedView: View | null = null;

  constructor(world: World, viewService: Address, pingIntervalMs: number) {
    this.world = world;
    this.viewService = viewService;
    this.certainMs = 2 * pingIntervalMs;
  }

  // What the scenario does

  started(server: Address): void {
    this.untouchedView = null;
    this.startedIn.set(server, this.world.latestView().viewnum);
    this.down.delete(server);
  }

  crashed(server: Address): void {
    this.untouchedView = null;
    this.down.add(server);
  }

  paused(server: Address): void {
    this.untouchedView = null;
    if (server === this.viewService) this.isViewServicePaused = true;
    else this.silence(server, 'paused');
  }

  resumed(server: Address): void {
    this.speaks(server, 'paused');
    if (server !== this.viewService) return;
    this.isViewServicePaused = false;
    // It has yet to read what came meanwhile.
    for (const member of this.startedIn.keys()) this.silentUntil.set(member, this.world.now());
  }

  cut(from: Address, to: Address): void {
    this.cuts.add(`${from} ${to}`);
    if (to === this.viewService) this.silence(from, 'to');
    if (from === this.viewService) this.silence(to, 'from');
  }

  mended(from: Address, to: Address): void {
    this.cuts.delete(`${from} ${to}`);
    if (to === this.viewService) this.speaks(from, 'to');
    if (from === this.viewService) this.speaks(to, 'from');
  }

  storm(): void {
    this.untouchedView = null;
    const { primary, backup } = this.world.latestView();
    for (const server of [primary, backup]) if (server !== null) this.refuseSilenceOf(server);
    this.isStormy = true;
  }

  /** Storms and cuts are over; who is paused still is. */
  healed(): void {
    this.cuts.clear();
    for (const server of this.startedIn.keys()) {
      for (const silence of ['to', 'from'] as const) this.speaks(server, silence);
      if (this.isStormy) this.silentUntil.set(server, this.world.now());
    }
    this.isStormy = false;
  }

  /** A pair was seen to stand: from here on a change of views has a reason, or is wrong. */
  seen(view: View): void {
    this.untouchedView = view.backup === null ? null : view;
  }

  // What follows from it

  /** The view that was last seen to stand, if nothing that the scenario did since can change it. */
  get untouched(): View | null {
    return this.untouchedView;
  }

  /** Whether the view is acknowledged, and all its members have the data and live. */
  isWhole(view: View): boolean {
    const members = view.backup === null ? 1 : 2;
    return this.isAcknowledged(view) && this.certainHolders(view).length === members;
  }

  /** Whether the view service may lose sight of this server for a while, and of no data with it. */
  maySilence(server: Address): boolean {
    return this.diedUnnoticed(server) === undefined;
  }

  /** The view service hears of this server as usual, and the server of it. */
  isHeard(server: Address): boolean {
    if (this.isStormy || this.isViewServicePaused || this.isSilent(server)) return false;
    const since = this.silentUntil.get(server);
    // An answer shows that it does not wait any more for one that was lost.
    return since === undefined || this.world.heardMs(this.viewService, server) > since;
  }

  /**
   * Why a server must not crash where the view service has this view; undefined: there is another copy
   * of the data, and it will be found.
   */
  refusal(server: Address, view: View): string | undefined {
    const has = `${server} may be the only one with the data`;
    if (view.viewnum === 0) {
      const isKnown = this.world.requestsSent({ from: server, to: this.viewService }) > 0;
      return isKnown ? `${has}: its first ping is on its way` : undefined;
    }
    const holders = this.holders(view);
    if (!holders.includes(server)) return undefined;
    const [other] = this.certainHolders(view).filter((holder) => holder !== server);
    if (other === undefined) {
      const acknowledged = this.isAcknowledged(view) ? '' : ', which is not acknowledged';
      const { viewnum, primary, backup } = view;
      return `${has}: the view service is in view ${viewnum} (primary ${primary}, backup ${backup ?? 'nobody'})${acknowledged}`;
    }
    // What came meanwhile it reads when it goes on, in this order or that between its ticks.
    if (this.isViewServicePaused) return `${has} in the end: the view service is stopped`;
    if (this.isHeard(other)) return undefined;
    // Of the one that dies a ping may still be on its way; from one that is cut off none will come.
    const isHeardLast = this.isSilent(other) && !this.isSilent(server);
    if (!isHeardLast && this.heardMs(other) >= this.heardMs(server)) return undefined;
    return `${has} in the end: the view service has not heard ${other} for longer, and would take that one for dead first`;
  }

  /**
   * Why nobody can serve as long as the faults of the scenario last, where the view service has this
   * view; undefined: somebody can, or nobody has the data any more.
   */
  outOfReach(view: View): string | undefined {
    if (this.canServeAlone(this.world.latestView())) return undefined;
    const holders = this.holders(view);
    if (holders.length === 0 || holders.some((holder) => !this.isSilent(holder))) return undefined;
    const { viewnum, primary, backup } = view;
    const has = holders.length === 1 ? 'which alone has' : 'who have';
    return `it has paused or cut off ${holders.join(' and ')}, ${has} the data in view ${viewnum} (primary ${primary}, backup ${backup ?? 'nobody'})`;
  }

  /** A member that was told of this view can go on in it without the view service. */
  private canServeAlone(view: View): boolean {
    const { primary, backup } = view;
    if (primary === null || !this.isWhole(view)) return false;
    const members = backup === null ? [primary] : [primary, backup];
    const isCut = this.cuts.has(`${primary} ${backup}`) || this.cuts.has(`${backup} ${primary}`);
    return !isCut && members.every((member) => !this.silences.get(member)?.has('paused'));
  }

  private isSilent(server: Address): boolean {
    return (this.silences.get(server)?.size ?? 0) > 0;
  }

  private holders(view: View): Address[] {
    const { viewnum, primary, backup } = view;
    return [primary, this.isAcknowledged(view) ? backup : null].filter(
      (member): member is Address =>
        member !== null && !this.down.has(member) && (this.startedIn.get(member) ?? 0) < viewnum,
    );
  }

  private certainHolders(view: View): Address[] {
    return this.holders(view).filter((member) => this.isCertain(member));
  }

  /** No ping 0 has come that the view service may still act on. */
  private isCertain(member: Address): boolean {
    return this.world.now() - this.world.restartMs(member) >= this.certainMs;
  }

  private isAcknowledged({ viewnum }: View): boolean {
    return this.world.latestAcknowledged() === viewnum;
  }

  private heardMs(server: Address): number {
    return this.world.heardMs(server, this.viewService);
  }

  private silence(server: Address, why: Silence): void {
    this.untouchedView = null;
    this.refuseSilenceOf(server);
    const silences = this.silences.get(server) ?? new Set();
    this.silences.set(server, silences.add(why));
  }

  private speaks(server: Address, why: Silence): void {
    if (this.silences.get(server)?.delete(why) !== true) return;
    this.silentUntil.set(server, this.world.now());
  }

  private refuseSilenceOf(server: Address): void {
    const other = this.diedUnnoticed(server);
    if (other === undefined) return;
    throw new ScenarioError(
      `the scenario must not silence ${server} before the view service has heard it again: ${other} has crashed, and the view service would take ${server} for dead first`,
    );
  }

  /** Until the view service has noticed a crash, the survivor must be heard after the one that died. */
  private diedUnnoticed(server: Address): Address | undefined {
    const { primary, backup } = this.world.latestView();
    const other = server === primary ? backup : primary;
    if (other === null || (server !== primary && server !== backup)) return undefined;
    if (!this.down.has(other) || this.down.has(server)) return undefined;
    return this.heardMs(server) >= this.heardMs(other) ? undefined : other;
  }
}

/** The views as seen from outside: the newest one that was told of, and the newest acknowledged one. */
import type { Address, Json } from '../runtime/node';
import { noView, type PingArgs, type View } from '../viewservice/api';

export class ViewWatcher {
  /** The newest view that the view service has told anybody. */
  view: View = noView;
  /** The newest view number with which its primary has pinged; 0: none. */
  acknowledged = 0;
  /**
   * When each server last pinged 0 at a view service that had this view already, in milliseconds: it may act on
   * that from then on, or from the acknowledgement on.
   */
  private readonly restarts = new Map<Address, number>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Whether the newest view is acknowledged. */
  get isAcknowledged(): boolean {
    return this.view.viewnum > 0 && this.acknowledged === this.view.viewnum;
  }

  /** The view service said that this is the view. True when it is a new one. */
  told(view: View): boolean {
    if (view.viewnum <= this.view.viewnum) return false;
    this.view = { ...view };
    const now = this.now();
    for (const [server, atMs] of this.restarts) if (atMs < now) this.restarts.delete(server);
    return true;
  }

  /** Since when the view service may act on a ping 0 of this server in the newest view; before all if there was none. */
  restartMs(server: Address): number {
    return this.restarts.get(server) ?? Number.NEGATIVE_INFINITY;
  }

  /** A server pinged the view service. True when that acknowledges the view. */
  pinged({ server, viewnum }: Partial<PingArgs>): boolean {
    if (server !== undefined && viewnum === 0) this.restarts.set(server, this.now());
    if (this.isAcknowledged || server !== this.view.primary || viewnum !== this.view.viewnum) {
      return false;
    }
    this.acknowledged = viewnum;
    for (const member of this.restarts.keys()) this.restarts.set(member, this.now());
    return true;
  }

  /** Under an arbiter, whoever makes or acknowledges a view says so. True when a view is a new one. */
  logged(event: string, fields: { readonly [key: string]: Json }): boolean {
    if (event === 'acknowledged') {
      this.acknowledged = Math.max(this.acknowledged, fields.viewnum as number);
    }
    return event === 'view' && this.told(fields as unknown as View);
  }

  /** A view service that knows nothing begins. */
  forget(): void {
    this.view = noView;
    this.acknowledged = 0;
    this.restarts.clear();
  }
}

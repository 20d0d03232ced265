/**
 * The core that the parts of a replica share: the newest view that it knows, its role in it, and the state
 * that it holds.
 *
 * One number carries the safety of the whole: `stateView`, the view whose state this replica holds.
 * It serves clients as primary, or accepts forwards as backup, only while `stateView` is the number
 * of the newest view it knows.
 *
 * - In view 0, when nothing was ever written, every server that sees it holds its state: nothing.
 * - The primary of view n takes its state over from view n - 1, if it holds that.
 * - The backup of view n gets its state from the primary of view n, and never otherwise.
 */
import { assert } from '../runtime/assert';
import { type ErrorCode, RpcError } from '../runtime/errors';
import type { Runtime } from '../runtime/node';
import type { View } from '../viewservice/api';
import { StateMachine } from './state-machine';

/** Milliseconds between two tries to reach the backup. */
export const retryPauseMs = 20;

export class Replica {
  readonly runtime: Runtime;
  private readonly newestView: () => View;
  /** Asks the view service whether there is a newer view. Never rejects. */
  readonly ping: () => Promise<void>;

  state = new StateMachine();
  /** The view whose state `state` is; null after a restart, when it is nobody's. */
  stateView: number | null = null;
  /** How many forwards of this view have been applied: the position of the next one. */
  position = 0;

  constructor(runtime: Runtime, newestView: () => View, ping: () => Promise<void>) {
    this.runtime = runtime;
    this.newestView = newestView;
    this.ping = ping;
  }

  /** The newest view that this replica knows. */
  get view(): View {
    return this.newestView();
  }

  role(): string {
    if (this.isPrimary()) return 'primary';
    return this.isBackup() ? 'backup' : 'idle';
  }

  isPrimary(): boolean {
    return this.view.primary === this.runtime.address;
  }

  isBackup(): boolean {
    return this.view.backup === this.runtime.address;
  }

  holdsState(): boolean {
    return this.stateView === this.view.viewnum;
  }

  /** As primary: this server holds the state of the view before, and so takes it over into this one. */
  inheritsState(): boolean {
    return this.stateView === this.view.viewnum - 1;
  }

  /** From now on `state` is the state of this view, of which no forward was applied yet. */
  hold(viewnum: number, state = this.state): void {
    assert(
      this.stateView === null || viewnum > this.stateView,
      'the view whose state a replica holds only grows',
      'this replica',
    );
    this.state = state;
    this.stateView = viewnum;
    this.position = 0;
  }

  notPrimary(): RpcError {
    const { viewnum, primary } = this.view;
    const reason = this.isPrimary() ? 'it has no state' : `primary is ${primary ?? 'nobody'}`;
    return new RpcError('not-primary', `not the acting primary of view ${viewnum}: ${reason}`);
  }

  /**
   * Makes a call to the backup until it succeeds (true) or the view is no longer the newest (false);
   * throws only the error that the caller wants to deal with itself. A backup that refuses for good
   * has restarted, or knows a newer view: then the view service has a newer view for us, too.
   */
  async untilDone(view: View, call: () => Promise<unknown>, mine?: ErrorCode): Promise<boolean> {
    while (this.view === view) {
      try {
        await call();
        return this.view === view;
      } catch (error) {
        if (this.view !== view) return false;
        const code = error instanceof RpcError ? error.code : undefined;
        if (code !== undefined && code === mine) throw error;
        if (code === 'wrong-view') void this.ping();
      }
      await this.runtime.sleep(retryPauseMs);
    }
    return false;
  }
}

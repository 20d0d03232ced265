import type { Address } from '../runtime/node';
import { noView, type View } from './api';

export interface ServerRecord {
  readonly server: Address;
  /** The tick at which it pinged last. */
  readonly heardAt: number;
  /** The data that it had as a member of the view is gone. */
  readonly empty: boolean;
}

export interface ViewState {
  readonly view: View;
  readonly acknowledged: boolean;
  readonly servers: readonly ServerRecord[];
  readonly now?: number;
  /** Somebody knows a view that was forgotten here: no more views are made. */
  readonly hasForgotten?: boolean;
}

export const initialState: ViewState = { view: noView, acknowledged: false, servers: [], now: 0 };

/** A working copy that is changed step by step. */
class Ledger {
  view: View;
  acknowledged: boolean;
  now: number;
  readonly heardAt = new Map<Address, number>();
  readonly empty = new Set<Address>();
  private readonly deadPings: number;

  constructor(state: ViewState, deadPings: number) {
    this.view = state.view;
    this.acknowledged = state.acknowledged;
    this.now = state.now ?? 0;
    this.deadPings = deadPings;
    for (const { server, heardAt, empty } of state.servers) {
      this.heardAt.set(server, heardAt);
      if (empty) this.empty.add(server);
    }
  }

  lives(server: Address | null): server is Address {
    if (server === null) return false;
    const at = this.heardAt.get(server);
    return at !== undefined && this.now - at < this.deadPings;
  }

  hasData(server: Address | null): server is Address {
    return this.lives(server) && !this.empty.has(server);
  }

  /** Somebody who may become backup: whoever lives and has no part to lose. */
  spare(primary: Address): Address | null {
    const { view } = this;
    const living = [...this.heardAt.keys()].filter((server) => this.lives(server));
    const strangers = living.filter((one) => one !== view.primary && one !== view.backup);
    const emptied = living.filter((one) => this.empty.has(one) && one !== primary);
    return strangers[0] ?? emptied[0] ?? null;
  }

  reconsider(): void {
    const { view } = this;
    if (!this.acknowledged) return;
    if (!this.hasData(view.primary)) {
      if (this.hasData(view.backup)) this.adopt(view.backup, this.spare(view.backup));
      return;
    }
    if (this.hasData(view.backup)) return;
    const spare = this.spare(view.primary);
    // A backup that has lost its data needs a new view: first without it if it is the only spare.
    this.adopt(view.primary, spare === view.backup ? null : spare);
  }

  private adopt(primary: Address, backup: Address | null): void {
    const { view } = this;
    if (primary === view.primary && backup === view.backup) return;
    this.view = { viewnum: view.viewnum + 1, primary, backup };
    this.acknowledged = false;
    this.empty.clear();
  }

  forgetTheDead(): void {
    for (const server of [...this.heardAt.keys()]) {
      const { primary, backup } = this.view;
      if (server !== primary && server !== backup && !this.lives(server)) {
        this.heardAt.delete(server);
        this.empty.delete(server);
      }
    }
  }

  state(): ViewState {
    const servers = [...this.heardAt].map(([server, heardAt]) => ({
      ...{ server, heardAt, empty: this.empty.has(server) },
    }));
    return { view: this.view, acknowledged: this.acknowledged, servers, now: this.now };
  }
}

export function ping(
  state: ViewState,
  server: Address,
  viewnum: number,
  deadPings: number,
): ViewState {
  if (state.hasForgotten || viewnum > state.view.viewnum) return { ...state, hasForgotten: true };
  const ledger = new Ledger(state, deadPings);
  ledger.heardAt.set(server, ledger.now);
  const { view } = ledger;
  if (view.viewnum === 0) {
    ledger.view = { viewnum: 1, primary: server, backup: null };
    return ledger.state();
  }
  const isMember = server === view.primary || server === view.backup;
  const isFirstEver = view.viewnum === 1 && !ledger.acknowledged;
  if (isMember && viewnum === 0 && !isFirstEver) ledger.empty.add(server);
  if (server === view.primary && viewnum === view.viewnum && ledger.hasData(server)) {
    ledger.acknowledged = true;
  }
  ledger.reconsider();
  return ledger.state();
}

export function tick(state: ViewState, deadPings: number): ViewState {
  if (state.hasForgotten) return state;
  const ledger = new Ledger(state, deadPings);
  ledger.now += 1;
  ledger.forgetTheDead();
  ledger.reconsider();
  return ledger.state();
}

/** The view server: keeps the state, applies the rules, and says what changed. */
import type { Json, Runtime } from '../runtime/node';
import type { Handlers } from '../runtime/service';
import type { PingArgs, View, ViewService } from './api';
import * as rules from './rules';

export interface ViewServerOptions {
  /** Milliseconds between two pings of a server, and between two ticks. Default 100. */
  readonly pingIntervalMs: number;
  /** After how many missed pings a server counts as dead. Default 5. */
  readonly deadPings: number;
}

export const defaultViewServerOptions: ViewServerOptions = { pingIntervalMs: 100, deadPings: 5 };

export class ViewServer implements Handlers<typeof ViewService> {
  private state = rules.initialState;
  /** Once is enough: the servers go on pinging. */
  private saidThatItForgot = false;
  private readonly runtime: Runtime;
  private readonly options: ViewServerOptions;

  constructor(runtime: Runtime, options: ViewServerOptions) {
    this.runtime = runtime;
    this.options = options;
  }

  /** A server says that it lives. Replies with the view that is current after this ping. */
  ping({ server, viewnum }: PingArgs): View {
    if (this.state.view.viewnum === 0 && viewnum > 0 && !this.saidThatItForgot) {
      this.saidThatItForgot = true;
      this.runtime.log('forgot-views', { server, viewnum });
    }
    return this.enter(rules.ping(this.state, server, viewnum, this.options.deadPings));
  }

  /** The current view. */
  get(): View {
    return this.state.view;
  }

  /** Called every pingIntervalMs: time passes. */
  tick(): void {
    this.enter(rules.tick(this.state, this.options.deadPings));
  }

  inspect(): Json {
    return this.state as unknown as Json;
  }

  private enter(next: rules.ViewState): View {
    const before = this.state;
    this.state = next;
    if (next.view.viewnum !== before.view.viewnum) this.runtime.log('view', { ...next.view });
    if (next.acknowledged && !before.acknowledged && next.view === before.view) {
      this.runtime.log('acknowledged', { viewnum: next.view.viewnum });
    }
    return next.view;
  }
}

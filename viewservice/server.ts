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
  private readonly runtime: Runtime;
  private readonly options: ViewServerOptions;

  constructor(runtime: Runtime, options: ViewServerOptions) {
    this.runtime = runtime;
    this.options = options;
  }

  /**
   * A server says that it lives. Replies with the view that is current after this ping.
   *
   * Ping and tick log what people should see: `view`, with the fields of the view, when there is a
   * new one; `acknowledged`, with its `viewnum`, when its primary has acknowledged it; and once
   * `forgot-views`, with `server` and `viewnum` of the ping, when that tells of a view that this view
   * service does not know, so that it makes none any more. Nothing depends on these lines.
   */
  ping({ server, viewnum }: PingArgs): View {
    // solution: begin
    // stub: throw notImplemented('viewservice/server.ts', 'ViewServer.ping');
    if (viewnum > this.state.view.viewnum && !this.state.hasForgotten) {
      this.runtime.log('forgot-views', { server, viewnum });
    }
    return this.enter(rules.ping(this.state, server, viewnum, this.options.deadPings));
    // solution: end
  }

  /** The current view. Changes nothing. */
  get(): View {
    // solution: begin
    // stub: throw notImplemented('viewservice/server.ts', 'ViewServer.get');
    return this.state.view;
    // solution: end
  }

  /** Called every pingIntervalMs: time passes. */
  tick(): void {
    // solution: begin
    // stub: throw notImplemented('viewservice/server.ts', 'ViewServer.tick');
    this.enter(rules.tick(this.state, this.options.deadPings));
    // solution: end
  }

  /** The state, for people to look at. */
  inspect(): Json {
    return this.state as unknown as Json;
  }

  // solution: begin
  private enter(next: rules.ViewState): View {
    const before = this.state;
    this.state = next;
    if (next.view.viewnum !== before.view.viewnum) this.runtime.log('view', { ...next.view });
    if (next.acknowledged && !before.acknowledged && next.view === before.view) {
      this.runtime.log('acknowledged', { viewnum: next.view.viewnum });
    }
    return next.view;
  }
  // solution: end
}

/**
 * Puts a server under an arbiter on a coordination service. The server is what it was: it pings a
 * view service and obeys the views. Here its pings become reports, and its incarnation lasts while a lease does.
 */
import { messageOf } from '../runtime/errors';
import type { Boot, NodeProgram, Runtime } from '../runtime/node';
import { type Binding, type Handlers, type Service, serve } from '../runtime/service';
import type { View } from '../viewservice/api';
import type { Rules } from './agreement';
import type { Coordination } from './coordination';
import { ServerIncarnation } from './incarnation';
import { Lease } from './lease';
import { Reporter } from './reporter';
import { viewsFrom } from './views';

export interface ArbiterOptions {
  readonly open: (runtime: Runtime) => Coordination;
  readonly rules: Rules;
  /** A server that is silent for so long counts as dead; the service may want it longer. */
  readonly ttlMs: number;
  /** Milliseconds, by a clock that goes on whatever stops the process. Default: the runtime's. */
  readonly clock?: () => number;
}

/** The same server, with the coordination service in the place of the view service. */
export function underArbiter(boot: Boot, options: ArbiterOptions): Boot {
  return (runtime) => new ArbitratedServer(runtime, boot, options).program;
}

/** A report that waits for the one under way to end; all that come meanwhile share it. */
interface Queued {
  viewnum: number;
  readonly outcome: Promise<View>;
}

class ArbitratedServer {
  readonly program: NodeProgram;
  private readonly runtime: Runtime;
  private readonly boot: Boot;
  private readonly coordination: Coordination;
  private readonly lease: Lease;
  private readonly reporter: Reporter;
  private running: ServerIncarnation;
  private incarnation: string;
  private underWay: Promise<unknown> | null = null;
  private queued: Queued | null = null;
  /** The last log line on the lease: null before the first one. */
  private held: boolean | null = null;
  private looking = false;
  /** The newest view that this incarnation of the server was told of. */
  private toldViewnum = 0;

  constructor(runtime: Runtime, boot: Boot, options: ArbiterOptions) {
    this.runtime = runtime;
    this.boot = boot;
    const { open, rules, ttlMs, clock = () => runtime.now() } = options;
    this.coordination = open(runtime);
    this.lease = new Lease(clock);
    const { coordination, lease } = this;
    this.reporter = new Reporter({ runtime, coordination, rules, lease, ttlMs });
    this.coordination.watch(() => this.lookAround());
    this.incarnation = this.drawIncarnation();
    this.running = this.begin();
    const { serves, tick, tickIntervalMs, inspect } = this.running.program;
    this.program = {
      memory: this,
      serves: [...serves.map(({ service }) => this.bind(service))],
      start: () => this.running.program.start?.(),
      ...(tick && {
        tick: () => {
          this.tellOfLease();
          return this.running.program.tick?.();
        },
      }),
      ...(tickIntervalMs !== undefined && { tickIntervalMs }),
      ...(inspect && { inspect: () => this.running.program.inspect?.() ?? null }),
    };
  }

  private bind(service: Service): Binding {
    const methods = Object.keys(service.methods).map((method) => [
      method,
      (args: unknown) => this.running.handle(service.name, method, args),
    ]);
    return serve(service, Object.fromEntries(methods) as Handlers<Service>);
  }

  private begin(): ServerIncarnation {
    const { runtime, boot, lease, incarnation } = this;
    const views = viewsFrom(
      {
        name: this.coordination.name,
        ping: ({ viewnum }) => this.report(incarnation, viewnum),
        get: () => this.reporter.view(),
      },
      runtime,
    );
    return new ServerIncarnation({ runtime, boot, lease, views });
  }

  /** One report at a time; later ones wait together, with the newest number among them. */
  private report(incarnation: string, viewnum: number): Promise<View> {
    if (incarnation !== this.incarnation) return new Promise(() => undefined);
    if (this.queued !== null) {
      this.queued.viewnum = Math.max(this.queued.viewnum, viewnum);
      return this.queued.outcome;
    }
    if (this.underWay === null) return this.reportNow(incarnation, viewnum);
    const queued: Queued = {
      viewnum,
      outcome: this.underWay.then(() => {
        this.queued = null;
        return this.reportNow(incarnation, queued.viewnum);
      }),
    };
    this.queued = queued;
    return queued.outcome;
  }

  private reportNow(incarnation: string, viewnum: number): Promise<View> {
    if (incarnation !== this.incarnation) return new Promise(() => undefined);
    const outcome = this.reporter.report(incarnation, viewnum);
    const ended = outcome.then(
      () => undefined,
      () => undefined,
    );
    this.underWay = ended;
    void ended.then(() => {
      if (this.underWay === ended) this.underWay = null;
    });
    return outcome.then((result) => {
      this.tellOfLease();
      if (result !== 'replaced') return this.tellOfView(result.view);
      if (incarnation === this.incarnation) this.beginAnew();
      return new Promise<View>(() => undefined);
    });
  }

  /** Others have gone on without this server: what it remembers is worth nothing any more. */
  private beginAnew(): void {
    this.runtime.log('replaced', { arbiter: this.coordination.name });
    this.running.end();
    this.queued = null;
    this.toldViewnum = 0;
    this.incarnation = this.drawIncarnation();
    this.running = this.begin();
    Promise.resolve(this.running.program.start?.()).catch((error) => {
      this.runtime.log('start-failed', { error: messageOf(error) });
    });
  }

  private drawIncarnation(): string {
    return Math.floor(this.runtime.random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0');
  }

  /** Somebody's session may have ended: whoever sees it first makes the next view. */
  private lookAround(): void {
    if (this.looking) return;
    this.looking = true;
    const done = () => {
      this.looking = false;
    };
    // The next ping looks, too, so a failure here is no loss.
    this.reporter.takeCensus().then(done, done);
  }

  /** Whatever the server makes of it, people see what it knows. */
  private tellOfView(view: View): View {
    if (view.viewnum > this.toldViewnum) this.runtime.log('told-view', { ...view });
    this.toldViewnum = Math.max(this.toldViewnum, view.viewnum);
    return view;
  }

  private tellOfLease(): void {
    const { holds } = this.lease;
    if (holds === this.held || (this.held === null && !holds)) return;
    if (!holds) this.runtime.log('lease-expired', { arbiter: this.coordination.name });
    else if (this.held === false)
      this.runtime.log('lease-back', { arbiter: this.coordination.name });
    this.held = holds;
  }
}

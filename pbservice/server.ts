/**
 * A replica of the key/value service: primary, backup or idle, as the view service decides.
 *
 * - It pings the view service at each tick with the newest view number that it knows: 0 when it has
 *   just started. As primary it does not acknowledge a view, by pinging with its number, before the
 *   backup of that view has the whole state: until then it pings an older number, that of the view before
 *   for instance, but 0 only in view 1, as 0 says that it has restarted. A primary that has restarted
 *   holds no state, never acknowledges, and goes on pinging 0. (That of view 1 is no exception. More pings
 *   than one at each tick are right, too, up to twice as many.)
 * - The primary has an operation applied by the backup of its view before it applies it itself and
 *   answers. Reads go that way, too: a primary that was replaced and does not know it yet would
 *   answer from the past. So do operations that will be refused: whoever is told `too-large` may rely
 *   on it. Both apply the same operations in the same order.
 * - Whoever is not the primary, or is and does not hold the state, refuses clients with
 *   `not-primary`. A backup accepts messages only from the primary of its own view (`wrong-view`).
 * - A server that starts has empty memory. It must not take that for the state, unless nothing was
 *   ever written: then the view service has no view yet.
 * - Whatever it waits for, it goes on pinging, and it gives up what it does for a view that is over.
 * - A forward or transfer that failed is tried again as long as the view lasts, with a pause before it of
 *   a second at the most: at most 250 messages a second for one operation, or one piece of a transfer.
 *   (What is taken is not counted: a piece that was taken may be followed by the next one at once.)
 *   (With which error a backup refuses what comes before its predecessor is your affair. A backup that restarts
 *   when it had the whole state already is replaced: whether it is sent the state once more is free.)
 * - A message has 16 MiB at most, in bytes of JSON, of which a code unit of a text takes up to six. A larger
 *   state goes in pieces, and so does what waits.
 * - The view service is not asked for each operation: while it is silent, the view lasts and its
 *   members go on serving.
 * - Replicas share nothing: what one of them is to know it is sent, and no variable of a module and no
 *   static field serves instead.
 *
 * What it logs (`runtime.log`) is for people: nothing depends on it, and who is what `npm start` sees by
 * itself. It has sentences for `initialised` (fields: viewnum) at the backup and `backup-initialised`
 * (viewnum, backup) at the primary when the state has arrived, `no-state` (viewnum) when a primary has
 * none, `transfer-starts-over` (backup, error), `view-service-unreachable` (error), `view-service-back`.
 * Any other event is shown as it is.
 */
import { messageOf, RpcError } from '../runtime/errors';
import type { Address, Json, Runtime } from '../runtime/node';
import type { Handlers, Remote } from '../runtime/service';
import { noView, type View, ViewService } from '../viewservice/api';
import type { ClientRequest, OperationResult, PbService } from './api';
import { Replica, retryPauseMs } from './replica';
import { Replication } from './replication';
import type { ForwardArgs, ReplicationService, TransferArgs } from './replication-api';
import { Transfer } from './transfer';

export interface PbServerOptions {
  /** Where the view service is. */
  readonly viewService: Address;
  /** Milliseconds between two pings. Default 100. */
  readonly pingIntervalMs: number;
}

export const defaultPbServerOptions = { pingIntervalMs: 100 };

export class PbServer implements Handlers<typeof PbService>, Handlers<typeof ReplicationService> {
  private readonly runtime: Runtime;
  private readonly viewService: Remote<typeof ViewService>;

  /** The newest view that this replica knows. */
  private view: View = noView;
  // solution: begin
  // stub: // Add what else this replica has to remember: the state (StateMachine), whether it may be
  // stub: // used, what is under way.
  private readonly replica: Replica;
  private readonly replication: Replication;
  private readonly transfers: Transfer;

  private started = false;
  private firstPingUnderWay = false;
  private viewServiceReachable = true;
  /** Pings on their way, oldest first, but for those that were sent before one that was answered. */
  private readonly pings: object[] = [];
  // solution: end

  constructor(runtime: Runtime, options: PbServerOptions) {
    this.runtime = runtime;
    this.viewService = runtime.connect(ViewService, options.viewService);
    // solution: begin
    this.replica = new Replica(
      runtime,
      () => this.view,
      () => this.ping(),
    );
    this.replication = new Replication(this.replica);
    this.transfers = new Transfer(this.replica);
    // solution: end
  }

  /**
   * Called once, before anything else; must catch what its calls to others reject with, as nobody else
   * does, and a call may fail at any time. Asks whether there has been any view yet. If not, nothing was
   * ever written, and this server holds the state of view 0. A server that restarts cannot fall for
   * that: its own past is a view. (A view service that does not answer is asked again, after a pause as before
   * another forward. Ticks come meanwhile, too, and do not ping yet. The first ping has 0, whatever `get` told.)
   */
  async start(): Promise<void> {
    // solution: begin
    // stub: throw notImplemented('pbservice/server.ts', 'PbServer.start');
    while (!this.started) {
      try {
        const view = await this.viewService.get({});
        this.replica.stateView = view.viewnum === 0 ? 0 : null;
        this.started = true;
        this.viewServiceAnswered();
      } catch (error) {
        this.viewServiceFailed(error);
        await this.runtime.sleep(retryPauseMs);
      }
    }
    await this.ping();
    // solution: end
  }

  /**
   * Called every pingIntervalMs: pings the view service, and enters the view that it answers with. As in
   * `start`, a call that fails is caught here: the next tick comes anyway.
   */
  async tick(): Promise<void> {
    // solution: begin
    // stub: throw notImplemented('pbservice/server.ts', 'PbServer.tick');
    await this.ping();
    // solution: end
  }

  /** What is going on here, for people to look at. */
  inspect(): Json {
    // solution: begin
    // stub: return { view: this.view };
    const { stateView, position, state } = this.replica;
    const { waiting } = this.replication.inspect();
    return { view: this.view, stateView, position, waiting, state: [...state.entries()] };
    // solution: end
  }

  /**
   * A client asks for an operation. Resolves with its result when backup and primary have applied it.
   * Rejects with RpcError: `not-primary` when this server may not serve, or does not any more and has
   * not sent the operation to any backup; `view-changed` when it has, and the view was over before the
   * backup had answered (a server that is primary in the next view, too, may carry operations over
   * into it instead, sent or not: then they go to the backup of that view, like any other); `overloaded` when too many
   * wait, `minWaitingOperations` (api.ts) or more; or with the error that the state machine has for it: that is its
   * outcome, so it is given only when the backup has it, too.
   * The same request may come again, also while it is under way. (Each copy may count as one that waits. Once the
   * backup has the state, the primary may answer before the view service has heard of the acknowledgement.)
   */
  async operate(request: ClientRequest): Promise<OperationResult> {
    // solution: begin
    // stub: throw notImplemented('pbservice/server.ts', 'PbServer.operate');
    const { replica } = this;
    if (!replica.isPrimary() || !(replica.holdsState() || replica.inheritsState())) {
      throw replica.notPrimary();
    }
    return this.replication.operate(request);
    // solution: end
  }

  /** As backup: applies what the primary of this very view sends, in its order. */
  forward(args: ForwardArgs): Record<string, never> {
    // solution: begin
    // stub: throw notImplemented('pbservice/server.ts', 'PbServer.forward');
    this.requireBackupIn(args.viewnum);
    return this.replication.applyForward(args);
    // solution: end
  }

  /** As backup: takes over the state that the primary of this very view sends. */
  transfer(args: TransferArgs): Record<string, never> {
    // solution: begin
    // stub: throw notImplemented('pbservice/server.ts', 'PbServer.transfer');
    this.requireBackupIn(args.viewnum);
    return this.transfers.receive(args);
    // solution: end
  }

  // solution: begin
  private async ping(): Promise<void> {
    const viewnum = this.pingNumber();
    // A late 0 looks like a restart. So there is never more than one of them on its way.
    if (!this.started || (viewnum === 0 && this.firstPingUnderWay)) return;
    this.firstPingUnderWay = viewnum === 0;
    const ping = {};
    this.pings.push(ping);
    try {
      const view = await this.viewService.ping({ server: this.runtime.address, viewnum });
      this.pings.splice(0, this.pings.indexOf(ping) + 1);
      this.viewServiceAnswered();
      this.enter(view);
    } catch (error) {
      // What was lost before the newest answer says nothing about now.
      if (!this.pings.includes(ping)) return;
      this.pings.splice(this.pings.indexOf(ping), 1);
      this.viewServiceFailed(error);
    } finally {
      if (viewnum === 0) this.firstPingUnderWay = false;
    }
  }

  /** The newest view number, but as primary only a view that this server is ready to serve. */
  private pingNumber(): number {
    const { replica } = this;
    return replica.isPrimary() && !replica.holdsState()
      ? (replica.stateView ?? 0)
      : this.view.viewnum;
  }

  private enter(view: View): void {
    const { replica } = this;
    // Replies overtake each other: an older view is old news.
    if (view.viewnum <= this.view.viewnum) return;
    this.view = view;
    this.transfers.abandon();
    this.runtime.log('entered-view', { ...view, role: replica.role() });
    if (!replica.isPrimary()) this.replication.refuseWaiting();
    else if (replica.inheritsState()) void this.takeOffice(view);
    else this.runtime.log('no-state', { viewnum: view.viewnum });
  }

  /** As primary: first the backup gets the state, then operations go through it. */
  private async takeOffice(view: View): Promise<void> {
    if (view.backup !== null) {
      if (!(await this.transfers.send(view, view.backup))) return;
      this.runtime.log('backup-initialised', { viewnum: view.viewnum, backup: view.backup });
    }
    this.replica.hold(view.viewnum);
    void this.replication.replicate();
    await this.ping();
  }

  private requireBackupIn(viewnum: number): void {
    const { replica } = this;
    if (replica.isBackup() && this.view.viewnum === viewnum) return;
    // The primary may know a view that this server does not know yet.
    if (viewnum > this.view.viewnum) void this.ping();
    const here = `this server is ${replica.role()} in view ${this.view.viewnum}`;
    throw new RpcError('wrong-view', `the message is for the backup of view ${viewnum}, ${here}`);
  }

  private viewServiceAnswered(): void {
    if (!this.viewServiceReachable) this.runtime.log('view-service-back');
    this.viewServiceReachable = true;
  }

  private viewServiceFailed(error: unknown): void {
    if (this.viewServiceReachable) {
      this.runtime.log('view-service-unreachable', { error: messageOf(error) });
    }
    this.viewServiceReachable = false;
  }
  // solution: end
}

/** Keeps the session of a server, and brings what it reports into the agreement. */
import type { Address, Runtime } from '../runtime/node';
import type { View } from '../viewservice/api';
import {
  type Agreement,
  census,
  decode,
  encode,
  memberAt,
  type Rules,
  report,
  viewOf,
} from './agreement';
import {
  type Coordination,
  membersPrefix,
  type Session,
  stateKey,
  type Version,
} from './coordination';
import type { Lease } from './lease';

export interface ReporterOptions {
  readonly runtime: Runtime;
  readonly coordination: Coordination;
  readonly rules: Rules;
  readonly lease: Lease;
  /** How long a server that says nothing counts as alive, in milliseconds. */
  readonly ttlMs: number;
}

/** The result of a report: the view, or that this incarnation of the server is over. */
export type ReportOutcome = { readonly view: View } | 'replaced';

interface Seen {
  readonly agreement: Agreement | undefined;
  readonly text: string | null;
  readonly version: Version;
  /** The sessions that had not ended, or whose end was not known yet. */
  readonly living: ReadonlySet<string>;
}

/** Tries of one compare-and-swap before the server waits for its next ping. */
const maxTries = 8;
/** The longest pause between two of them, in milliseconds. */
const longestPauseMs = 10;

export class Reporter {
  private readonly options: ReporterOptions;
  private readonly server: Address;
  /** The incarnation for which the lease is registered. */
  private registeredFor: string | null = null;
  private toldOfLoss = false;
  private renewing: Promise<Session> | null = null;
  /** A change of which it is not known whether it was made. */
  private untold: { readonly before: Agreement | undefined; readonly after: Agreement } | null =
    null;

  constructor(options: ReporterOptions) {
    this.options = options;
    this.server = options.runtime.address;
  }

  /**
   * The current view. Reads what was written before this server wrote its session's key: a server
   * that starts must not be told of a time when there was no view yet.
   */
  async view(): Promise<View> {
    await this.liveSession();
    return viewOf(decode((await this.options.coordination.get(stateKey)).value));
  }

  /** Renews the session, and reports with the newest view number that this incarnation of the server knows. */
  async report(incarnation: string, viewnum: number): Promise<ReportOutcome> {
    const session = await this.liveSession();
    const me = { server: this.server, incarnation, session: session.id };
    for (let tries = 0; tries < maxTries; tries += 1) {
      if (tries > 0) await this.pause();
      const seen = await this.look();
      if (this.registeredFor === incarnation && !this.isRecorded(seen.agreement, incarnation)) {
        if (seen.agreement === undefined) throw this.forgotten(viewnum);
        this.options.lease.unregister();
        return 'replaced';
      }
      const counted = seen.agreement && this.count(seen.agreement, this.withMe(seen, incarnation));
      const next = report(this.options.rules, counted, me, viewnum);
      if (await this.write(seen, next)) {
        this.registeredFor = incarnation;
        // Only the session that was written, not one that came since.
        if (this.options.lease.current === session) this.options.lease.register();
        return { view: viewOf(next) };
      }
    }
    throw new Error(
      `${this.options.coordination.name}: others changed the state ${maxTries} times`,
    );
  }

  /** Takes out whoever's session has ended: for when something seems to have changed. */
  async takeCensus(): Promise<void> {
    const seen = await this.look();
    if (seen.agreement === undefined) return;
    await this.write(seen, this.count(seen.agreement, seen.living));
  }

  /** This incarnation of the server lasts, even if the session by which others knew it has ended. */
  private withMe({ agreement, living }: Seen, incarnation: string): ReadonlySet<string> {
    const mine = memberAt(agreement, this.server);
    return mine?.incarnation === incarnation ? new Set([...living, mine.session]) : living;
  }

  private isRecorded(agreement: Agreement | undefined, incarnation: string): boolean {
    return memberAt(agreement, this.server)?.incarnation === incarnation;
  }

  private count(agreement: Agreement, living: ReadonlySet<string>): Agreement {
    return census(this.options.rules, agreement, living);
  }

  /** The session, renewed; a new one when there is none or it has ended. */
  private liveSession(): Promise<Session> {
    this.renewing ??= this.renewOrOpen().finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  private async renewOrOpen(): Promise<Session> {
    const { lease, coordination, ttlMs } = this.options;
    const sentAtMs = lease.now();
    if (lease.current !== null) {
      const { current } = lease;
      if (await current.renew()) {
        lease.renewed(sentAtMs);
        return current;
      }
      lease.lose();
    }
    const openedAtMs = lease.now();
    const session = await coordination.openSession(ttlMs);
    try {
      // The key stands before the agreement names the session: see agreement.ts.
      await session.attach(`${membersPrefix}${session.id}`, this.server);
    } catch (error) {
      void session.end();
      throw error;
    }
    lease.open(session, openedAtMs);
    return session;
  }

  /** The agreement first, the sessions afterwards: see agreement.ts. */
  private async look(): Promise<Seen> {
    const { coordination } = this.options;
    const { value, version } = await coordination.get(stateKey);
    const agreement = decode(value);
    this.tellAfterAll(agreement);
    const living = new Set(await coordination.list(membersPrefix));
    return { agreement, text: value, version, living };
  }

  private async write(seen: Seen, next: Agreement): Promise<boolean> {
    const text = encode(next);
    if (text === seen.text) return true;
    try {
      const swapped = await this.options.coordination.compareAndSwap(stateKey, seen.version, text);
      if (swapped) this.tell(seen.agreement, next);
      return swapped;
    } catch (error) {
      this.untold = { before: seen.agreement, after: next };
      throw error;
    }
  }

  /** The server that made a change logs it: there is no view service that would. */
  private tell(before: Agreement | undefined, after: Agreement): void {
    const { runtime } = this.options;
    const [old, { view, acknowledged }] = [before?.state, after.state];
    const isNew = view.viewnum !== viewOf(before).viewnum;
    // No view follows one that was not acknowledged: one report may bring both.
    if (old !== undefined && old.view.viewnum > 0 && !old.acknowledged && (acknowledged || isNew)) {
      runtime.log('acknowledged', { viewnum: old.view.viewnum });
    }
    if (isNew) runtime.log('view', { ...view });
  }

  /** The answer to a change was lost; what is found now may show that it was made. */
  private tellAfterAll(found: Agreement | undefined): void {
    const { untold } = this;
    this.untold = null;
    if (untold === null || found === undefined) return;
    const [wanted, actual] = [untold.after.state, found.state];
    const same = JSON.stringify(wanted.view) === JSON.stringify(actual.view);
    if (same && actual.acknowledged >= wanted.acknowledged) this.tell(untold.before, untold.after);
  }

  private forgotten(viewnum: number): Error {
    const { runtime, coordination } = this.options;
    if (!this.toldOfLoss) {
      runtime.log('arbiter-forgot', { arbiter: coordination.name, viewnum });
    }
    this.toldOfLoss = true;
    return new Error(`${coordination.name} has lost the state of this cluster`);
  }

  private pause(): Promise<void> {
    const { runtime } = this.options;
    return runtime.sleep(runtime.random() * longestPauseMs);
  }
}

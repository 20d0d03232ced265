/**
 * Nodes of many runs at a time. A process has one incarnation of each run and never two, so the nodes of a
 * run share nothing but messages, as ever; and since the runs wait for each other before anything
 * crosses, one crossing carries what all of them have for a process. That is what makes it cheap:
 * most of the price of an input is to wake up a process that has nothing of its own left in the
 * caches. Each node still gets an input only after its answer to the one before was taken.
 *
 * What goes wrong in a process concerns all the runs that have an incarnation in it, so nothing is blamed on
 * anybody here: such runs count for nothing, and are made again by an IsolatedHost.
 */
import type { Json } from '../../runtime/node';
import type {
  Incarnation,
  IncarnationOptions,
  NodeHost,
  NodeInput,
  NodeOutput,
} from '../node-host';
import type { Account } from './budget';
import type { Turn, Turned } from './frames';
import { HangLimits } from './hang-limits';
import { Incidents } from './incidents';
import { note } from './isolated-host';
import { launchOfNode, type NodeLaunch } from './launch';
import type { Common } from './node-child';
import { PatientChild } from './patient-child';
import { endUser, freshUid } from './users';

/** Milliseconds of real time in which all that crosses at a time must be answered. */
const hangLimitMs = 5_000;
/** Each incarnation of a run is in a process of its own; such runs are rare, and no passing one comes near. */
const maxIncarnations = 24;

interface Due {
  readonly turn: Turn;
  readonly resolve: (turned: Turned) => void;
  readonly reject: (error: unknown) => void;
}

/** One process: what is due there, and which incarnations in it are over. */
interface Place {
  readonly child: PatientChild;
  due: Due[];
  over: number[];
}

export class InterleavedHost {
  private readonly options: NodeLaunch;
  private readonly uid = freshUid();
  private readonly common: Common;
  private readonly places: Place[] = [];
  /** Runs that have begun and not ended, and how many of them wait for a node. */
  private going = 0;
  private waiting = 0;
  private crossing = false;
  private checks: (() => void)[] = [];
  private incarnations = 0;
  private broken: unknown;

  constructor(options: NodeLaunch) {
    this.options = options;
    const incidents = new Incidents();
    this.common = {
      hangs: new HangLimits(hangLimitMs),
      incidents,
      budget: options.budget,
    };
  }

  /** A process broke out, ended, hung or changed something: no run here counts any more. */
  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  /** A run whose processor time is used for this account; once that is overdrawn, its nodes do nothing more. */
  begin(account: Account): InterleavedRun {
    this.going += 1;
    return new InterleavedRun(this, account);
  }

  /** Resolves with whether all processes are as they should be, whatever ran in them. */
  async isClean(): Promise<boolean> {
    await new Promise<void>((resolve) => {
      this.checks.push(resolve);
      this.goOn();
    });
    return !this.isBroken;
  }

  /** Ends all processes; resolves when they are gone. */
  async close(): Promise<void> {
    this.break(new Error('the host is closed'));
    await Promise.all(this.places.map(({ child }) => child.end()));
    endUser(this.options.isolation, this.uid);
  }

  /** For runs: a new incarnation, in the process that has this number. */
  newIncarnation(process: number): { readonly id: number; readonly place: Place } {
    this.places[process] ??= {
      child: new PatientChild(launchOfNode(this.options, this.uid), this.common),
      ...{ due: [], over: [] },
    };
    this.incarnations += 1;
    return { id: this.incarnations, place: this.places[process] };
  }

  /** For incarnations: rejects when the host is broken. */
  give(place: Place, turn: Turn): Promise<Turned> {
    if (this.isBroken) return Promise.reject(this.broken);
    return new Promise((resolve, reject) => {
      place.due.push({ turn, resolve, reject });
      this.waiting += 1;
      this.goOn();
    });
  }

  /** For runs: this one is over. */
  end(): void {
    this.going -= 1;
    this.goOn();
  }

  private goOn(): void {
    if (this.crossing) return;
    const { checks } = this;
    this.checks = [];
    if (checks.length > 0) void this.cross(this.check().then(() => checks.map((done) => done())));
    else if (this.waiting > 0 && this.waiting === this.going) void this.cross(this.giveAll());
  }

  private async cross(task: Promise<unknown>): Promise<void> {
    this.crossing = true;
    try {
      await task;
    } catch (error) {
      this.break(error);
    }
    this.crossing = false;
    this.goOn();
  }

  private async giveAll(): Promise<void> {
    this.waiting = 0;
    await Promise.all(
      this.places.filter(({ due }) => due.length > 0).map((place) => this.giveIn(place)),
    );
  }

  private async giveIn(place: Place): Promise<void> {
    const { due, over, child } = place;
    place.due = [];
    place.over = [];
    try {
      const turns = due.map(({ turn }) => turn);
      const answers = await child.askAll({ type: 'turns', turns, over });
      for (const [i, { resolve }] of due.entries()) {
        resolve(answers[i] ?? { outputs: [], processorMs: 0 });
      }
    } catch (error) {
      for (const { reject } of due) reject(error);
      this.break(error);
    }
  }

  private async check(): Promise<void> {
    if (this.isBroken) return;
    const { incidents } = this.common;
    for (const { child } of this.places) {
      note(await child.ask({ type: 'check' }), incidents);
      child.reportPrinted();
    }
    const [incident] = incidents.take();
    if (incident !== undefined) this.break(new Error(incident.example));
  }

  private break(error: unknown): void {
    this.broken ??= error;
    for (const place of this.places) {
      const { due } = place;
      place.due = [];
      for (const { reject } of due) reject(error);
    }
    this.waiting = 0;
  }
}

/** The nodes of one of the runs. */
export class InterleavedRun implements NodeHost {
  private readonly host: InterleavedHost;
  private readonly account: Account;
  private readonly incidents = new Incidents();
  private readonly incarnations: { readonly id: number; readonly place: Place }[] = [];

  constructor(host: InterleavedHost, account: Account) {
    this.host = host;
    this.account = account;
  }

  open(options: IncarnationOptions): Incarnation {
    const { host, incidents, account } = this;
    if (this.incarnations.length >= maxIncarnations) {
      const error = new Error(
        `a run with more than ${maxIncarnations} incarnations is made by itself`,
      );
      return new InterleavedIncarnation(() => Promise.reject(error));
    }
    const { id, place } = host.newIncarnation(this.incarnations.length);
    this.incarnations.push({ id, place });
    return new InterleavedIncarnation(async (input, nowMs) => {
      if (account.isOverdrawn) throw new Error('its scenario takes too much processor time');
      const begins = input.type === 'start' && { options };
      const turn = { incarnation: id, ...begins, input, nowMs };
      const { outputs, processorMs } = await host.give(place, turn);
      account.usedMs += processorMs;
      note(outputs, incidents);
      return outputs;
    });
  }

  /** Ends the run. Returns whether none of its nodes did what no honest one does. */
  end(): boolean {
    for (const { id, place } of this.incarnations) place.over.push(id);
    this.host.end();
    return this.incidents.take().length === 0 && !this.account.isOverdrawn;
  }
}

class InterleavedIncarnation implements Incarnation {
  private readonly hand: Incarnation['give'];
  private crashed = false;

  constructor(hand: Incarnation['give']) {
    this.hand = hand;
  }

  async give(input: NodeInput, nowMs: number): Promise<readonly NodeOutput[]> {
    return this.crashed ? [] : this.hand(input, nowMs);
  }

  /** The answers of such a node are of no use to anybody. */
  async inspect(): Promise<Json> {
    return null;
  }

  crash(): void {
    this.crashed = true;
  }
}

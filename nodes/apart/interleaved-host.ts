/**
 * Nodes of many runs at a time. A process has one life of each run and never two, so the nodes of a
 * run share nothing but messages, as ever; and since the runs wait for each other before anything
 * crosses, one crossing carries what all of them have for a process. That is what makes it cheap:
 * most of the price of an input is to wake up a process that has nothing of its own left in the
 * caches. Each node still gets an input only after its answer to the one before was taken.
 *
 * What goes wrong in a process concerns all the runs that have a life in it, so nothing is blamed on
 * anybody here: such runs count for nothing, and are made again by an IsolatedHost.
 */
import type { Json } from '../../../runtime/node';
import type {
  Incarnation,
  IncarnationOptions,
  NodeHost,
  NodeInput,
  NodeOutput,
} from '../simulated/node-host';
import type { Turn } from './frames';
import { Incidents } from './incidents';
import { note } from './isolated-host';
import { endUser, freshUid, launchOfNode, type NodeLaunch } from './launch';
import { type Common, NodeChild } from './node-child';

/** Milliseconds of real time in which all that crosses at a time must be answered. */
const hangLimitMs = 5_000;

interface Due {
  readonly turn: Turn;
  readonly resolve: (outputs: readonly NodeOutput[]) => void;
  readonly reject: (error: unknown) => void;
}

/** One process: what is due there, and which lives in it are over. */
interface Place {
  readonly child: NodeChild;
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
  private lives = 0;
  private broken: unknown;

  constructor(options: NodeLaunch) {
    this.options = options;
    const incidents = new Incidents();
    this.common = { hangMs: hangLimitMs, shortHangMs: hangLimitMs, incidents };
  }

  /** A process broke out, ended, hung or changed something: no run here counts any more. */
  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  begin(): InterleavedRun {
    this.going += 1;
    return new InterleavedRun(this);
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

  /** For runs: a new life, in the process that has this number. */
  newLife(process: number): { readonly id: number; readonly place: Place } {
    this.places[process] ??= {
      child: new NodeChild(launchOfNode(this.options, this.uid), this.common),
      ...{ due: [], over: [] },
    };
    this.lives += 1;
    return { id: this.lives, place: this.places[process] };
  }

  /** For lives: rejects when the host is broken. */
  give(place: Place, turn: Turn): Promise<readonly NodeOutput[]> {
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
      for (const [i, { resolve }] of due.entries()) resolve(answers[i] ?? []);
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
  private readonly incidents = new Incidents();
  private readonly lives: { readonly id: number; readonly place: Place }[] = [];

  constructor(host: InterleavedHost) {
    this.host = host;
  }

  open(options: IncarnationOptions): Incarnation {
    const { host, incidents } = this;
    const { id, place } = host.newLife(this.lives.length);
    this.lives.push({ id, place });
    return new InterleavedLife(async (input, nowMs) => {
      const begins = input.type === 'start' && { options };
      const outputs = await host.give(place, { life: id, ...begins, input, nowMs });
      note(outputs, incidents);
      return outputs;
    });
  }

  /** It is over. Returns whether none of its nodes did what no honest one does. */
  end(): boolean {
    for (const { id, place } of this.lives) place.over.push(id);
    this.host.end();
    return this.incidents.take().length === 0;
  }
}

class InterleavedLife implements Incarnation {
  private readonly hand: Incarnation['give'];
  private crashed = false;

  constructor(hand: Incarnation['give']) {
    this.hand = hand;
  }

  async give(input: NodeInput, nowMs: number): Promise<readonly NodeOutput[]> {
    return this.crashed ? [] : this.hand(input, nowMs);
  }

  /** What such a node says of itself is of no use to anybody. */
  async inspect(): Promise<Json> {
    return null;
  }

  crash(): void {
    this.crashed = true;
  }
}

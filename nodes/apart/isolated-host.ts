/**
 * Nodes of a hand-in, each in a process of its own. Within one run no process is used twice, not
 * even for a restart, so nodes share nothing but messages; the next run uses the processes again
 * and loads every module anew.
 */
import { messageOf } from '../../runtime/errors';
import type { Json } from '../../runtime/node';
import type {
  Incarnation,
  IncarnationOptions,
  NodeHost,
  NodeInput,
  NodeOutput,
} from '../node-host';
import { HangLimits } from './hang-limits';
import { Fault, faultAt, Incidents, tellTales } from './incidents';
import { IsolatedIncarnations } from './isolated-incarnations';
import { launchOfNode, type NodeLaunch } from './launch';
import type { Common } from './node-child';
import { PatientChild } from './patient-child';
import { endUser, freshUid } from './users';

/** Milliseconds of real time in which a node must settle after an input. */
const defaultHangLimitMs = 10_000;
const shortHangLimitMs = 500;
/** The number of processes of crashed nodes that are kept for the next run. */
const maxRetired = 12;

export interface IsolatedHostOptions extends NodeLaunch {
  readonly hangLimitMs?: number;
}

interface Shared extends Common {
  /** A process of this run broke out, ended or hung: the run has failed, and need not go on. */
  faulted: boolean;
  /** A process could not be started, however often that was tried. */
  noRoom: Fault | undefined;
}

export class IsolatedHost implements NodeHost {
  readonly incidents = new Incidents();
  private readonly options: IsolatedHostOptions;
  private readonly uid = freshUid();
  private idle: PatientChild[] = [];
  private used: PatientChild[] = [];
  /** The used processes whose node has crashed, the first one first. */
  private retired: PatientChild[] = [];
  private faultsOfRetired = 0;
  private readonly ending = new Set<Promise<void>>();
  private readonly shared: Shared;
  /** How many processes of the run that ended last broke out, ended or hung. */
  faultsOfLastRun = 0;

  constructor(options: IsolatedHostOptions) {
    this.options = options;
    const hangMs = options.hangLimitMs ?? defaultHangLimitMs;
    const { incidents } = this;
    this.shared = {
      hangs: new HangLimits(hangMs, shortHangLimitMs),
      incidents,
      faulted: false,
      noRoom: undefined,
      budget: options.budget,
    };
  }

  /** Rejects with an Error when no process for a node can be started here. */
  async warmUp(): Promise<void> {
    const node = new PatientChild(launchOfNode(this.options, this.uid), this.shared);
    try {
      await node.untilReady();
      this.idle.push(node);
    } catch (error) {
      await node.end();
      // Nothing of the hand-in may run any more, as whoever asks for a node will hear.
      if (error instanceof Fault && error.kind !== null) return;
      const hint = 'can every user read the folder for temporary files (TMPDIR)?';
      throw new Error(`${messageOf(error)}\n${hint}`);
    }
  }

  open(options: IncarnationOptions): Incarnation {
    const node = this.child();
    return new IsolatedIncarnation(node, options, this.shared, () => this.retire(node));
  }

  /** A host for nodes that have many incarnations at a time; they are over when the run is. */
  incarnations(): IsolatedIncarnations {
    return new IsolatedIncarnations(
      () => this.child(),
      (outputs) => void note(outputs, this.incidents),
    );
  }

  /**
   * Why a process could not be started in the run that ended last, if that happened: it is then not
   * known whether the hand-in or the machine is to blame. Asked once.
   */
  takeNoRoom(): Fault | undefined {
    const { noRoom } = this.shared;
    this.shared.noRoom = undefined;
    return noRoom;
  }

  /** No process broke out, ended or hung, in the run that goes on or in the one before. */
  get isUnharmed(): boolean {
    return this.faultsOfLastRun === 0 && this.used.every(({ isFit }) => isFit);
  }

  private child(): PatientChild {
    const node =
      this.waiting() ?? new PatientChild(launchOfNode(this.options, this.uid), this.shared);
    this.used.push(node);
    return node;
  }

  /** Some may have been given up while they waited, for what all of them use together. */
  private waiting(): PatientChild | undefined {
    for (let node = this.idle.pop(); node !== undefined; node = this.idle.pop()) {
      if (node.isFit) return node;
      this.letEnd(node.end());
    }
    return undefined;
  }

  private letEnd(end: Promise<void>): void {
    const ending = end.finally(() => this.ending.delete(ending));
    this.ending.add(ending);
  }

  /** A node crashed, so this process has nothing to do until the run is over: not too many wait for that. */
  private retire(node: PatientChild): void {
    this.retired.push(node);
    if (this.retired.length <= maxRetired) return;
    const [oldest] = this.retired.splice(0, 1);
    if (oldest === undefined) return;
    this.used = this.used.filter((other) => other !== oldest);
    const end = async () => {
      await this.isClean(oldest);
      if (!oldest.isFit) this.faultsOfRetired += 1;
      await oldest.end();
    };
    this.letEnd(end());
  }

  /** A run is over: its processes may serve the next one, unless they broke or changed something. */
  async endRun(): Promise<void> {
    const { used } = this;
    this.used = [];
    this.retired = [];
    await Promise.all(this.ending);
    const clean = await Promise.all(used.map((node) => this.isClean(node)));
    const unfit = used.filter(({ isFit }) => !isFit).length;
    this.faultsOfLastRun = unfit + this.faultsOfRetired;
    this.faultsOfRetired = 0;
    for (const [i, node] of used.entries()) {
      if (clean[i]) this.idle.push(node);
      else await node.end();
    }
    this.shared.faulted = false;
  }

  /** Ends all processes and begins with a new one. Rejects with an Error when that does not start. */
  async startOver(): Promise<void> {
    await this.close();
    await this.warmUp();
    this.shared.faulted = false;
    this.shared.noRoom = undefined;
  }

  /** Ends all processes; resolves when they are gone. */
  async close(): Promise<void> {
    const all = [...this.idle, ...this.used];
    this.idle = [];
    this.used = [];
    await Promise.all([...this.ending, ...all.map((node) => node.end())]);
    endUser(this.options.isolation, this.uid);
  }

  private async isClean(node: PatientChild): Promise<boolean> {
    try {
      const told = await node.ask({ type: 'end' });
      node.reportPrinted();
      return note(told, this.incidents) === 0;
    } catch {
      // The break was named when it happened.
      return false;
    }
  }
}

/** Notes what a process tells of itself; returns how much of it was tampering. */
export function note(outputs: readonly NodeOutput[], incidents: Incidents): number {
  let tampering = 0;
  for (const output of outputs) {
    if (output.type === 'failure' && /allocation failed/.test(output.message)) {
      incidents.add('memory', output.message);
    }
    if (output.type !== 'log') continue;
    const kind = Object.hasOwn(tellTales, output.event) ? tellTales[output.event] : undefined;
    if (kind === undefined) continue;
    incidents.add(kind, whatOf(output.body));
    if (kind === 'tampering') tampering += 1;
  }
  return tampering;
}

function whatOf(fields: string): string {
  const { what } = JSON.parse(fields) ?? {};
  return typeof what === 'string' ? what : fields;
}

class IsolatedIncarnation implements Incarnation {
  private readonly node: PatientChild;
  private readonly options: IncarnationOptions;
  private readonly shared: Shared;
  private readonly retire: () => void;
  private crashed = false;

  constructor(node: PatientChild, options: IncarnationOptions, shared: Shared, retire: () => void) {
    this.retire = retire;
    this.node = node;
    this.options = options;
    this.shared = shared;
  }

  async give(input: NodeInput, nowMs: number): Promise<readonly NodeOutput[]> {
    if (this.crashed || this.shared.faulted) return [];
    try {
      if (input.type === 'start') await this.node.ask({ type: 'open', options: this.options });
      const outputs = await this.node.ask({ type: 'give', input, nowMs });
      note(outputs, this.shared.incidents);
      return outputs;
    } catch (error) {
      this.shared.faulted = true;
      // Not the hand-in's doing: the run must not count against it.
      if (error instanceof Fault && error.kind === null) {
        this.shared.noRoom ??= error;
        throw error;
      }
      const where = input.type === 'request' ? input.call : `a ${input.type}`;
      return [faultAt(where, error)];
    }
  }

  /** The answers of such a node are of no use to anybody. */
  async inspect(): Promise<Json> {
    return null;
  }

  crash(): void {
    if (this.crashed) return;
    this.crashed = true;
    this.retire();
  }
}

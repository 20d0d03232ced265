/**
 * Nodes of a hand-in, each in a process of its own. Within one run no process is used twice, not
 * even for a restart, so nodes share nothing but messages; the next run uses the processes again
 * and loads every module anew.
 */
import { messageOf } from '../../../runtime/errors';
import type { Json } from '../../../runtime/node';
import type {
  Incarnation,
  IncarnationOptions,
  NodeHost,
  NodeInput,
  NodeOutput,
} from '../simulated/node-host';
import { Fault, Incidents, tellTales } from './incidents';
import { IsolatedLives } from './isolated-lives';
import { endUser, freshUid, launchOfNode, type NodeLaunch } from './launch';
import { type Common, NodeChild } from './node-child';

/** Milliseconds of real time in which a node must settle after an input. */
const defaultHangLimitMs = 10_000;
const shortHangLimitMs = 500;

export interface IsolatedHostOptions extends NodeLaunch {
  readonly hangLimitMs?: number;
}

interface Shared extends Common {
  /** A process of this run broke out, ended or hung: the run has failed, and need not go on. */
  faulted: boolean;
}

export class IsolatedHost implements NodeHost {
  readonly incidents = new Incidents();
  private readonly options: IsolatedHostOptions;
  private readonly uid = freshUid();
  private idle: NodeChild[] = [];
  private used: NodeChild[] = [];
  private readonly shared: Shared;
  /** How many processes of the run that ended last broke out, ended or hung. */
  faultsOfLastRun = 0;

  constructor(options: IsolatedHostOptions) {
    this.options = options;
    const hangMs = options.hangLimitMs ?? defaultHangLimitMs;
    const { incidents } = this;
    this.shared = { hangMs, shortHangMs: shortHangLimitMs, incidents, faulted: false };
  }

  /** Rejects with an Error when no process for a node can be started here. */
  async warmUp(): Promise<void> {
    const node = new NodeChild(launchOfNode(this.options, this.uid), this.shared);
    try {
      await node.untilReady();
      this.idle.push(node);
    } catch (error) {
      const hint = 'can every user read the folder for temporary files (TMPDIR)?';
      throw new Error(`${messageOf(error)}\n${hint}`);
    }
  }

  open(options: IncarnationOptions): Incarnation {
    return new IsolatedIncarnation(this.child(), options, this.shared);
  }

  /** A host for nodes that have many lives at a time; they are over when the run is. */
  lives(): IsolatedLives {
    return new IsolatedLives(
      () => this.child(),
      (outputs) => void note(outputs, this.incidents),
    );
  }

  /** No process broke out, ended or hung, in the run that goes on or in the one before. */
  get isUnharmed(): boolean {
    return this.faultsOfLastRun === 0 && this.used.every(({ isFit }) => isFit);
  }

  private child(): NodeChild {
    const node =
      this.idle.pop() ?? new NodeChild(launchOfNode(this.options, this.uid), this.shared);
    this.used.push(node);
    return node;
  }

  /** A run is over: its processes may serve the next one, unless they broke or changed something. */
  async endRun(): Promise<void> {
    const { used } = this;
    this.used = [];
    const clean = await Promise.all(used.map((node) => this.isClean(node)));
    this.faultsOfLastRun = used.filter(({ isFit }) => !isFit).length;
    for (const [i, node] of used.entries()) {
      if (clean[i]) this.idle.push(node);
      else await node.end();
    }
    this.shared.faulted = false;
  }

  /** Ends all processes; resolves when they are gone. */
  async close(): Promise<void> {
    const all = [...this.idle, ...this.used];
    this.idle = [];
    this.used = [];
    await Promise.all(all.map((node) => node.end()));
    endUser(this.options.isolation, this.uid);
  }

  private async isClean(node: NodeChild): Promise<boolean> {
    try {
      const told = await node.ask({ type: 'end' });
      node.reportPrinted();
      return note(told, this.incidents) === 0;
    } catch {
      // It was named when it broke.
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
  private readonly node: NodeChild;
  private readonly options: IncarnationOptions;
  private readonly shared: Shared;
  private crashed = false;

  constructor(node: NodeChild, options: IncarnationOptions, shared: Shared) {
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
      if (error instanceof Fault && error.kind === null) throw error;
      const where = input.type === 'request' ? input.call : `a ${input.type}`;
      return [{ type: 'failure', where, message: messageOf(error), stack: '' }];
    }
  }

  /** What such a node says of itself is of no use to anybody. */
  async inspect(): Promise<Json> {
    return null;
  }

  crash(): void {
    this.crashed = true;
  }
}

/**
 * Nodes of a hand-in that have thousands of incarnations, as exploring asks for. There is one process for
 * each node, and another one for what it is after a restart: so nodes share nothing, and nothing
 * outlives a crash. In a process each incarnation has modules of its own, and what an incarnation does is asked for
 * once: given the same inputs again, it is known, and the process hears of them with the next new one.
 */
import type { Json } from '../../runtime/node';
import type {
  Incarnation,
  IncarnationOptions,
  NodeHost,
  NodeInput,
  NodeOutput,
} from '../node-host';
import { Fault, faultAt } from './incidents';
import type { PatientChild } from './patient-child';

/** How many incarnations a process keeps going; an incarnation that was let go is given its past anew. */
const maxIncarnations = 150;

/** The acts of an incarnation at an input, and then at the next ones. */
interface Moment {
  readonly outputs: readonly NodeOutput[];
  readonly next: Map<string, Moment>;
}

interface Given {
  readonly input: NodeInput;
  readonly nowMs: number;
}

export class IsolatedIncarnations implements NodeHost {
  private readonly child: () => PatientChild;
  private readonly onOutputs: (outputs: readonly NodeOutput[]) => void;
  private readonly processes = new Map<string, IncarnationsProcess>();
  /** How each incarnation begins. */
  private readonly beginnings = new Map<string, Moment>();

  constructor(child: () => PatientChild, onOutputs: (outputs: readonly NodeOutput[]) => void) {
    this.child = child;
    this.onOutputs = onOutputs;
  }

  // An object that crosses is copied, and could not be shared: its modules would be compiled for each incarnation.
  open({ sharing: _sharing, ...options }: IncarnationOptions): Incarnation {
    const name = `${options.address} ${options.incarnation}`;
    let process = this.processes.get(name);
    if (process === undefined) {
      process = new IncarnationsProcess(this.child, this.onOutputs);
      this.processes.set(name, process);
    }
    const key = JSON.stringify(options);
    let beginning = this.beginnings.get(key);
    if (beginning === undefined) {
      beginning = { outputs: [], next: new Map() };
      this.beginnings.set(key, beginning);
    }
    return new IsolatedIncarnation(process, options, beginning);
  }

  /** Called when its processes are about to be used for something else. */
  letGo(): void {
    for (const process of this.processes.values()) process.letGo();
  }
}

/** The process of one node, which may have to be started anew. */
class IncarnationsProcess {
  private readonly start: () => PatientChild;
  private readonly onOutputs: (outputs: readonly NodeOutput[]) => void;
  private child: PatientChild | undefined;
  private nextIncarnation = 1;
  /** The incarnations that go on in it, the one first that was not asked for longest. */
  private readonly going = new Map<number, IsolatedIncarnation>();
  private over: number[] = [];

  constructor(start: () => PatientChild, onOutputs: (outputs: readonly NodeOutput[]) => void) {
    this.start = start;
    this.onOutputs = onOutputs;
  }

  begin(incarnation: IsolatedIncarnation): number {
    const id = this.nextIncarnation++;
    this.going.set(id, incarnation);
    for (const [oldest, other] of this.going) {
      if (this.going.size <= maxIncarnations) break;
      other.letGo();
      this.end(oldest);
    }
    return id;
  }

  end(id: number): void {
    if (this.going.delete(id)) this.over.push(id);
  }

  /** Rejects with the Fault for which the process was given up. */
  async ask(
    incarnation: number,
    options: IncarnationOptions | undefined,
    inputs: readonly Given[],
  ): Promise<readonly NodeOutput[]> {
    if (this.child === undefined) this.child = this.start();
    const asked = this.going.get(incarnation);
    if (asked !== undefined) {
      this.going.delete(incarnation);
      this.going.set(incarnation, asked);
    }
    const { over } = this;
    this.over = [];
    const begins = options === undefined ? {} : { options };
    try {
      const outputs = await this.child.ask({ type: 'live', incarnation, ...begins, inputs, over });
      this.onOutputs(outputs);
      return outputs;
    } catch (error) {
      this.letGo();
      throw error;
    }
  }

  /** With the process all its incarnations are gone. */
  letGo(): void {
    for (const incarnation of this.going.values()) incarnation.letGo();
    this.going.clear();
    this.over = [];
    this.child = undefined;
  }
}

class IsolatedIncarnation implements Incarnation {
  private readonly process: IncarnationsProcess;
  private readonly options: IncarnationOptions;
  private readonly past: Given[] = [];
  private moment: Moment;
  /** The number in the process; undefined: the incarnation does not go on there now. */
  private id: number | undefined;
  /** The number of its inputs that the process has heard of. */
  private heard = 0;
  /** The memory of the incarnation, if the process has heard of everything. */
  private memory: readonly NodeOutput[] | undefined;

  constructor(process: IncarnationsProcess, options: IncarnationOptions, beginning: Moment) {
    this.process = process;
    this.options = options;
    this.moment = beginning;
  }

  async give(input: NodeInput, nowMs: number): Promise<readonly NodeOutput[]> {
    if (input.type === 'recall') {
      if (this.memory === undefined) await this.tell();
      return this.memory ?? [{ type: 'memory', fingerprint: null }];
    }
    this.past.push({ input, nowMs });
    this.memory = undefined;
    const key = JSON.stringify([input, nowMs]);
    const known = this.moment.next.get(key);
    if (known !== undefined) {
      this.moment = known;
      return known.outputs;
    }
    const moment = { outputs: await this.tell(), next: new Map() };
    this.moment.next.set(key, moment);
    this.moment = moment;
    return moment.outputs;
  }

  async inspect(): Promise<Json> {
    return null;
  }

  crash(): void {
    if (this.id !== undefined) this.process.end(this.id);
    this.letGo();
  }

  /** The process does not know it any more. */
  letGo(): void {
    this.id = undefined;
    this.heard = 0;
    this.memory = undefined;
  }

  /** Tells the process what it has not heard; what the incarnation did at the last of it. */
  private async tell(): Promise<readonly NodeOutput[]> {
    const begins = this.id === undefined;
    this.id ??= this.process.begin(this);
    const inputs = this.past.slice(this.heard);
    this.heard = this.past.length;
    try {
      const outputs = await this.process.ask(this.id, begins ? this.options : undefined, inputs);
      this.memory = outputs.filter(({ type }) => type === 'memory');
      return outputs.filter(({ type }) => type !== 'memory');
    } catch (error) {
      // Not the hand-in's doing: it must not count against it.
      if (error instanceof Fault && error.kind === null) throw error;
      const input = inputs.at(-1)?.input;
      const where = input?.type === 'request' ? input.call : `a ${input?.type ?? 'recall'}`;
      return [faultAt(where, error)];
    }
  }
}

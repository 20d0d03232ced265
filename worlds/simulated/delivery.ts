/**
 * Delivers the messages of a simulated world, or does not, as the faults of its network have it; and
 * carries calls from outside the cluster.
 */

import type { Bodies } from '../../nodes/bodies';
import type { NodeInput } from '../../nodes/node-host';
import { abridgedBody } from '../../runtime/abridgement';
import type { ErrorBody, ErrorCode } from '../../runtime/errors';
import { Faults, fairWeather } from '../../runtime/faults';
import type { Address } from '../../runtime/node';
import type { CallResult } from '../../runtime/node-io';
import type { Random } from '../../runtime/seeded-random';
import { LinkNumbers } from '../link-numbers';
import type { TraceRecorder } from '../trace-recorder';
import type { SimulatedNodes } from './nodes';
import type { VirtualTimeline } from './timeline';

/** A message that is about to arrive. */
export type Arriving = Pick<Message, 'kind' | 'from' | 'to' | 'call'>;

/** The fate of a message in place of its arrival: it never arrives, it arrives later, or once more later. */
export type Arrival =
  | { readonly type: 'drop' }
  | { readonly type: 'delay' | 'duplicate'; readonly afterMs: number };

/**
 * The most bytes that one node sends while no operation ends. A node that sends a long message over and over would take
 * minutes of computing; a right one that sends its whole state with each write comes to 0.6 GB.
 */
const maxFutileBytes = 2 ** 31;

interface Sent {
  readonly kind: 'request' | 'response';
  readonly from: Address;
  readonly to: Address;
  /** The id of the call, given by the caller. */
  readonly id: number;
  /** Service.method */
  readonly call: string;
  /** JSON: a message is copied when it is sent. */
  readonly body: string;
}

interface Message extends Sent {
  readonly fromIncarnation: number;
  readonly toIncarnation: number;
}

export interface DeliveryOptions {
  /** Delays and storms are drawn from it. */
  readonly weather: Random;
  /** Whether a caller notices that nobody is there is drawn from it. */
  readonly choices: Random;
  /** Asked of each message between nodes as it is about to arrive; undefined: it arrives. */
  readonly onArrival: ((message: Arriving) => Arrival | undefined) | undefined;
  /** Reads what the trace shows of messages. */
  readonly bodies: Bodies;
  /** Told of each request that arrives. */
  readonly onRequest: (call: string, body: string) => void;
}

export class Delivery {
  /** Messages delivered so far. */
  delivered = 0;
  readonly faults: Faults;
  /** Requests of nodes, and bytes of all messages, as if all were ASCII: to count bytes of megabytes takes long. */
  readonly requests = new LinkNumbers();
  readonly bytes = new LinkNumbers();
  /** Bytes that each node has sent since an operation ended. */
  private readonly futileBytes = new Map<Address, number>();
  /** When something last arrived. */
  readonly arrivals = new LinkNumbers();
  private readonly options: DeliveryOptions;
  private readonly nodes: SimulatedNodes;
  private readonly timeline: VirtualTimeline;
  private readonly trace: TraceRecorder;
  /** Errors with which calls are refused, by `from call`. */
  private readonly refusals = new Map<string, ErrorCode[]>();
  private readonly outsideCalls = new Map<number, (result: CallResult | undefined) => void>();

  constructor(
    options: DeliveryOptions,
    nodes: SimulatedNodes,
    timeline: VirtualTimeline,
    trace: TraceRecorder,
  ) {
    this.options = options;
    this.nodes = nodes;
    this.timeline = timeline;
    this.trace = trace;
    this.faults = new Faults(options.weather, fairWeather);
  }

  send(message: Sent): void {
    const { kind, from, to, id, call, body } = message;
    const fromIncarnation = this.nodes.find(from)?.incarnation ?? 0;
    const toIncarnation = this.nodes.find(to)?.incarnation ?? 0;
    const sent: Message = { kind, from, to, id, call, body, fromIncarnation, toIncarnation };
    this.record('send', sent);
    this.count(from, to, body.length);
    const fate = this.faults.fateOf(sent, this.timeline.now);
    if (fate.type === 'drop' || fate.type === 'cut') {
      this.record(fate.type === 'drop' ? 'drop' : 'block', sent);
    } else if (fate.type === 'hold') {
      fate.onRelease(() => this.timeline.after(this.options.choices(), () => this.arrive(sent)));
    } else {
      const { timesMs } = fate;
      for (let copy = 0; copy < timesMs.length; copy += 1) {
        if (copy > 0) this.record('duplicate', sent);
        this.timeline.at(timesMs[copy] as number, () => this.reach(sent));
      }
    }
  }

  /** An operation has come to its end. */
  noteProgress(): void {
    this.futileBytes.clear();
  }

  private count(from: Address, to: Address, sizeBytes: number): void {
    this.bytes.add(from, to, sizeBytes);
    const futile = (this.futileBytes.get(from) ?? 0) + sizeBytes;
    this.futileBytes.set(from, futile);
    if (futile <= maxFutileBytes) return;
    const most = maxFutileBytes.toLocaleString('en-US');
    this.nodes.fail(
      {
        ...{ type: 'failure', where: 'its messages', frames: [] },
        expected: `${from} to send at most ${most} bytes while no operation ends`,
        message: `it has sent more, the last ${sizeBytes.toLocaleString('en-US')} at once`,
      },
      from,
    );
  }

  /** Calls a node from outside; `onEnd` is told how that ended, or undefined when the time is over. */
  call(request: Omit<Sent, 'kind'>, withinMs: number, onEnd: (r: CallResult | undefined) => void) {
    const { id } = request;
    const timeout = this.timeline.after(withinMs, () => {
      this.outsideCalls.delete(id);
      onEnd(undefined);
    });
    this.outsideCalls.set(id, (result) => {
      timeout.cancelled = true;
      onEnd(result);
    });
    this.send({ kind: 'request', ...request });
  }

  /** The node that was to answer crashed, and the callers see their connections break. */
  breakCall(from: Address, to: Address, id: number): void {
    this.endCall(from, id, { code: 'connection-lost', message: `the connection to ${to} broke` });
  }

  /** The next calls of this kind get these errors instead of arriving. */
  refuseNext(from: Address, call: string, codes: readonly ErrorCode[]): void {
    this.refusals.set(`${from} ${call}`, [...codes]);
  }

  /** A message arrives, unless somebody has other plans with it. */
  private reach(message: Message): void {
    const { from, to } = message;
    const isBetweenNodes = this.nodes.has(from) && this.nodes.has(to);
    const fate = isBetweenNodes ? this.options.onArrival?.(message) : undefined;
    if (fate?.type !== 'drop' && fate?.type !== 'delay') this.arrive(message);
    if (fate === undefined) return;
    this.record(fate.type === 'delay' ? 'hold' : fate.type, message);
    if (fate.type === 'drop') return;
    this.timeline.after(fate.afterMs, () => this.arrive(message));
  }

  private arrive(message: Message): void {
    const { kind, from, to, id } = message;
    if (this.faults.isCut(message)) {
      this.record('block', message);
      return;
    }
    const outside = kind === 'response' ? this.outsideCalls.get(id) : undefined;
    if (outside !== undefined && !this.nodes.has(to)) {
      this.delivered += 1;
      this.record('deliver', message);
      outside(JSON.parse(message.body));
      this.noteProgress();
      this.outsideCalls.delete(id);
      return;
    }
    const node = this.nodes.find(to);
    const sender = this.nodes.find(from);
    // Messages that a crashed incarnation had in flight went down with its connections.
    if (sender !== undefined && sender.incarnation !== message.fromIncarnation) {
      this.record('drop', message);
      return;
    }
    if (node === undefined || !node.isRunning || node.incarnation !== message.toIncarnation) {
      this.record('drop', message);
      if (kind === 'request') this.refuse(message, node?.isRunning ?? false);
      return;
    }
    const code =
      kind === 'request' ? this.refusals.get(`${from} ${message.call}`)?.shift() : undefined;
    if (code !== undefined) {
      this.record('drop', message);
      this.endCall(from, id, { code, message: `${to} has not taken the request` });
      return;
    }
    this.delivered += 1;
    this.record('deliver', message);
    this.arrivals.set(from, to, this.timeline.now);
    const { call, body } = message;
    if (kind === 'request') {
      node.unanswered.set(`${from} ${id}`, { from, id, call });
      this.options.onRequest(call, body);
    }
    const input: NodeInput =
      kind === 'request'
        ? { type: 'request', from, id, call, body }
        : { type: 'response', id, body };
    this.nodes.giveOrKeep(node, input);
  }

  /** Nobody is there to take a request: often the system says so, sometimes there is silence. */
  private refuse({ from, to, id }: Message, isRestarted: boolean): void {
    if (this.options.choices() < 0.3) return;
    if (isRestarted) this.breakCall(from, to, id);
    else this.endCall(from, id, { code: 'refused', message: `${to} is not there` });
  }

  private endCall(from: Address, id: number, error: ErrorBody): void {
    const caller = this.nodes.find(from);
    if (caller === undefined) {
      this.outsideCalls.get(id)?.({ error });
      this.outsideCalls.delete(id);
      return;
    }
    const input: NodeInput = { type: 'response', id, body: JSON.stringify({ error }) };
    this.nodes.giveSoon(caller, input, this.timeline.now + 1);
  }

  private record(
    type: 'send' | 'deliver' | 'drop' | 'duplicate' | 'block' | 'hold',
    message: Message,
  ): void {
    if (!this.trace.isOn) return;
    const shown = abridgedBody(message.body, (body) => this.options.bodies.read(body));
    this.trace.recordMessage(this.timeline.now, type, message, shown);
  }
}

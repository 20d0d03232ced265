/** The views that a simulated world sees: those in messages, and the one that a look at the view service shows. */
import type { Failure } from '../../judging/failure';
import type { NodeInput, NodeOutput } from '../../nodes/node-host';
import { parsed } from '../../runtime/compiled-schema';
import { WrongResult } from '../../runtime/errors';
import type { Address, Json } from '../../runtime/node';
import { bugOf } from '../../runtime/node-bug';
import type { CallResult } from '../../runtime/node-io';
import { View } from '../../viewservice/api';
import type { TraceRecorder } from '../trace-recorder';
import { ViewWatcher } from '../view-watcher';
import { ViewWitness } from '../view-witness';
import type { SimulatedNode } from './node';
import type { SimulatedNodes } from './nodes';
import type { ScenarioWaits } from './scenario-waits';
import type { VirtualTimeline } from './timeline';

/** Asks the view service for its view where no message is sent. */
export const onlooker: Address = 'observer';

export class SimulatedViews {
  readonly watcher: ViewWatcher;
  /** Views are learned from what nodes log: there is no view service whose answers would tell. */
  private readonly fromLogs: boolean;
  private readonly nodes: SimulatedNodes;
  private readonly timeline: VirtualTimeline;
  private readonly waits: ScenarioWaits;
  private readonly trace: TraceRecorder;
  /** Where there is a view service: what is said to it and by it. */
  private readonly witness: ViewWitness | undefined;
  private readonly toldViews = new Map<number, View>();
  /** The number of the newest view in the trace. */
  private drawn = 0;
  /** Callbacks for the answers to looks at the view service. */
  private readonly looks = new Map<number, (view: View) => void>();

  constructor(
    fromLogs: boolean,
    nodes: SimulatedNodes,
    timeline: VirtualTimeline,
    waits: ScenarioWaits,
    trace: TraceRecorder,
  ) {
    this.fromLogs = fromLogs;
    this.nodes = nodes;
    this.timeline = timeline;
    this.waits = waits;
    this.trace = trace;
    this.watcher = new ViewWatcher(() => timeline.now);
    this.witness = fromLogs ? undefined : new ViewWitness((name) => nodes.has(name));
  }

  get misuse(): Failure | undefined {
    return this.witness?.problem;
  }

  /**
   * Asks the view service itself, in no time, past the network and past a pause: the scenario goes on
   * before anything else happens. `newId`: makes the id of the call.
   */
  ask(newId: () => number): Promise<View> {
    const node = this.nodes.viewService;
    if (node === undefined || this.fromLogs) return Promise.resolve(this.watcher.view);
    const id = newId();
    return new Promise((resolve) => {
      this.looks.set(id, (view) => this.waits.wake(resolve, view));
      this.timeline.after(0, () => {
        const call = 'ViewService.get';
        this.nodes.give(node, { type: 'request', from: onlooker, id, call, body: '{}' });
      });
    });
  }

  /** The view service answers a look at it. */
  answered(id: number, result: CallResult | undefined): void {
    const reply = result !== undefined && 'reply' in result ? result.reply : undefined;
    const view = parsed(View, reply) ?? this.watcher.view;
    this.looks.get(id)?.(view);
    this.looks.delete(id);
  }

  /** A node got an input, and did this. */
  see(node: SimulatedNode, input: NodeInput, outputs: readonly NodeOutput[]): void {
    this.witness?.see(node.name, node.options.role, input, outputs, this.timeline.now);
  }

  /** All that came of an input is done. A look that got no answer sees no more than what is known. */
  endOf(input: NodeInput): void {
    if (input.type === 'request' && input.from === onlooker) this.answered(input.id, undefined);
  }

  /** The view service answers a call of a node. */
  told(node: Address, call: string, result: CallResult): void {
    if (!('reply' in result)) return;
    const { reply } = result;
    const view = parsed(View, reply);
    if (view === undefined) {
      this.nodes.fail(bugOf(call, new WrongResult('a view', 'it replied with', reply)));
    } else if (this.watcher.told(view)) {
      this.toldViews.set(view.viewnum, this.watcher.view);
      this.draw(node, this.watcher.view);
    }
  }

  logged(node: Address, event: string, fields: { readonly [key: string]: Json }): void {
    if (this.fromLogs && this.watcher.logged(event, fields)) this.draw(node, this.watcher.view);
  }

  /** Takes back what was noted of views that nobody was told. */
  undraw(node: Address): void {
    this.drawn = this.watcher.view.viewnum;
    this.trace.forget(
      (event) => event.type === 'view' && event.node === node && !this.wasTold(event),
    );
  }

  private wasTold({ viewnum, primary, backup }: View): boolean {
    const told = this.toldViews.get(viewnum);
    return told !== undefined && told.primary === primary && told.backup === backup;
  }

  /** Notes in the trace that there is a new view, whether anybody has heard of it or not. */
  draw(node: Address, view: View): void {
    if (view.viewnum <= this.drawn) return;
    this.drawn = view.viewnum;
    this.trace.record({ t: this.timeline.now, node, type: 'view', ...view });
  }
}

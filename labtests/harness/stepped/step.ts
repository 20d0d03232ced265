/** Makes the next state of a stepped world, and tells what happened in the form of all traces. */
import type { Operation } from '../../../pbservice/api';
import { stubIn } from '../../../runtime/errors';
import type { CallResult } from '../../../runtime/reactor';
import type { TraceEvent } from '../../../runtime/trace';
import type { View } from '../../../viewservice/api';
import { operationsOf } from '../explored/system';
import { notImplementedYet } from '../scenario/failure';
import { judgeStep } from '../scenario/view-rules';
import type { NodeInput, NodeOutput } from '../simulated/node-host';
import { type Action, dueOf, objection } from './actions';
import { type LocalStates, never } from './local-states';
import {
  type Belief,
  crashed,
  isClient,
  type Message,
  type NodeState,
  nodeOf,
  startOf,
  viewService,
  type WorldState,
} from './world-state';

/** How long a call waits for its answer, in milliseconds. */
export const rpcTimeoutMs = 500;
/** So much time each step takes, in milliseconds: no two have the same moment. */
const stepMs = 1;
/** Messages on their way at a time. */
export const maxMessages = 2_000;

export interface Step {
  readonly state: WorldState;
  readonly events: readonly TraceEvent[];
}

/** The action is not possible. */
export class Impossible extends Error {}

type Draft = { -readonly [K in keyof WorldState]: WorldState[K] };

/** Throws Impossible when the action is not. Runs the code of a node only for what is new. */
export async function step(before: WorldState, action: Action, locals: LocalStates): Promise<Step> {
  const why = objection(before, action);
  if (why !== undefined) throw new Impossible(why);
  const stepper = new Stepper(before, action, locals);
  await stepper.run();
  return { state: stepper.state, events: stepper.events };
}

class Stepper {
  readonly state: Draft;
  readonly events: TraceEvent[] = [];
  private readonly action: Action;
  private readonly locals: LocalStates;

  constructor(before: WorldState, action: Action, locals: LocalStates) {
    const same = (other: Action) => JSON.stringify(other) === JSON.stringify(action);
    const due = dueOf(before).find((other) => same(other.action));
    const nowMs = Math.max(before.nowMs + stepMs, due?.dueMs ?? 0);
    this.state = { ...before, nowMs };
    this.action = action;
    this.locals = locals;
  }

  async run(): Promise<void> {
    const { action, state } = this;
    switch (action.do) {
      case 'deliver':
      case 'twice':
        await this.deliver(this.message(action.message), action.do === 'twice');
        break;
      case 'drop':
        this.lose(this.message(action.message));
        break;
      case 'hold':
      case 'free':
        this.hold(this.message(action.message), action.do === 'hold');
        break;
      case 'timer':
        this.change(action.node, ({ timers }) => ({
          timers: timers.filter(({ timer }) => timer !== action.timer),
        }));
        this.tell({ ...this.at(action.node), type: 'timer', timer: action.timer });
        await this.give(action.node, { type: 'timer', timer: action.timer });
        break;
      case 'timeout':
        await this.timeOut(action.node, action.call);
        break;
      case 'tick':
        this.tell({ ...this.at(action.node), type: 'tick' });
        this.change(action.node, (node) => ({ nextTickMs: this.tickAfter(node) }));
        await this.give(action.node, { type: 'tick' });
        break;
      case 'crash':
        this.crash(action.node);
        break;
      case 'restart':
        this.restart(action.node);
        break;
      case 'pause':
      case 'resume':
        this.change(action.node, () => ({ isPaused: action.do === 'pause' }));
        this.tell({ ...this.at(action.node), type: action.do });
        break;
      case 'cut':
        state.cut = action.side;
        this.tellLinks('cut', action.side);
        break;
      case 'heal':
        this.tellLinks('mend', state.cut ?? []);
        state.cut = null;
        break;
      case 'invoke':
        await this.invoke(action.node, action.operation);
        break;
    }
  }

  private at(node: string) {
    return { t: this.state.nowMs, node };
  }

  private tell(event: TraceEvent): void {
    this.events.push(event);
  }

  private tellMessage(
    type: 'send' | 'deliver' | 'drop' | 'duplicate' | 'hold',
    { kind, id, from, to, call, body }: Message,
  ): void {
    if (kind !== 'request' && kind !== 'response') return;
    const message = { kind, id, from, to, call, body: JSON.parse(body) } as const;
    this.tell({ ...this.at(type === 'deliver' ? to : from), type, ...message });
  }

  private tellLinks(type: 'cut' | 'mend', side: readonly string[]): void {
    const others = this.state.nodes.map(({ name }) => name).filter((name) => !side.includes(name));
    for (const a of side) {
      for (const b of others) {
        this.tell({ ...this.at(a), type, to: b });
        this.tell({ ...this.at(b), type, to: a });
      }
    }
  }

  private message(number: number): Message {
    return this.state.messages.find((message) => message.number === number) as Message;
  }

  private node(name: string): NodeState {
    return nodeOf(this.state, name) as NodeState;
  }

  private change(name: string, how: (node: NodeState) => Partial<NodeState>): void {
    const { state } = this;
    state.nodes = state.nodes.map((node) =>
      node.name === name ? { ...node, ...how(node) } : node,
    );
  }

  private send(message: Omit<Message, 'number' | 'isHeld' | 'isCopy'>): void {
    const { state } = this;
    state.sent += 1;
    const sent = { number: state.sent, ...message, isHeld: false, isCopy: false };
    this.tellMessage('send', sent);
    // Nobody is there to take it.
    if (nodeOf(state, sent.to)?.local === null || nodeOf(state, sent.to) === undefined) {
      this.tellMessage('drop', sent);
      return;
    }
    if (state.messages.length >= maxMessages) {
      throw new Impossible(`more than ${maxMessages} messages are on their way`);
    }
    state.messages = [...state.messages, sent];
  }

  private remove(isRemoved: (message: Message) => boolean): Message[] {
    const removed = this.state.messages.filter(isRemoved);
    if (removed.length > 0) {
      this.state.messages = this.state.messages.filter((message) => !isRemoved(message));
    }
    return removed;
  }

  private async deliver(message: Message, again: boolean): Promise<void> {
    const { number, kind, from, to, id, call, body } = message;
    this.remove((other) => other.number === number);
    if (again) {
      const copy = { ...message, isHeld: true, isCopy: true };
      this.state.messages = [...this.state.messages, copy];
      this.tellMessage('duplicate', message);
    }
    this.tellMessage('deliver', message);
    switch (kind) {
      case 'start':
        this.change(to, ({ incarnation }) => {
          const life = { ...this.lifeOf(to), incarnation: incarnation + 1 };
          const born = { incarnation: incarnation + 1, local: this.locals.unborn(life) };
          return { ...born, startedMs: this.state.nowMs };
        });
        this.tell({ ...this.at(to), type: 'start' });
        await this.give(to, { type: 'start' });
        break;
      case 'invoke':
        await this.invoke(to, { op: call, ...JSON.parse(body) } as Operation, true);
        break;
      case 'request':
        if (call === 'ViewService.ping') this.acknowledge(body);
        this.change(to, ({ serving }) => ({ serving: [...serving, { from, id, call }] }));
        await this.give(to, { type: 'request', from, id, call, body });
        break;
      case 'response':
        this.endCall(to, id);
        this.believe(to, call, body);
        await this.give(to, { type: 'response', id, body });
        break;
    }
  }

  private lifeOf(name: string) {
    const { role } = this.node(name);
    return { name, role };
  }

  private lose(message: Message): void {
    this.remove(({ number }) => number === message.number);
    this.tellMessage('drop', message);
  }

  private hold(message: Message, isHeld: boolean): void {
    const { state } = this;
    state.messages = state.messages.map((other) =>
      other.number === message.number ? { ...other, isHeld } : other,
    );
    if (isHeld) this.tellMessage('hold', message);
  }

  private async timeOut(name: string, id: number): Promise<void> {
    const call = this.node(name).calls.find((other) => other.id === id);
    this.tell({ ...this.at(name), type: 'timer', timer: id });
    this.endCall(name, id);
    const message = `no reply to ${call?.call} within ${rpcTimeoutMs} ms`;
    const body = JSON.stringify({ error: { code: 'timeout', message } });
    await this.give(name, { type: 'response', id, body });
  }

  /** The call is over: what still comes of it finds nobody. */
  private endCall(name: string, id: number): void {
    this.change(name, ({ calls }) => ({ calls: calls.filter((call) => call.id !== id) }));
    this.remove(({ kind, to, id: other }) => kind === 'response' && to === name && other === id);
  }

  private crash(name: string): void {
    this.tell({ ...this.at(name), type: 'crash' });
    this.change(name, crashed);
    for (const lost of this.remove(({ to }) => to === name)) this.tellMessage('drop', lost);
  }

  /** What the earlier life had in flight goes down with its connections. */
  private restart(name: string): void {
    const { state } = this;
    for (const lost of this.remove(({ from }) => from === name)) this.tellMessage('drop', lost);
    state.sent += 1;
    state.messages = [...state.messages, startOf(name, state.sent)];
  }

  private tickAfter({ startedMs, role, nextTickMs }: NodeState): number {
    const everyMs = 'pingIntervalMs' in role ? role.pingIntervalMs : 1;
    const since = Math.max(this.state.nowMs, nextTickMs ?? 0) - startedMs;
    return startedMs + (Math.floor(since / everyMs) + 1) * everyMs;
  }

  private async invoke(name: string, operation: Operation, isWork = false): Promise<void> {
    const { op: f, ...args } = operation;
    const { state } = this;
    this.change(name, ({ begun }) => ({ operation, begun: begun + (isWork ? 1 : 0) }));
    // What it was to do by itself comes after this.
    this.remove(({ kind, to }) => kind === 'invoke' && to === name);
    this.tell({ ...this.at(name), type: 'invoke', operation: state.history.length, f, args });
    this.record(name, operation, undefined);
    await this.give(name, { type: 'invoke', id: 1, f, body: JSON.stringify(args) });
  }

  private record(process: string, operation: Operation, result: CallResult | undefined): void {
    const { state } = this;
    const event = { process, operation, result, atMs: state.nowMs };
    state.history = [...state.history, event];
  }

  private async give(name: string, input: NodeInput): Promise<void> {
    const { state } = this;
    const { local, startedMs } = this.node(name);
    if (local === null) return;
    const after = await this.locals.after(local, input, state.nowMs - startedMs);
    this.change(name, () => ({ local: after }));
    for (const output of after.outputs) this.carryOut(name, output);
    this.believeItself(name);
  }

  private carryOut(name: string, output: NodeOutput): void {
    const { nowMs } = this.state;
    switch (output.type) {
      case 'booted':
        this.change(name, (node) => {
          const { tickIntervalMs } = output;
          return { nextTickMs: tickIntervalMs === null ? null : this.tickAfter(node) };
        });
        if (isClient(this.node(name))) this.nextOfWork(name);
        break;
      case 'request': {
        const { id, to, call, body } = output;
        // The reactor starts the timer of a call with a time-out of its own right before it.
        const isTimed = this.node(name).timers.some(({ timer }) => timer === id + 1);
        const dueMs = isTimed ? null : nowMs + rpcTimeoutMs;
        this.change(name, ({ calls }) => ({ calls: [...calls, { id, to, call, dueMs }] }));
        const { incarnation } = this.node(name);
        this.send({ kind: 'request', from: name, to, id, call, body, incarnation });
        break;
      }
      case 'response':
        this.respond(name, output);
        break;
      case 'timer': {
        const { timer, durationMs } = output;
        if (durationMs >= never / 2) break;
        const dueMs = nowMs + durationMs;
        this.change(name, ({ timers }) => ({ timers: [...timers, { timer, dueMs }] }));
        break;
      }
      case 'cancel-timer':
        this.change(name, ({ timers }) => ({
          timers: timers.filter(({ timer }) => timer !== output.timer),
        }));
        break;
      case 'return':
        this.returned(name, JSON.parse(output.body));
        break;
      case 'log': {
        const { event, body } = output;
        this.tell({ ...this.at(name), type: 'log', event, fields: JSON.parse(body) });
        break;
      }
      case 'failure':
        this.failed(name, output);
        break;
    }
  }

  private respond(name: string, { to, id, body }: NodeOutput & { type: 'response' }): void {
    const serves = (other: { from: string; id: number }) => other.from === to && other.id === id;
    const { serving, incarnation } = this.node(name);
    const request = serving.find(serves);
    if (request === undefined) return;
    const { call } = request;
    const at = serving.indexOf(request);
    this.change(name, () => ({ serving: serving.filter((_, i) => i !== at) }));
    const { role } = this.node(name);
    if (role.kind === 'view-service') this.seeView(JSON.parse(body));
    // Whoever asked has given up, or has crashed.
    if (nodeOf(this.state, to)?.calls.some((waiting) => waiting.id === id) !== true) return;
    this.send({ kind: 'response', from: name, to, id, call, body, incarnation });
  }

  private returned(name: string, result: CallResult): void {
    const { operation } = this.node(name);
    if (operation === null) return;
    const number = this.state.history.length;
    this.tell({ ...this.at(name), type: 'return', operation: number, result });
    this.record(name, operation, result);
    this.change(name, () => ({ operation: null }));
    this.nextOfWork(name);
  }

  /** The client is about to do what comes next in its work. */
  private nextOfWork(name: string): void {
    const { state } = this;
    const client = Number(name.slice(1)) - 1;
    const { begun, incarnation } = this.node(name);
    const operation = operationsOf(state.setting.work[client] ?? '', client)?.[begun];
    if (operation === undefined) return;
    const { op: call, ...args } = operation;
    state.sent += 1;
    const outside = { from: name, to: name, id: 0, isHeld: false, isCopy: false, incarnation };
    const body = JSON.stringify(args);
    const invoke: Message = { number: state.sent, kind: 'invoke', call, body, ...outside };
    state.messages = [...state.messages, invoke];
  }

  private failed(name: string, { where, message, stack }: NodeOutput & { type: 'failure' }): void {
    this.tell({ ...this.at(name), type: 'failure', where, error: message });
    const [, ...frames] = stack.split('\n');
    const details = frames.slice(0, 4).map((frame) => frame.trim());
    const failure =
      stubIn(message) === undefined
        ? {
            kind: 'broken code' as const,
            expected: `${name} to run without errors that nobody catches`,
            actual: `in ${where} it threw: ${message}`,
            details,
          }
        : notImplementedYet([message]);
    this.state.broken = [...this.state.broken, failure];
  }

  // Views, as anybody can see them: by what the view service answers.

  private seeView(result: CallResult): void {
    if (!('reply' in result)) return;
    const { state } = this;
    const told = result.reply as View;
    const broken = judgeStep(state.view, told, state.acknowledged);
    if (broken !== undefined) state.broken = [...state.broken, broken];
    if (told.viewnum <= state.view.viewnum) return;
    state.view = told;
    state.acknowledged = false;
    this.tell({ ...this.at(viewService), type: 'view', ...told });
  }

  /** The primary of the newest view pings with its number. */
  private acknowledge(body: string): void {
    const { state } = this;
    const { server, viewnum } = JSON.parse(body) as { server?: string; viewnum?: number };
    if (server === state.view.primary && viewnum === state.view.viewnum) state.acknowledged = true;
  }

  /** What the reply to a ping says is what the server believes, whoever wrote it. */
  private believe(name: string, call: string, body: string): void {
    if (call !== 'ViewService.ping') return;
    const reply = (JSON.parse(body) as { reply?: View }).reply;
    if (reply === undefined || reply.viewnum === 0) return;
    const { belief } = this.node(name);
    if (belief !== null && belief.viewnum >= reply.viewnum) return;
    const { viewnum, primary, backup } = reply;
    const role = name === primary ? 'primary' : name === backup ? 'backup' : 'idle';
    this.change(name, () => ({ belief: { role, viewnum } }));
  }

  /** A server of a heartbeat pair says itself what it is. */
  private believeItself(name: string): void {
    const { role, local, belief: before } = this.node(name);
    if (role.kind !== 'pair-server') return;
    const said = local?.inspected as { role?: string; epoch?: number } | null;
    const is = said?.role === 'primary' || said?.role === 'backup' ? said.role : 'idle';
    const belief: Belief = { role: is, viewnum: said?.epoch ?? 0 };
    if (before?.role === is && before.viewnum === belief.viewnum) return;
    this.change(name, () => ({ belief }));
    this.tell({ ...this.at(name), type: 'log', event: 'is', fields: { ...belief } });
  }
}

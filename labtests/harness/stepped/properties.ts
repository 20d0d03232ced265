/** What must hold in every state of a stepped world, and why it does not. */
import { judgeHistory } from '../run-scenario';
import type { Failure } from '../scenario/failure';
import { Recorder } from '../scenario/recorder';
import type { LocalStates } from './local-states';
import { step } from './step';
import { type ClientEvent, isServer, type NodeState, nodeOf, type WorldState } from './world-state';

export const propertyNames = ['views', 'linearizable', 'one-primary', 'no-errors'] as const;
export type PropertyName = (typeof propertyNames)[number];

/** null: it holds; absent: it is about something that this world does not have. */
export type Verdicts = Readonly<Partial<Record<PropertyName, Failure | null>>>;

/** The client of the question whether a server would answer; nobody else has this name. */
const prober = 'probe';
/** Messages that an operation may cause before it counts as not completed. */
const maxProbeMessages = 40;

export async function judge(state: WorldState, locals: LocalStates): Promise<Verdicts> {
  const errors = state.broken.find(({ kind }) => isError(kind)) ?? null;
  const views = state.broken.find(({ kind }) => !isError(kind)) ?? null;
  return {
    ...(state.setting.pair ? {} : { views }),
    linearizable: linearizable(state.history),
    'one-primary': await onePrimary(state, locals),
    'no-errors': errors,
  };
}

/** The first thing that does not hold; undefined: all is well. */
export function firstBroken(verdicts: Verdicts): [PropertyName, Failure] | undefined {
  for (const name of propertyNames) {
    const failure = verdicts[name];
    if (failure !== null && failure !== undefined) return [name, failure];
  }
  return undefined;
}

const isError = (kind: Failure['kind']) => kind === 'broken code' || kind === 'not implemented';

const histories = new WeakMap<readonly ClientEvent[], Failure | null>();

function linearizable(history: readonly ClientEvent[]): Failure | null {
  let verdict = histories.get(history);
  if (verdict === undefined) {
    verdict = judgeHistory(recorded(history).events);
    histories.set(history, verdict);
  }
  return verdict;
}

/** The history in the form in which all others are kept. */
export function recorded(history: readonly ClientEvent[]): Recorder {
  let nowMs = 0;
  const recorder = new Recorder(() => nowMs);
  for (const { process, operation, result, atMs } of history) {
    nowMs = atMs;
    if (result === undefined) recorder.invoke(process, operation);
    // What the clerk says about its last try says nothing about the tries before it.
    else recorder.return(process, operation, 'reply' in result ? result : undefined);
  }
  return recorder;
}

/**
 * Two servers must not both be able to complete an operation. Who is able is found by asking: each that
 * takes itself for the primary is given a read, in a copy of this state, and every message that comes of
 * it arrives; what else is on its way does not.
 */
async function onePrimary(state: WorldState, locals: LocalStates): Promise<Failure | null> {
  const takeThemselves = state.nodes.filter(
    (node) => isServer(node) && node.local !== null && node.belief?.role === 'primary',
  );
  if (takeThemselves.length < 2) return null;
  const able: NodeState[] = [];
  for (const node of takeThemselves) {
    if (!node.isPaused && (await wouldAnswer(state, node.name, locals))) able.push(node);
  }
  if (able.length < 2) return null;
  const what = state.setting.pair ? 'epoch' : 'view';
  const names = able
    .map(({ name, belief }) => `${name} (${what} ${belief?.viewnum})`)
    .join(' and ');
  return {
    kind: 'expectation',
    expected: 'at most one server that is able to complete operations',
    actual: `${names} would each complete one now`,
    details: able.map(({ name }) => `${name} answers a read that reaches it in this state`),
  };
}

async function wouldAnswer(before: WorldState, server: string, locals: LocalStates) {
  const own = { role: { kind: 'client', viewService: '' }, name: prober } as const;
  const call = { id: 1, to: server, call: 'PbService.operate', dueMs: null };
  const local = locals.unborn({ ...own, incarnation: 0 });
  const asker = { ...(before.nodes[0] as NodeState), ...own, local, calls: [call], serving: [] };
  const request = { client: prober, seq: 1, operation: { op: 'get', key: 'probe' } };
  const sent = before.sent + 1;
  const message = {
    ...{ number: sent, kind: 'request' as const, from: prober, to: server, id: 1 },
    ...{ call: call.call, body: JSON.stringify(request), isHeld: false, isCopy: false },
    incarnation: 0,
  };
  let state: WorldState = {
    ...before,
    nodes: [...before.nodes, asker],
    messages: [message],
    sent,
    // The one who asks stands beside the server.
    cut: before.cut?.includes(server) === true ? [...before.cut, prober] : before.cut,
  };
  for (let count = 0; count < maxProbeMessages; count += 1) {
    const answer = state.messages.find(({ to }) => to === prober);
    if (answer !== undefined) return 'reply' in (JSON.parse(answer.body) as object);
    const next = state.messages.find(({ from, to }) => isReachable(state, from, to));
    if (next === undefined) return false;
    ({ state } = await step(state, { do: 'deliver', message: next.number }, locals));
  }
  return false;
}

function isReachable(state: WorldState, from: string, to: string): boolean {
  const { cut } = state;
  const isApart = cut !== null && cut.includes(from) !== cut.includes(to);
  return !isApart && nodeOf(state, to)?.isPaused === false;
}

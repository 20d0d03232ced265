/** Puts the state that somebody looks at into the words of the page. */
import type { Operation } from '../../../pbservice/api';
import type { Json } from '../../../runtime/node';
import type {
  Choice,
  NodeView,
  PendingMessage,
  PendingTimer,
  PropertyView,
  TreeState,
} from '../../../viewer/debugging';
import { inWords } from '../../../viewer/model/describe';
import type { RunData } from '../../../viewer/run';
import { plainLine } from '../report/plain-text';
import { dataOf } from '../report/run-page';
import { describeOperation } from '../scenario/recorder';
import { type Action, dueOf, messageActions, nodeActions, objection, usual } from './actions';
import { firstBroken, propertyNames, recorded, type Verdicts } from './properties';
import { nameOf } from './schedule';
import { type Visited, wayTo } from './tree';
import {
  isServer,
  type Message,
  type NodeState,
  nodeOf,
  obstacle,
  type WorldState,
} from './world-state';

/** Of a field, or of what a message carries, in UTF-16 code units. */
const longestValue = 400;
const maxFields = 60;

export function treeState({ id, parent, action, verdicts }: Visited): TreeState {
  const broken = firstBroken(verdicts)?.[0] ?? null;
  if (parent === null || action === null) {
    return { id, parent: null, verb: '', subject: '', broken };
  }
  const { verb, subject } = choiceOf(parent.world, action);
  return { id, parent: parent.id, verb, subject, broken };
}

/** An action as something to click on. */
export function choiceOf(state: WorldState, action: Action): Choice {
  const verb = action.do === 'invoke' ? action.operation.op : action.do;
  return { name: nameOf(state, action), verb, subject: plainLine(subjectOf(state, action), 200) };
}

function subjectOf(state: WorldState, action: Action): string {
  if ('message' in action) {
    const message = state.messages.find(({ number }) => number === action.message);
    return message === undefined ? '' : subjectOfMessage(message);
  }
  switch (action.do) {
    case 'heal':
      return '';
    case 'cut': {
      const others = state.nodes.filter(({ name }) => !action.side.includes(name));
      return `${action.side.join(' ')} | ${others.map(({ name }) => name).join(' ')}`;
    }
    case 'invoke':
      return `${action.node}: ${describeOperation(action.operation)}`;
    case 'timeout': {
      const call = nodeOf(state, action.node)?.calls.find(({ id }) => id === action.call);
      return `${action.node} → ${call?.to} ${methodOf(call?.call ?? '')}`;
    }
    default:
      return action.node;
  }
}

const methodOf = (call: string) => call.slice(call.indexOf('.') + 1);

function subjectOfMessage({ kind, from, to, call, body }: Message): string {
  if (kind === 'start') return `${to}: start`;
  if (kind === 'invoke') {
    const operation = { op: call, ...JSON.parse(body) } as Operation;
    return `${to}: ${describeOperation(operation)}`;
  }
  return `${from} → ${to} ${kind === 'response' ? 're: ' : ''}${methodOf(call)}`;
}

/** The way to a state as the run page knows runs: with its history, judged. */
export function runTo(state: Visited): RunData {
  // What came before the beginning tells who is who.
  const trace = wayTo(state).flatMap(({ events }) => events);
  return dataOf('', { trace, history: recorded(state.world.history).events });
}

/** The states on the way, and how many events there were up to each of them. */
export function wayOf(state: Visited): { state: number; events: number }[] {
  let events = 0;
  return wayTo(state).map((one) => {
    events += one.events.length;
    return { state: one.id, events };
  });
}

export function messagesIn(state: WorldState): PendingMessage[] {
  const next = usual(state);
  return state.messages.map((message) => {
    const { number, isHeld, isCopy } = message;
    const why = obstacle(state, message);
    return {
      subject: plainLine(subjectOfMessage(message), 200),
      detail: detailOf(message),
      isNext: next?.do === 'deliver' && next.message === number,
      state: why ?? (isHeld ? 'held' : 'on its way'),
      isCopy,
      choices: messageActions
        .map((verb): Action => ({ do: verb, message: number }))
        .filter((action) => objection(state, action) === undefined)
        .map((action) => choiceOf(state, action)),
    };
  });
}

function detailOf({ kind, body }: Message): string {
  if (kind !== 'request' && kind !== 'response') return '';
  const said = JSON.parse(body) as { reply?: unknown; error?: unknown };
  return plainLine(inWords(kind === 'request' ? said : (said.reply ?? said.error)), longestValue);
}

export function timersIn(state: WorldState): PendingTimer[] {
  const next = JSON.stringify(usual(state));
  return dueOf(state).map(({ action, dueMs }) => ({
    ...choiceOf(state, action),
    inMs: Math.max(0, dueMs - state.nowMs),
    isNext: JSON.stringify(action) === next,
  }));
}

export function nodesIn({ world, parent }: Visited): NodeView[] {
  return world.nodes.map((node) => {
    const { name, role, local, isPaused, belief } = node;
    const before = parent === null ? undefined : nodeOf(parent.world, name);
    const { view } = world;
    const isService = role.kind === 'view-service';
    return {
      node: name,
      kind: isService ? 'view service' : isServer(node) ? 'server' : 'client',
      life: local === null ? 'down' : isPaused ? 'paused' : 'up',
      role: isServer(node) ? (belief?.role ?? null) : null,
      viewnum: isService ? view.viewnum : (belief?.viewnum ?? null),
      fields: changed(fieldsOf(node), before === undefined ? undefined : fieldsOf(before)),
      choices: nodeActions
        .filter((verb) => verb !== 'tick')
        .map((verb): Action => ({ do: verb, node: name }))
        .filter((action) => isServer(node) && objection(world, action) === undefined)
        .map((action) => choiceOf(world, action)),
    };
  });
}

function fieldsOf({ local, operation }: NodeState): Map<string, Json> {
  const fields = new Map<string, Json>();
  if (operation !== null) fields.set('operation', describeOperation(operation));
  const inspected = local?.inspected ?? null;
  if (typeof inspected === 'object' && inspected !== null && !Array.isArray(inspected)) {
    for (const [name, value] of Object.entries(inspected).slice(0, maxFields)) {
      fields.set(plainLine(name, 60), plainLine(inWords(value), longestValue));
    }
  } else if (inspected !== null) {
    fields.set('state', plainLine(inWords(inspected), longestValue));
  }
  return fields;
}

function changed(now: ReadonlyMap<string, Json>, before: ReadonlyMap<string, Json> | undefined) {
  return [...now].map(([name, value]) => {
    return { name, value, isChanged: before !== undefined && before.get(name) !== value };
  });
}

export function propertiesIn(verdicts: Verdicts): PropertyView[] {
  return propertyNames.flatMap((name) => {
    const failure = verdicts[name];
    if (failure === undefined) return [];
    const details = (failure?.details ?? []).map((line) => plainLine(line, 200));
    const expected = plainLine(failure?.expected ?? '', 400);
    const actual = plainLine(failure?.actual ?? '', 400);
    return { name, holds: failure === null, expected, actual, details };
  });
}

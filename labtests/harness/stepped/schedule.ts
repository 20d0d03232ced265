/**
 * A path through a stepped world as a short text: `debug:aa-ag.s2:4,hold.s1-s2.forward,2,crash.s1`.
 * Numbers are events that come as usual; everything else is named, so that a schedule which no longer
 * fits the code is noticed. `~2` after a name means the second one of that name, and `*` any method.
 */

import type { Operation } from '../../../pbservice/api';
import { maxClients, maxOperations, maxServers, operationsOf } from '../explored/system';
import { type Action, dueOf, messageActions, nodeActions, usual } from './actions';
import { isClient, type Message, nodeOf, type Setting, type WorldState } from './world-state';

/** A step as it is written: so many usual ones, or one by its name. */
export type Named = { readonly usual: number } | { readonly name: string };

export interface DebugSchedule {
  readonly setting: Setting;
  readonly steps: readonly Named[];
}

const prefix = 'debug:';
/** Steps of a schedule, usual ones counted one by one. */
export const maxSteps = 20_000;

export function isDebugSchedule(text: string): boolean {
  return text.startsWith(prefix);
}

export function formatSetting({ servers, work, seed, staged, pair }: Setting): string {
  const parts = [work.map((letters) => letters || '0').join('-'), `s${servers}`];
  if (seed !== 1) parts.push(`e${seed}`);
  if (!staged) parts.push('start');
  if (pair) parts.push('pair');
  return parts.join('.');
}

export function formatSchedule(setting: Setting, steps: readonly Named[]): string {
  return `${prefix}${formatSetting(setting)}:${formatSteps(steps)}`;
}

export function formatSteps(steps: readonly Named[]): string {
  return steps.map((one) => ('usual' in one ? String(one.usual) : one.name)).join();
}

/** undefined: the text is no schedule. */
export function parseSchedule(text: string): DebugSchedule | undefined {
  const [, settings, list] = /^debug:([a-z0-9.-]+):([!-~]*)$/.exec(text) ?? [];
  if (settings === undefined || list === undefined) return undefined;
  const setting = parseSetting(settings);
  const steps = parseSteps(list);
  return setting === undefined || steps === undefined ? undefined : { setting, steps };
}

export function parseSteps(list: string): Named[] | undefined {
  const steps: Named[] = [];
  let count = 0;
  for (const item of list === '' ? [] : list.split(',')) {
    const isCount = /^\d{1,6}$/.test(item);
    if (!isCount && !/^[a-z]+(\.\S+)?$/.test(item)) return undefined;
    steps.push(isCount ? { usual: Number(item) } : { name: item });
    count += isCount ? Number(item) : 1;
  }
  return count > maxSteps ? undefined : steps;
}

export function parseSetting(text: string): Setting | undefined {
  const [first = '', ...flags] = text.split('.');
  const number = (letter: string) => {
    const flag = flags.find((other) => new RegExp(`^${letter}\\d{1,9}$`).test(other));
    return flag === undefined ? undefined : Number(flag.slice(1));
  };
  const work = first.split('-').map((letters) => (letters === '0' ? '' : letters));
  const servers = number('s');
  const pair = flags.includes('pair');
  if (servers === undefined || servers < 1 || servers > maxServers) return undefined;
  if (pair && servers !== 2) return undefined;
  const isWork = work.every(
    (letters, client) =>
      letters.length <= maxOperations && operationsOf(letters, client) !== undefined,
  );
  if (!isWork || work.length > maxClients) return undefined;
  return { servers, work, seed: number('e') ?? 1, staged: !flags.includes('start'), pair };
}

// Names

/** Actions on a path, written down: `before` is the state that each of them was made in. */
export function nameSteps(
  path: readonly { readonly before: WorldState; readonly action: Action }[],
): Named[] {
  const steps: Named[] = [];
  for (const { before, action } of path) {
    const last = steps.at(-1);
    if (JSON.stringify(usual(before)) !== JSON.stringify(action)) {
      steps.push({ name: nameOf(before, action) });
    } else if (last !== undefined && 'usual' in last) {
      steps[steps.length - 1] = { usual: last.usual + 1 };
    } else {
      steps.push({ usual: 1 });
    }
  }
  return steps;
}

export function nameOf(state: WorldState, action: Action): string {
  if ('message' in action) {
    const named = state.messages.map((one) => ({ number: one.number, name: nameOfMessage(one) }));
    const at = named.findIndex(({ number }) => number === action.message);
    return `${action.do}.${counted(
      named.map(({ name }) => name),
      at,
    )}`;
  }
  switch (action.do) {
    case 'timer':
    case 'timeout': {
      const all = dueOf(state).map((due) => due.action);
      const at = all.findIndex((other) => JSON.stringify(other) === JSON.stringify(action));
      return `${action.do}.${counted(
        all.map((one) => nameOfDue(state, one)),
        at,
      )}`;
    }
    case 'heal':
      return 'heal';
    case 'cut':
      return `cut.${action.side.join('+')}`;
    case 'invoke': {
      const { op, key, ...rest } = action.operation;
      const value = 'value' in rest ? `.${encode(rest.value)}` : '';
      return `${op}.${action.node}.${encode(key)}${value}`;
    }
    default:
      return `${action.do}.${action.node}`;
  }
}

/** A message in a word: `s1-s2.forward`, `s2-s1.forward.reply`, `s1.start`, `c1.append`. */
export function nameOfMessage({ kind, from, to, call }: Message): string {
  if (kind === 'start') return `${to}.start`;
  if (kind === 'invoke') return `${to}.${call}`;
  const method = call.slice(call.indexOf('.') + 1);
  return `${from}-${to}.${method}${kind === 'response' ? '.reply' : ''}`;
}

function nameOfDue(state: WorldState, action: Action): string {
  if (action.do === 'timer') return action.node;
  if (action.do !== 'timeout') return `other.${action.do}`;
  const call = nodeOf(state, action.node)?.calls.find(({ id }) => id === action.call);
  return `${action.node}-${call?.to}.${call?.call.slice(call.call.indexOf('.') + 1)}`;
}

function counted(names: readonly string[], at: number): string {
  const name = names[at] as string;
  const place = names.slice(0, at).filter((other) => other === name).length;
  return place === 0 ? name : `${name}~${place + 1}`;
}

const encode = (text: string) => encodeURIComponent(text).replaceAll('.', '%2E');

const operations = new Set(['get', 'put', 'append', 'putHash']);

/** What a name means in this state; undefined: there is no such thing. */
export function actionNamed(state: WorldState, name: string): Action | undefined {
  const dot = name.indexOf('.');
  const verb = dot < 0 ? name : name.slice(0, dot);
  const whom = dot < 0 ? '' : name.slice(dot + 1);
  if (verb === 'heal') return whom === '' ? { do: 'heal' } : undefined;
  if (verb === 'cut') return { do: 'cut', side: whom.split('+') };
  if (includes(messageActions, verb)) {
    const at = find(state.messages.map(nameOfMessage), whom);
    const message = state.messages[at]?.number;
    return message === undefined ? undefined : { do: verb, message };
  }
  if (includes(nodeActions, verb)) return { do: verb, node: whom };
  if (verb === 'timer' || verb === 'timeout') {
    const all = dueOf(state).map((due) => due.action);
    return all[
      find(
        all.map((one) => nameOfDue(state, one)),
        whom,
      )
    ];
  }
  return operations.has(verb) ? invocation(state, verb as Operation['op'], whom) : undefined;
}

function invocation(state: WorldState, op: Operation['op'], text: string): Action | undefined {
  const [name = '', key, value] = text.split('.').map(decode);
  const node = nodeOf(state, name);
  if (node === undefined || !isClient(node) || key === undefined) return undefined;
  if (op === 'get') return { do: 'invoke', node: name, operation: { op, key } };
  return value === undefined
    ? undefined
    : { do: 'invoke', node: name, operation: { op, key, value } };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function find(names: readonly string[], whom: string): number {
  const [, name = '', place = '1'] = /^(.*?)(?:~(\d{1,4}))?$/.exec(whom) ?? [];
  const isAny = name.endsWith('.*');
  const fits = (other: string) => (isAny ? other.startsWith(name.slice(0, -1)) : other === name);
  let left = Number(place);
  return names.findIndex((other) => fits(other) && --left === 0);
}

function includes<T extends string>(list: readonly T[], word: string): word is T {
  return (list as readonly string[]).includes(word);
}

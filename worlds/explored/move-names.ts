/**
 * Moves by name: `hold.s1-s2.forward`, `crash.s1`, `cut.s1+c1`, `append.c1.x.1`. Of several of one name,
 * `~2` means the second one, and `*` any method.
 */

import type { Operation } from '../../pbservice/api';
import { operationIn, textOfOperation } from './client-histories';
import { moveKinds } from './move-words';
import {
  cutMove,
  deliverMove,
  deliverTwiceMove,
  dropMove,
  duplicateMove,
  heldPlace,
  holdMove,
  invokeMove,
  mendMove,
  moveKind,
  moveWhom,
  packMove,
  releaseMove,
  timerMove,
} from './moves';
import {
  messagesIn,
  methodOf,
  type PendingMessage,
  type PendingTimer,
  sideOf,
  timersIn,
} from './pending';
import type { System } from './system';

const messageKinds = new Set([
  holdMove,
  duplicateMove,
  releaseMove,
  dropMove,
  deliverMove,
  deliverTwiceMove,
]);

export function nameOfMove(system: System, move: number): string {
  const [kind, whom] = [moveKind(move), moveWhom(move)];
  const { names } = system;
  if (kind === timerMove) {
    const timers = timersIn(system);
    const all = timers.map((one) => nameOfTimer(system, one));
    return counted(all, whom);
  }
  if (kind === invokeMove) {
    const operation = operationIn(system.locals.contents.text(whom >>> 4));
    const { op, key, ...rest } = operation;
    const value = 'value' in rest ? `.${encode(rest.value)}` : '';
    return `${op}.${names[whom & 15]}.${encode(key)}${value}`;
  }
  const word = [...moveKinds].find(([, other]) => other === kind)?.[0] ?? '';
  if (kind === mendMove) return word;
  if (kind === cutMove) {
    return `${word}.${sideOf(system, whom)
      .map((node) => names[node])
      .join('+')}`;
  }
  if (!messageKinds.has(kind)) return `${word}.${names[whom]}`;
  const messages = candidates(system, kind);
  const place = kind === releaseMove ? heldPlace + whom : whom;
  const at = messages.findIndex((one) => one.place === place);
  return `${word}.${counted(
    messages.map((one) => nameOfMessage(system, one)),
    at,
  )}`;
}

/** The move that a name means in this state; undefined: there is no such move. */
export function moveNamed(system: System, name: string): number | undefined {
  const dot = name.indexOf('.');
  const word = dot < 0 ? name : name.slice(0, dot);
  const whom = dot < 0 ? '' : name.slice(dot + 1);
  const kind = moveKinds.get(word);
  if (kind === undefined) return undefined;
  if (kind === mendMove) return whom === '' ? packMove(mendMove, 0) : undefined;
  if (kind === timerMove) {
    const all = timersIn(system).map((one) => nameOfTimer(system, one));
    const index = find(all, name);
    return index < 0 ? undefined : packMove(timerMove, index);
  }
  if (kind === invokeMove) return invocation(system, word as Operation['op'], whom);
  const node = (one: string) => system.names.indexOf(one);
  if (kind === cutMove) {
    const side = whom.split('+').map(node);
    const isSide = side.every((one) => one >= 0) && new Set(side).size === side.length;
    return isSide
      ? packMove(
          cutMove,
          side.reduce((bits, one) => bits | (1 << one), 0),
        )
      : undefined;
  }
  if (!messageKinds.has(kind)) return node(whom) < 0 ? undefined : packMove(kind, node(whom));
  const messages = candidates(system, kind);
  const at = find(
    messages.map((one) => nameOfMessage(system, one)),
    whom,
  );
  const place = messages[at]?.place;
  if (place === undefined) return undefined;
  return packMove(kind, kind === releaseMove ? place - heldPlace : place);
}

/** The move that lets a client do this. */
export function invocationOf(system: System, client: number, operation: Operation): number {
  const content = system.locals.contents.id(textOfOperation(operation));
  return packMove(invokeMove, client | (content << 4));
}

/** A message in a word: `s1-s2.forward`, `s2-s1.forward.reply`, `s1.start`, `c1.append`. */
export function nameOfMessage({ names }: System, message: PendingMessage): string {
  const { kind, from, to, call } = message;
  if (kind === 'start' || kind === 'invoke') return `${names[to]}.${call}`;
  return `${names[from]}-${names[to]}.${methodOf(call)}${kind === 'response' ? '.reply' : ''}`;
}

/** `timer.s1`, or `timeout.s1-s2.forward`. */
function nameOfTimer({ names }: System, { node, call }: PendingTimer): string {
  if (call === undefined) return `timer.${names[node]}`;
  return `timeout.${names[node]}-${names[call.to] ?? 'nobody'}.${methodOf(call.call)}`;
}

/** The messages that such a move may be about. */
function candidates(system: System, kind: number): PendingMessage[] {
  const messages = messagesIn(system);
  if (kind === releaseMove) return messages.filter(({ isHeld }) => isHeld);
  if (kind === holdMove || kind === duplicateMove) return messages.filter(({ isHeld }) => !isHeld);
  return messages;
}

function invocation(system: System, op: Operation['op'], text: string): number | undefined {
  const [name = '', key, value] = text.split('.').map(decode);
  const client = system.names.indexOf(name);
  if (client < system.state.spec.firstClient || key === undefined) return undefined;
  if (op === 'get') return invocationOf(system, client, { op, key });
  return value === undefined ? undefined : invocationOf(system, client, { op, key, value });
}

function counted(names: readonly string[], at: number): string {
  const name = names[at] as string;
  const place = names.slice(0, at).filter((other) => other === name).length;
  return place === 0 ? name : `${name}~${place + 1}`;
}

function find(names: readonly string[], whom: string): number {
  const [, name = '', place = '1'] = /^(.*?)(?:~(\d{1,4}))?$/.exec(whom) ?? [];
  let left = Number(place);
  return names.findIndex((other) => fits(name, other) && --left === 0);
}

function fits(pattern: string, name: string): boolean {
  if (pattern.endsWith('.*')) return name.startsWith(pattern.slice(0, -1));
  const star = pattern.indexOf('*');
  if (star < 0) return name === pattern;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}

const encode = (text: string) => encodeURIComponent(text).replaceAll('.', '%2E');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A schedule as a short text: the system, and the choices with the number of events before each,
 * `explore:aa-ag.s3.k1:15pause.s1,0hold.c2.get`. What a choice is about stands there too, so that a
 * schedule that no longer fits the code is noticed.
 */
import { type ModelName, modelNames } from '../coordination/programs';
import {
  choiceKind,
  choiceOf,
  crash,
  crashAndRestart,
  duplicate,
  hold,
  packChoice,
  pause,
  release,
  restart,
  resume,
} from './choices';
import { invokeInput, responseInput, timeoutInput, timerInput } from './inputs';
import { split } from './lives';
import { maxClients, maxOperations, maxServers, operationsOf, type System } from './system';

/** All that determines a system and its fault-free schedule. */
export interface Setting {
  /** A text of letters for each client. */
  readonly work: readonly string[];
  readonly servers: number;
  /** How many crashes there may be, the one in the end included. */
  readonly crashes: number;
  readonly seed: number;
  /** Starts when an initialised pair stands; else when all nodes start. */
  readonly staged: boolean;
  /** Who decides in the place of the view service. */
  readonly arbiter?: ModelName | undefined;
}

export interface NamedChoice {
  /** Events since the choice before. */
  readonly after: number;
  readonly kind: number;
  /** The node, or the message. */
  readonly whom: string;
}

export interface Schedule {
  readonly setting: Setting;
  readonly choices: readonly NamedChoice[];
}

const words: Readonly<Record<string, number>> = {
  hold,
  twice: duplicate,
  pause,
  crash,
  bounce: crashAndRestart,
  free: release,
  resume,
  restart,
};
const wordOf = (kind: number) => Object.keys(words).find((word) => words[word] === kind);

const prefix = 'explore:';

export function isExploredSchedule(text: string): boolean {
  return text.startsWith(prefix);
}

export function formatSchedule({ setting, choices }: Schedule): string {
  const { work, servers, crashes, seed, staged, arbiter } = setting;
  const parts = [work.join('-'), `s${servers}`, `k${crashes}`];
  if (seed !== 1) parts.push(`e${seed}`);
  if (!staged) parts.push('start');
  if (arbiter !== undefined) parts.push(arbiter);
  const list = choices.map(({ after, kind, whom }) => `${after}${wordOf(kind)}.${whom}`);
  return `${prefix}${parts.join('.')}:${list.join(',')}`;
}

/** undefined: the text is no schedule. */
export function parseSchedule(text: string): Schedule | undefined {
  const [, settings = '', list = ''] = /^explore:([a-z0-9.-]+):([A-Za-z0-9.,-]*)$/.exec(text) ?? [];
  const [work = '', ...flags] = settings.split('.');
  const number = (letter: string) => {
    const flag = flags.find((other) => new RegExp(`^${letter}\\d{1,9}$`).test(other));
    return flag === undefined ? undefined : Number(flag.slice(1));
  };
  const clients = work.split('-');
  const [servers, crashes] = [number('s'), number('k')];
  const isWork =
    clients.length <= maxClients &&
    clients.every(
      (letters, client) =>
        letters.length <= maxOperations && operationsOf(letters, client) !== undefined,
    );
  if (settings === '' || !isWork || servers === undefined || crashes === undefined)
    return undefined;
  if (servers < 1 || servers > maxServers || crashes > 7) return undefined;
  const choices: NamedChoice[] = [];
  for (const item of list === '' ? [] : list.split(',')) {
    const [, after = '', word = '', whom = ''] = /^(\d{1,6})([a-z]+)\.(.+)$/.exec(item) ?? [];
    const kind = words[word];
    if (kind === undefined) return undefined;
    choices.push({ after: Number(after), kind, whom });
  }
  const staged = !flags.includes('start');
  const arbiter = modelNames.find((name) => flags.includes(name));
  const seed = number('e') ?? 1;
  return {
    setting: { work: clients, servers, crashes, seed, staged, ...(arbiter && { arbiter }) },
    choices,
  };
}

/** Says what a choice is about: the next event, something held back, or a node. */
export function nameOfChoice(system: System, choice: number): string {
  const { state, names } = system;
  const kind = choiceKind(choice);
  if (kind === hold || kind === duplicate) return nameOfNext(system);
  if (kind === release) return heldNames(system)[choiceOf(choice)] as string;
  return names[choiceOf(choice)] ?? `node ${choiceOf(choice)} of ${state.spec.nodeCount}`;
}

/** The choice that a name means in the state that the system is in; undefined: there is none. */
export function choiceNamed(system: System, { kind, whom }: NamedChoice): number | undefined {
  const { state, names } = system;
  if (kind === hold || kind === duplicate) {
    return nameOfNext(system) === whom ? packChoice(kind, 0) : undefined;
  }
  if (kind === release) {
    const index = heldNames(system).indexOf(whom);
    return index < 0 ? undefined : packChoice(kind, index);
  }
  const node = names.indexOf(whom);
  if (node < 1 || node >= state.spec.firstClient) return undefined;
  const isDown = ((state.down >> node) & 1) === 1;
  const isPaused = ((state.paused >> node) & 1) === 1;
  const isPossible = {
    [pause]: !isDown && !isPaused,
    [crash]: !isDown,
    [crashAndRestart]: !isDown,
    [resume]: isPaused,
    [restart]: isDown,
  }[kind];
  return isPossible ? packChoice(kind, node) : undefined;
}

/** The next event, which `peek` has found, in a word. */
export function nameOfNext({ state, names, locals }: System): string {
  const node = names[state.eventNode] as string;
  if (!state.isMessageNext) {
    const kinds: Record<number, string> = { [timerInput]: 'timer', [timeoutInput]: 'timeout' };
    return `${node}.${kinds[state.eventInput & 7] ?? 'tick'}`;
  }
  const { from, kind } = state.eventMessage();
  const text = locals.contents.text(state.eventInput >>> 9);
  return nameOfMessage(names[from] as string, node, kind, text);
}

/**
 * What each message that is held back is called. Of several with the same name the second one is
 * `s1-s2.forward.2`, by their slots and texts: the numbers of texts differ from run to run.
 */
function heldNames({ state, names, locals }: System): string[] {
  const all = Array.from({ length: state.heldCount }, (_, index) => {
    const { from, to, kind, slot, content } = state.heldMessage(index);
    const text = locals.contents.text(content);
    const name = nameOfMessage(names[from] as string, names[to] as string, kind, text);
    return { index, name, slot, text };
  });
  const found: string[] = [];
  const before = new Map<string, number>();
  all.sort((a, b) => a.slot - b.slot || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  for (const { index, name } of all) {
    const number = 1 + (before.get(name) ?? 0);
    before.set(name, number);
    found[index] = number === 1 ? name : `${name}.${number}`;
  }
  return found;
}

function nameOfMessage(from: string, to: string, kind: number, text: string): string {
  if (kind === responseInput) return `${from}-${to}.reply`;
  const [call] = split(text);
  if (kind === invokeInput) return `${to}.${call}`;
  if (from === to) return `${to}.start`;
  return `${from}-${to}.${call.slice(call.indexOf('.') + 1)}`;
}

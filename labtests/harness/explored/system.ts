/** Puts a system together: nodes, what the clients do, and the state from which to explore. */
import type { Operation } from '../../../pbservice/api';
import type { Failure } from '../scenario/failure';
import { deadPings, pingIntervalMs } from '../scenario/lab';
import type { NodeHost } from '../simulated/node-host';
import type { Role } from '../world';
import { ClientHistories } from './client-histories';
import { GlobalState, missing, violation } from './global-state';
import { LocalStates } from './local-states';
import { Observer } from './observer';

export interface SystemOptions {
  readonly host: NodeHost;
  readonly servers: number;
  /** What each client does, a letter for each operation (see `operationLetters`). */
  readonly work: readonly string[];
  readonly seed: number;
  /** A coordination service decides, and nodes are told the time: what they do depends on it. */
  readonly arbitrated?: boolean;
  readonly merging: boolean;
  readonly unmerged?: ReadonlySet<Role['kind']>;
  readonly onInput?: (node: string, what: string) => void;
  readonly onSettled?: () => void;
}

/** The view service is node 0; servers come next, then clients; the last one reads in the end. */
export interface System {
  readonly names: readonly string[];
  readonly observer: Observer;
  readonly locals: LocalStates;
  readonly histories: ClientHistories;
  readonly state: GlobalState;
  readonly reader: number;
}

export const maxServers = 5;
export const maxClients = 5;
export const maxOperations = 14;

/** The one key that all clients use. */
export const theKey = 'x';

/** Virtual time within which the first pair must stand, in milliseconds. */
const stagingLimitMs = 10_000;
/** After that every server has told the view service that it is there. */
const settlingMs = 2 * pingIntervalMs;

const operationLetters: Readonly<Record<string, Operation['op']>> = {
  a: 'append',
  g: 'get',
  p: 'put',
  h: 'putHash',
};

/** All clients append to the same key; every other client, or the only one, reads in the end. */
export function mixedWork(clients: number, operations: number): string[] {
  return Array.from({ length: clients }, (_, client) =>
    client % 2 === 1 || clients === 1 ? `${'a'.repeat(operations - 1)}g` : 'a'.repeat(operations),
  );
}

/** The operations that a client's letters stand for; undefined when one of them stands for none. */
export function operationsOf(letters: string, client: number): Operation[] | undefined {
  const operations: Operation[] = [];
  for (const [number, letter] of [...letters].entries()) {
    const op = operationLetters[letter];
    if (op === undefined) return undefined;
    const value = `${client + 1}${'abcdefghijklmn'[number]},`;
    operations.push(op === 'get' ? { op, key: theKey } : { op, key: theKey, value });
  }
  return operations;
}

export function makeSystem(options: SystemOptions): System {
  const {
    host,
    servers,
    work,
    seed,
    merging,
    unmerged,
    onInput,
    onSettled,
    arbitrated = false,
  } = options;
  const viewService = 'vs';
  const serverNames = Array.from({ length: servers }, (_, i) => `s${i + 1}`);
  const clientNames = [...work.map((_, i) => `c${i + 1}`), 'reader'];
  const client: Role = { kind: 'client', viewService };
  const nodes: { name: string; role: Role }[] = [
    { name: viewService, role: { kind: 'view-service', pingIntervalMs, deadPings } },
    ...serverNames.map((name): { name: string; role: Role } => {
      return { name, role: { kind: 'replica', viewService, pingIntervalMs } };
    }),
    ...clientNames.map((name) => ({ name, role: client })),
  ];
  const observer = new Observer(arbitrated);
  const locals = new LocalStates({
    ...{ nodes, host, seed, merging, observer, tickIntervalMs: pingIntervalMs },
    ...(unmerged && { unmerged }),
    ...(onInput && { onInput }),
    ...(onSettled && { onSettled }),
  });
  const all = [...work, 'g'].map((letters, client) => operationsOf(letters, client) ?? []);
  const invocations = all.map((operations) =>
    operations.map(({ op, ...args }) => locals.contents.id(`${op}\n${JSON.stringify(args)}`)),
  );
  const histories = new ClientHistories(clientNames, all, (id) => locals.contents.text(id));
  const state = new GlobalState({
    ...{ locals, histories, invocations, tickIntervalMs: pingIntervalMs },
    nodeCount: nodes.length,
    firstClient: 1 + servers,
    ticking: (1 << (1 + servers)) - 1,
    timed: arbitrated ? (1 << (1 + servers)) - 1 : 0,
    workMask: (1 << (4 * work.length)) - 1,
    workDone: work.reduce((sum, { length }, i) => sum + (length << (4 * i)), 0),
  });
  const names = nodes.map(({ name }) => name);
  return { names, observer, locals, histories, state, reader: nodes.length - 1 };
}

/**
 * Brings the system to where exploring starts: the view service has an acknowledged view with primary
 * and backup (with one server: with a primary), every server is known, and the clients are about to
 * begin. Without stage, all nodes are about to start and the clients are about to begin. Resolves with
 * what went wrong, although there was no fault yet; null: nothing.
 */
export async function stage(system: System, staged: boolean): Promise<Failure | null> {
  const { state, locals, names } = system;
  const { firstClient } = state.spec;
  state.reset();
  let readyAt = staged ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  while (staged && (state.now < readyAt + settlingMs || !isIdle(system))) {
    if (isReady(system)) readyAt = Math.min(readyAt, state.now);
    if (state.now > stagingLimitMs) return notReady;
    state.peek();
    let outcome = state.apply();
    while (outcome === missing) {
      await locals.execute(state.missingState, state.missingInput);
      outcome = state.apply();
    }
    if (outcome === violation) return locals.violations.get(state.transition) ?? null;
  }
  for (let client = firstClient; client < names.length - 1; client += 1) {
    state.enqueueInvocation(client);
  }
  return null;
}

const notReady: Failure = {
  kind: 'stuck',
  expected: `an acknowledged view with primary and backup within ${stagingLimitMs / 1_000} s, without any fault`,
  actual: 'none came',
};

function isIdle({ state }: System): boolean {
  return state.messageCount === 0 && state.due === 0;
}

function isReady({ state, observer, locals }: System): boolean {
  const { view, acknowledged } = observer.viewsOf(
    locals.observations.words[state.ids[0] as number] as number,
  );
  return acknowledged && (view.backup !== null || state.spec.firstClient === 2);
}

/**
 * Looks for a violation from a state on. What comes as usual is one run; each run that deviates from it
 * once is another, then each that deviates twice: a message waits or comes twice, a server stops or
 * crashes. Then the faults end, the primary crashes, and somebody reads.
 */
import { messageOf } from '../../../runtime/errors';
import type { Failure } from '../scenario/failure';
import { type Action, objection, usual } from './actions';
import { type LocalStates, NotRepeatable } from './local-states';
import { firstBroken, judge, type PropertyName } from './properties';
import { deadAfterMs } from './run';
import { Impossible, step } from './step';
import { isClient, isServer, type WorldState } from './world-state';

export interface SearchOptions {
  readonly locals: LocalStates;
  readonly deviations: number;
  readonly seconds: number;
  readonly onProgress?: (states: number, deviations: number) => void;
  readonly isCancelled: () => boolean;
}

export interface SearchResult {
  readonly found: {
    readonly path: readonly Action[];
    readonly property: PropertyName;
    readonly failure: Failure;
  } | null;
  readonly states: number;
  /** All schedules with so many deviations were tried; -1: not even the one without. */
  readonly exhausted: number;
}

interface Way {
  readonly state: WorldState;
  readonly before: Way | null;
  readonly action: Action | null;
}

/** Virtual time in which nothing new may happen before a run counts as over, in milliseconds. */
const patienceMs = 2_500;
/** Events of a run that still does not end. */
const maxEvents = 600;
/** Runs that wait to be tried with one more deviation; what is beyond is not. */
const maxWaiting = 100_000;
/** So often the rest of the program gets its turn, in states. */
const breathEvery = 64;

class Ended extends Error {}

export async function search(from: WorldState, options: SearchOptions): Promise<SearchResult> {
  return new Search(options).run(from);
}

class Search {
  private states = 0;
  private readonly options: SearchOptions;
  private readonly endsAt: number;
  private level = 0;
  private waiting: Way[] = [];
  private next: Way[] = [];
  private isCut = false;
  private found: SearchResult['found'] = null;
  /** A property that was broken before the search began is no news. */
  private known = 0;

  constructor(options: SearchOptions) {
    this.options = options;
    this.endsAt = performance.now() + 1_000 * options.seconds;
  }

  async run(from: WorldState): Promise<SearchResult> {
    let exhausted = -1;
    this.next = [{ state: from, before: null, action: null }];
    this.known = from.broken.length;
    try {
      for (this.level = 0; this.level <= this.options.deviations; this.level += 1) {
        this.waiting = this.next;
        this.next = [];
        for (const way of this.waiting) {
          await this.walk(way);
          if (this.found !== null) return this.result(exhausted);
        }
        if (this.isCut) break;
        exhausted = this.level;
      }
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
    }
    return this.result(exhausted);
  }

  private result(exhausted: number): SearchResult {
    return { found: this.found, states: this.states, exhausted };
  }

  private async walk(from: Way): Promise<void> {
    let way: Way | null = from;
    let newsMs = way.state.nowMs;
    for (let count = 0; count < maxEvents; count += 1) {
      const { state }: Way = way;
      if (isDone(state) || state.nowMs > newsMs + patienceMs) break;
      const action = usual(state);
      if (action === undefined) break;
      for (const other of deviations(state, action)) await this.branch(way, other, this.next);
      if (this.found !== null) return;
      way = await this.take(way, action);
      if (way === null) return;
      if (!isNews(state, way.state)) continue;
      newsMs = way.state.nowMs;
      for (const other of endings(way.state)) await this.branch(way, other, this.waiting);
    }
    await this.close(way);
  }

  /** The faults end, everybody finishes, the primary crashes, and somebody reads. */
  private async close(from: Way): Promise<void> {
    let way: Way | null = from;
    for (
      let left = endings(way.state, true);
      left[0] !== undefined;
      left = endings(way.state, true)
    ) {
      way = await this.take(way, left[0]);
      if (way === null) return;
    }
    if (objection(way.state, { do: 'heal' }) === undefined)
      way = await this.take(way, { do: 'heal' });
    way = await this.usually(way, isDone, patienceMs);
    if (way === null) return;
    const { primary, backup } = way.state.view;
    if (primary !== null && backup !== null && way.state.acknowledged) {
      const crash: Action = { do: 'crash', node: primary };
      if (objection(way.state, crash) === undefined) way = await this.take(way, crash);
    }
    const reader: string | undefined = way?.state.nodes.find(isIdleClient)?.name;
    if (way === null || reader === undefined) return;
    const keys = new Set(way.state.history.map(({ operation }) => operation.key));
    for (const key of keys) {
      const operation = { op: 'get', key } as const;
      way = await this.take(way, { do: 'invoke', node: reader, operation });
      way = await this.usually(way, isDone, patienceMs + deadAfterMs);
      if (way === null || !isDone(way.state)) return;
    }
  }

  private async usually(
    from: Way | null,
    isReached: (state: WorldState) => boolean,
    withinMs: number,
  ): Promise<Way | null> {
    let way = from;
    const untilMs = (from?.state.nowMs ?? 0) + withinMs;
    while (way !== null && !isReached(way.state) && way.state.nowMs <= untilMs) {
      const action = usual(way.state);
      if (action === undefined) break;
      way = await this.take(way, action);
    }
    return way;
  }

  private async branch(from: Way, action: Action, into: Way[]): Promise<void> {
    if (this.level === this.options.deviations && into === this.next) return;
    if (into.length >= maxWaiting) {
      this.isCut = true;
      return;
    }
    const way = await this.take(from, action);
    if (way !== null) into.push(way);
  }

  /** null: the violation is found. */
  private async take(from: Way | null, action: Action): Promise<Way | null> {
    if (from === null) return null;
    this.states += 1;
    if (this.states % breathEvery === 0) await this.breathe();
    try {
      const { state } = await step(from.state, action, this.options.locals);
      const way = { state, before: from, action };
      if (isNews(from.state, state) || state.broken.length > this.known) await this.judge(way);
      return this.found === null ? way : null;
    } catch (error) {
      if (error instanceof Impossible || error instanceof NotRepeatable) {
        throw new Ended(messageOf(error));
      }
      throw error;
    }
  }

  private async judge(way: Way): Promise<void> {
    const broken = firstBroken(await judge(way.state, this.options.locals));
    if (broken === undefined) return;
    const [property, failure] = broken;
    const path: Action[] = [];
    for (let at: Way | null = way; at !== null; at = at.before) {
      if (at.action !== null) path.push(at.action);
    }
    this.found = { path: path.reverse(), property, failure };
  }

  private async breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const { onProgress, isCancelled } = this.options;
    onProgress?.(this.states, this.level);
    if (isCancelled() || performance.now() > this.endsAt) throw new Ended();
  }
}

/** Every client has done its work. */
function isDone({ nodes, messages }: WorldState): boolean {
  return (
    nodes.every((node) => !isClient(node) || node.operation === null) &&
    messages.every(({ kind }) => kind !== 'invoke')
  );
}

const isIdleClient = (node: WorldState['nodes'][number]) =>
  isClient(node) && node.local !== null && node.operation === null;

/** The clients, the view service or the servers show something new. */
function isNews(before: WorldState, after: WorldState): boolean {
  return (
    before.history !== after.history ||
    before.view !== after.view ||
    before.acknowledged !== after.acknowledged ||
    before.nodes.some((node, i) => isServer(node) && node.belief !== after.nodes[i]?.belief)
  );
}

/** What may happen instead of the next event. Whom it does not concern may as well crash later. */
function deviations(state: WorldState, next: Action): Action[] {
  const found: Action[] = [];
  let node = 'node' in next ? next.node : '';
  if (next.do === 'deliver') {
    const message = state.messages.find(({ number }) => number === next.message);
    node = message?.to ?? '';
    if (message?.kind !== 'start') found.push({ do: 'hold', message: next.message });
    if (message?.kind === 'request') found.push({ do: 'twice', message: next.message });
  }
  found.push({ do: 'crash', node }, { do: 'pause', node });
  const server = state.nodes.find(({ name }) => name === node);
  return found
    .filter((action) => 'message' in action || (server !== undefined && isServer(server)))
    .filter((action) => objection(state, action) === undefined);
}

/** What ends a fault: it comes, it goes on. `all`: not who crashed, as that is no fault of the network. */
function endings(state: WorldState, all = false): Action[] {
  const held = state.messages.filter(({ isHeld }) => isHeld);
  const { nodes } = state;
  return [
    ...held.map(({ number }): Action => ({ do: 'free', message: number })),
    ...nodes
      .filter(({ isPaused }) => isPaused)
      .map(({ name }): Action => ({ do: 'resume', node: name })),
    ...(all
      ? []
      : nodes
          .filter((node) => isServer(node) && node.local === null && !isStarting(state, node.name))
          .map(({ name }): Action => ({ do: 'restart', node: name }))),
  ];
}

const isStarting = ({ messages }: WorldState, name: string) =>
  messages.some(({ kind, to }) => kind === 'start' && to === name);

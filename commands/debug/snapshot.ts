/** Puts the state that somebody looks at into the words of the page. */

import { describeOperation } from '../../judging/recorder';
import { plainLine } from '../../report/plain-text';
import { dataOf } from '../../report/run-page';
import type {
  ShownNode as NodePicture,
  OfferedMove,
  PropertyView,
  ShownMessage,
  ShownTimer,
  TreeState,
} from '../../viewer/debug/debugging';
import { inWords } from '../../viewer/model/describe';
import type { RunData } from '../../viewer/model/run';
import { operationIn } from '../../worlds/explored/client-histories';
import { historyOf } from '../../worlds/explored/graded-history';
import { nameOfMove } from '../../worlds/explored/move-names';
import {
  crashMove,
  deliverMove,
  deliverTwiceMove,
  dropMove,
  heldPlace,
  holdMove,
  packMove,
  pauseMove,
  releaseMove,
  restartMove,
  resumeMove,
  tickMove,
  timerMove,
  usualMove,
} from '../../worlds/explored/moves';
import { objection } from '../../worlds/explored/objections';
import { methodOf } from '../../worlds/explored/pending';
import { firstBroken, type Verdicts } from '../../worlds/explored/properties';
import {
  type MessageView,
  type MoveView,
  moveView,
  type WorldView,
} from '../../worlds/explored/world-view';
import { memoryOf } from './memory';
import { type StateTree, type Visited, wayTo } from './tree';

/** Of what a message carries, in UTF-16 code units. */
const longestDetail = 400;

/** The looks of the states of a tree. */
export class Picture {
  private readonly tree: StateTree;

  constructor(tree: StateTree) {
    this.tree = tree;
  }

  treeState({ id, parent, move, verdicts }: Visited): TreeState {
    const broken = firstBroken(verdicts)?.[0] ?? null;
    if (parent === null || move === null) {
      return { id, parent: null, verb: '', subject: '', broken };
    }
    const { verb, subject } = choice(this.tree.world(parent), move.name, move.view);
    return { id, parent: parent.id, verb, subject, broken };
  }

  messagesIn(state: Visited): ShownMessage[] {
    const next = this.usual(state);
    const shown = this.shownNodes(state);
    return this.tree
      .world(state)
      .messages.filter(({ to }) => shown.has(to))
      .map((message) => {
        const { place, isHeld, isCopy, obstacle } = message;
        const moves = [
          ...[deliverMove, deliverTwiceMove, dropMove, holdMove].map((kind) =>
            packMove(kind, place),
          ),
          ...(isHeld ? [packMove(releaseMove, place - heldPlace)] : []),
        ];
        return {
          subject: plainLine(subjectOfMessage(message), 200),
          detail: detailOf(message),
          isNext: next === packMove(deliverMove, place),
          state: obstacle ?? (isHeld ? 'held' : 'on its way'),
          isCopy,
          choices: this.choices(state, moves),
        };
      });
  }

  timersIn(state: Visited): ShownTimer[] {
    const next = this.usual(state);
    const { timers } = this.tree.world(state);
    const { phase, due, spec } = this.tree.enter(state).state;
    const ticks = this.tree.system.names.map((_, node) => {
      const isDue = ((due >> node) & 1) === 1;
      return [packMove(tickMove, node), isDue ? 0 : spec.tickIntervalMs - phase] as const;
    });
    return [
      ...timers.map(({ index, leftMs }) => [packMove(timerMove, index), leftMs] as const),
      ...ticks,
    ]
      .sort(([, a], [, b]) => a - b)
      .flatMap(([move, inMs]) =>
        this.choices(state, [move]).map((one) => ({ ...one, inMs, isNext: move === next })),
      );
  }

  nodesIn(state: Visited): NodePicture[] {
    const { nodes, view } = this.tree.world(state);
    const before = state.parent && this.tree.world(state.parent);
    const shown = this.shownNodes(state);
    const { names } = this.tree.system;
    return nodes
      .filter(({ name }) => shown.has(name))
      .map((node) => {
        const { name, kind, condition, belief } = node;
        const earlier = before?.nodes.find((other) => other.name === name);
        const number = names.indexOf(name);
        const moves = [crashMove, restartMove, pauseMove, resumeMove].map((verb) =>
          packMove(verb, number),
        );
        return {
          ...{ node: name, kind, condition, role: belief?.role ?? null },
          viewnum: kind === 'view service' ? view.viewnum : (belief?.viewnum ?? null),
          fields: memoryOf(node, earlier),
          choices: kind === 'server' ? this.choices(state, moves) : [],
        };
      });
  }

  /** The client that reads in the end is nobody before. */
  private shownNodes(state: Visited): ReadonlySet<string> {
    const { names, reader, setting } = this.tree.system;
    const readerName = names[reader] as string;
    const hasRead = wayTo(state).some(({ move }) => move?.view.node === readerName);
    return new Set(names.filter((name) => name !== readerName || hasRead || !setting.staged));
  }

  /** The choices that are possible. */
  private choices(state: Visited, moves: readonly number[]): OfferedMove[] {
    const world = this.tree.world(state);
    const system = this.tree.enter(state);
    return moves
      .filter((move) => objection(system, move) === undefined)
      .map((move) => choice(world, nameOfMove(system, move), moveView(system, world, move)));
  }

  private usual(state: Visited): number | undefined {
    const move = usualMove(this.tree.enter(state).state);
    this.tree.enter(state);
    return move;
  }
}

/** A move as something to click on. */
function choice(world: WorldView, name: string, move: MoveView): OfferedMove {
  const verb = move.operation?.op ?? move.word;
  return { name, verb, subject: plainLine(subjectOf(world, move), 200) };
}

function subjectOf(world: WorldView, { message, node, side, operation, call }: MoveView): string {
  if (message !== undefined) return subjectOfMessage(message);
  if (side !== undefined) {
    const others = world.nodes.filter(({ name }) => !side.includes(name) && name !== 'reader');
    return `${side.join(' ')} | ${others.map(({ name }) => name).join(' ')}`;
  }
  if (operation !== undefined) return `${node}: ${describeOperation(operation)}`;
  if (call !== undefined) return `${node} → ${call.to} ${methodOf(call.call)}`;
  return node ?? '';
}

function subjectOfMessage({ kind, from, to, call, body }: MessageView): string {
  if (kind === 'start') return `${to}: start`;
  if (kind === 'invoke') return `${to}: ${describeOperation(operationIn(`${call}\n${body}`))}`;
  return `${from} → ${to} ${kind === 'response' ? 're: ' : ''}${methodOf(call)}`;
}

/** The way to a state as the run page knows runs: with its history, judged. */
export function runTo(state: Visited): RunData {
  // The events before the beginning tell the roles.
  const trace = wayTo(state).flatMap(({ events }) => events);
  return dataOf('', { trace, history: historyOf(trace) });
}

/** The states on the way, and how many events there were up to each of them. */
export function wayOf(state: Visited): { state: number; events: number }[] {
  let events = 0;
  return wayTo(state).map((one) => {
    events += one.events.length;
    return { state: one.id, events };
  });
}

function detailOf({ kind, body }: MessageView): string {
  if (kind !== 'request' && kind !== 'response') return '';
  const said = JSON.parse(body) as { reply?: unknown; error?: unknown };
  return plainLine(inWords(kind === 'request' ? said : (said.reply ?? said.error)), longestDetail);
}

export function propertiesIn(verdicts: Verdicts): PropertyView[] {
  return Object.entries(verdicts).map(([name, failure]) => {
    const details = (failure?.details ?? []).map((line) => plainLine(line, 200));
    const expected = plainLine(failure?.expected ?? '', 400);
    const actual = plainLine(failure?.actual ?? '', 400);
    return { name, holds: failure === null, expected, actual, details };
  });
}

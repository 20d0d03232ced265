/** Objections: reasons why a move is not possible in the state of a system. */
import {
  bounceMove,
  crashMove,
  cutMove,
  deliverMove,
  deliverTwiceMove,
  dropMove,
  heldPlace,
  holdMove,
  invokeMove,
  mendMove,
  moveKind,
  moveWhom,
  pauseMove,
  releaseMove,
  restartMove,
  resumeMove,
  tickMove,
  timerMove,
} from './moves';
import { isPaused, isRunning, messagesIn, sideOf, timersIn } from './pending';
import { isServer, type System } from './system';

/** undefined: it is possible. */
export function objection(system: System, move: number): string | undefined {
  const [kind, whom] = [moveKind(move), moveWhom(move)];
  const { state, names } = system;
  switch (kind) {
    case mendMove:
      return state.cut === 0 ? 'nothing is cut off' : undefined;
    case cutMove: {
      if (state.cut !== 0) return 'something is cut off already: heal that first';
      const inside = sideOf(system, whom).length;
      const isSplit = inside > 0 && inside < names.length;
      return isSplit ? undefined : 'a cut needs some of the nodes on each side';
    }
    case pauseMove:
    case crashMove:
    case bounceMove:
    case resumeMove:
    case restartMove:
    case tickMove:
      return nodeObjection(system, kind, whom);
    case timerMove: {
      const found = timersIn(system)[whom];
      if (found === undefined) return 'there is no such timer';
      return isPaused(system, found.node) ? `${names[found.node]} is paused` : undefined;
    }
    case invokeMove:
      return invocationObjection(system, whom & 15);
    default:
      return messageObjection(system, kind, kind === releaseMove ? heldPlace + whom : whom);
  }
}

function nodeObjection(system: System, kind: number, node: number): string | undefined {
  const { state, names } = system;
  const name = names[node];
  if (name === undefined) return 'there is no such node';
  if (kind === restartMove) return (state.down >> node) & 1 ? undefined : `${name} runs`;
  // One that is about to start may stop or crash before it does.
  const mustHaveStarted = kind === tickMove;
  if ((state.down >> node) & 1 || (mustHaveStarted && !isRunning(system, node))) {
    return `${name} does not run`;
  }
  if (kind === resumeMove) return isPaused(system, node) ? undefined : `${name} is not paused`;
  if (kind !== tickMove && kind !== pauseMove) {
    return isServer(system, node) ? undefined : 'only servers crash here';
  }
  if (isPaused(system, node)) return `${name} is paused`;
  if (kind === tickMove && ((state.spec.ticking >> node) & 1) === 0) return `${name} has no ticks`;
  return undefined;
}

function invocationObjection(system: System, client: number): string | undefined {
  const { state, histories, names } = system;
  const name = names[client];
  if (!isRunning(system, client)) return `${name} does not run`;
  if (isPaused(system, client)) return `${name} is paused`;
  const isBusy = histories.underWay(state.history, client - state.spec.firstClient) !== undefined;
  return isBusy ? `${name} has an operation under way` : undefined;
}

function messageObjection(system: System, kind: number, place: number): string | undefined {
  const { state, names } = system;
  const message = messagesIn(system).find((one) => one.place === place);
  if (message === undefined) return 'that message is not on its way';
  const { from, to, isHeld } = message;
  const isOutside = message.kind === 'start' || message.kind === 'invoke';
  switch (kind) {
    case holdMove:
      if (message.kind === 'start') return 'only messages and operations wait';
      return isHeld ? 'it waits already' : undefined;
    case releaseMove:
      return isHeld ? undefined : 'it does not wait';
    case dropMove:
      return isOutside ? 'only messages between nodes get lost' : undefined;
    case deliverMove:
    case deliverTwiceMove:
      if (kind === deliverTwiceMove && isOutside) return 'only messages between nodes come twice';
      if (((state.cut >> from) ^ (state.cut >> to)) & 1) {
        return `${names[from]} and ${names[to]} are cut off from each other`;
      }
      if (isPaused(system, to)) return `${names[to]} is paused`;
      return message.kind === 'start' || isRunning(system, to)
        ? undefined
        : `${names[to]} does not run`;
    default:
      return isOutside || isHeld ? 'only messages on their way come twice' : undefined;
  }
}

/** Goes along the steps of a schedule, whoever makes the moves. */

import { moveNamed } from './move-names';
import { usualMove } from './moves';
import { objection } from './objections';
import { messagesIn } from './pending';
import type { Step } from './schedule';
import { beliefOf, type System, viewsIn } from './system';

/** Events that `until` waits for what it names. */
const maxUntil = 2_000;

/** The first step that does not fit, from 1, and why. */
export interface StepMisfit {
  readonly step: number;
  readonly name: string;
  readonly why: string;
}

/** Makes a move, so that the system is in the state after it; true: the run is over then. */
export type Takes = (move: number) => Promise<boolean>;

/**
 * Makes the moves that the steps mean, as long as they fit and the run is not over. Before and after
 * each of them the system is in the state that the path has come to.
 */
export async function follow(
  system: System,
  steps: readonly Step[],
  take: Takes,
): Promise<StepMisfit | null> {
  for (const [index, step] of steps.entries()) {
    const outcome = await oneStep(system, step, take);
    if (outcome === true) return null;
    if (outcome === false) continue;
    const name = 'usual' in step ? String(step.usual) : step.name;
    return { step: index + 1, name, why: outcome };
  }
  return null;
}

/** A text: why it does not fit. */
async function oneStep(system: System, step: Step, take: Takes): Promise<boolean | string> {
  if ('usual' in step) {
    for (let i = 0; i < step.usual; i += 1) {
      const move = usualMove(system.state);
      if (move === undefined) return 'nothing more happens';
      if (await take(move)) return true;
    }
    return false;
  }
  if (step.name.startsWith('until.')) return until(system, step.name.slice('until.'.length), take);
  const move = moveNamed(system, step.name);
  if (move === undefined) return 'there is no such thing in this state';
  return objection(system, move) ?? take(move);
}

/** Lets everything go on as usual until a condition holds. */
async function until(system: System, what: string, take: Takes): Promise<boolean | string> {
  const holds = conditionOf(system, what);
  if (holds === undefined) return `nobody knows what ${what} means`;
  for (let count = 0; count < maxUntil; count += 1) {
    if (holds()) return false;
    const move = usualMove(system.state);
    if (move === undefined) return 'nothing more happens';
    if (await take(move)) return true;
  }
  return `it did not come within ${maxUntil} events`;
}

function conditionOf(system: System, what: string): (() => boolean) | undefined {
  const { state, names, histories } = system;
  const { firstClient } = state.spec;
  const [word = '', name = ''] = what.split('.');
  const view = /^view(\d{1,6})$/.exec(word)?.[1];
  if (view !== undefined) return () => viewsIn(system).view.viewnum >= Number(view);
  switch (word) {
    case 'acknowledged':
      return () => viewsIn(system).acknowledged;
    case 'quiet':
      return () => state.messageCount === 0;
    case 'done':
      return () =>
        names
          .slice(firstClient)
          .every(
            (client, i) =>
              (name !== '' && client !== name) ||
              histories.underWay(state.history, i) === undefined,
          );
    case 'primary':
    case 'backup':
      return () => beliefOf(system, names.indexOf(name))?.role === word;
    case 'sent':
      return () =>
        messagesIn(system).some(
          ({ from, to, kind }) => kind === 'request' && `${names[from]}-${names[to]}` === name,
        );
    default:
      return undefined;
  }
}

/**
 * Finds the steps for a schedule of the explorer: runs it, and does what its trace tells. Resolves with
 * undefined when the text is no such schedule.
 */
import type { TraceEvent } from '../../../runtime/trace';
import { parseSchedule } from '../explored/schedule';
import { walk } from '../explored/walk';
import type { NodeHost } from '../simulated/node-host';
import { type Action, dueOf } from './actions';
import { LocalStates } from './local-states';
import { begin } from './run';
import { type DebugSchedule, nameSteps } from './schedule';
import { Impossible, step } from './step';
import { type Message, nodeOf, type Setting, type WorldState } from './world-state';

export async function fromExplored(
  text: string,
  host: NodeHost,
): Promise<DebugSchedule | undefined> {
  const schedule = parseSchedule(text);
  if (schedule === undefined) return undefined;
  const { work, servers, seed, staged } = schedule.setting;
  const outcome = await walk(schedule, host);
  if (!outcome.fits)
    throw new Impossible(`the schedule no longer fits the code: choice ${outcome.choice}`);
  // The client that reads in the end is one of ours that does nothing by itself.
  const setting: Setting = { work: [...work, ''], servers, seed, staged, pair: false };
  const locals = new LocalStates({ host, seed });
  try {
    const beginning = await begin(setting, locals);
    if (!('world' in beginning)) throw new Impossible(beginning.actual);
    return { setting, steps: nameSteps(await stepsFor(beginning.world, outcome.trace, locals)) };
  } finally {
    locals.close();
  }
}

async function stepsFor(from: WorldState, trace: readonly TraceEvent[], locals: LocalStates) {
  const steps: { before: WorldState; action: Action }[] = [];
  let state = from;
  for (const [index, event] of trace.entries()) {
    if (isOfTwice(trace[index - 1], event)) continue;
    for (const action of actionsFor(state, event, from)) {
      steps.push({ before: state, action });
      ({ state } = await step(state, action, locals));
    }
  }
  return steps;
}

/** The first of two copies comes at once: that is one step here. */
function isOfTwice(before: TraceEvent | undefined, event: TraceEvent): boolean {
  return before?.type === 'duplicate' && event.type === 'deliver' && before.id === event.id;
}

/** What makes this event happen; an event that follows from others has none. */
function actionsFor(state: WorldState, event: TraceEvent, first: WorldState): Action[] {
  const node = event.node === 'reader' ? `c${first.setting.work.length}` : event.node;
  switch (event.type) {
    case 'deliver':
    case 'hold':
    case 'duplicate': {
      const verb = event.type === 'duplicate' ? 'hold' : event.type;
      const name = (other: string) =>
        other === 'reader' ? `c${first.setting.work.length}` : other;
      const is = (one: Message) =>
        one.kind === event.kind &&
        one.from === name(event.from) &&
        one.to === name(event.to) &&
        one.call === event.call;
      // What was held back comes when it is the only one of its kind.
      const fitting = state.messages.filter(is);
      const message = fitting.find(({ isHeld }) => !isHeld) ?? fitting[0];
      if (message === undefined) return [];
      if (event.type === 'duplicate') return [{ do: 'twice', message: message.number }];
      return [{ do: verb as 'deliver' | 'hold', message: message.number }];
    }
    case 'tick':
      return [{ do: 'tick', node }];
    case 'timer': {
      const due = dueOf(state).map(({ action }) => action);
      const found = due.find((action) => action.do !== 'tick' && action.node === node);
      return found === undefined ? [] : [found];
    }
    case 'crash':
    case 'pause':
    case 'resume':
      return [{ do: event.type, node }];
    case 'start': {
      const message = state.messages.find(({ kind, to }) => kind === 'start' && to === node);
      if (message !== undefined) return [{ do: 'deliver', message: message.number }];
      return nodeOf(state, node)?.local === null
        ? [
            { do: 'restart', node },
            { do: 'deliver', message: state.sent + 1 },
          ]
        : [];
    }
    case 'invoke': {
      const work = state.messages.find(({ kind, to }) => kind === 'invoke' && to === node);
      if (work !== undefined) return [{ do: 'deliver', message: work.number }];
      const operation = { op: event.f, ...(event.args as object) };
      return [{ do: 'invoke', node, operation } as Action];
    }
    default:
      return [];
  }
}

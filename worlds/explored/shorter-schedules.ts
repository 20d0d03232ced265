/** Leaves choices out of a schedule, so that those that stay are about the same events, if they can. */
import {
  crashMove,
  duplicateMove,
  holdMove,
  isDeviation,
  pauseMove,
  releaseMove,
  restartMove,
  resumeMove,
} from './moves';
import type { NamedChoice } from './schedule';

/** Which choice ends a deviation. */
const endOf: Readonly<Record<number, number>> = {
  [holdMove]: releaseMove,
  [duplicateMove]: releaseMove,
  [pauseMove]: resumeMove,
  [crashMove]: restartMove,
};

/** Without one choice: the events before it come before the next one. */
export function leaveOut(choices: readonly NamedChoice[], index: number): NamedChoice[] {
  const fewer = choices.filter((_, other) => other !== index);
  const next = fewer[index];
  const after = choices[index]?.after ?? 0;
  if (next !== undefined) fewer[index] = { ...next, after: next.after + after };
  return fewer;
}

/** By so many events may the next choice come earlier or later, as others come in another order. */
const shifts = [0, 1, -1, 2, -2, 3, -3];

/**
 * Without so many deviations and what ends them, from the deviation with this number on: several
 * schedules, as nobody knows when it is the turn of the next choice then.
 */
export function withoutFaults(
  choices: readonly NamedChoice[],
  first: number,
  count: number,
): NamedChoice[][] {
  let fewer = choices;
  let index = -1;
  for (let i = 0; i < count; i += 1) {
    const faults = [...fewer.keys()].filter((other) =>
      isDeviation((fewer[other] as NamedChoice).kind),
    );
    const fault = faults[first];
    if (fault === undefined) break;
    index = fault;
    fewer = withoutFault(fewer, fault);
  }
  const next = fewer[index]?.after ?? 0;
  const possible = index in fewer ? shifts.filter((by) => next + by >= 0) : [0];
  return possible.map((by) => shifted(fewer, index, by));
}

function withoutFault(choices: readonly NamedChoice[], fault: number): NamedChoice[] {
  const { kind, whom } = choices[fault] as NamedChoice;
  const end = choices.findIndex(
    (choice, index) => index > fault && choice.kind === endOf[kind] && choice.whom === whom,
  );
  let fewer = [...choices];
  if (end >= 0) {
    // The message came here, and now comes no more.
    const isMessage = kind === holdMove || kind === duplicateMove;
    fewer = leaveOut(isMessage ? shifted(fewer, end + 1, -1) : fewer, end);
  }
  // The message comes in its turn.
  return leaveOut(kind === holdMove ? shifted(fewer, fault + 1, 1) : fewer, fault);
}

/** One event more or less before the choice with this number. */
function shifted(choices: readonly NamedChoice[], index: number, by: number): NamedChoice[] {
  return choices.map((choice, other) =>
    other === index ? { ...choice, after: Math.max(0, choice.after + by) } : choice,
  );
}

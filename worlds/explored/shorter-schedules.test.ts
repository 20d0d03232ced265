/** A deviation is left out with what ends it, and the others are about the same events as before. */

import '../../labtests/labs';
import { choicesIn, formatSteps, parseSchedule, stepsOf } from './schedule';
import { withoutFaults } from './shorter-schedules';

const prefix = 'explore:aa.s2.k1:';

function fewer(list: string, first: number, count: number): string | undefined {
  const schedule = parseSchedule(prefix + list);
  if (schedule === undefined) throw new Error(`no schedule: ${list}`);
  const [choices = []] = withoutFaults(choicesIn(schedule.steps), first, count);
  return formatSteps(stepsOf(choices));
}

test.each([
  // The message is an event where it was held back, and none where it came.
  ['4hold.s1-s2.forward,3pause.s1,2free.s1-s2.forward,6resume.s1', 0, 1, '8,pause.s1,7,resume.s1'],
  // The end of another one stays.
  ['1pause.s1,2pause.s2,3resume.s1,4resume.s2', 0, 1, '3,pause.s2,7,resume.s2'],
  ['1pause.s1,2pause.s2,3resume.s1,4resume.s2', 1, 1, '1,pause.s1,5,resume.s1'],
  ['1pause.s1,2pause.s2,3resume.s1,4resume.s2', 0, 2, ''],
  ['1twice.s1-vs.ping,3free.s1-vs.ping,5crash.s1', 0, 1, '8,crash.s1'],
])('%s without %i, %i', (list, first, count, expected) => {
  expect(fewer(list, first, count)).toBe(expected);
});

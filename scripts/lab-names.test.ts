/**
 * A lab is data: whatever is not a lab, or the system that a lab is about, knows none by its name. The files that
 * have to are named with the reason.
 */
import { labs } from '../labtests/labs';
import { isTest, sources, textOf } from './sources.testing';

/** Where labs and what they are about stand. */
const labsOwn = /^(labtests|viewservice|pbservice|client|arbiter|cluster|docs|commands\/docs)\//;

const systems = labs.flatMap((lab) => lab.systems.map(({ name }) => name)).join('|');

/** What only somebody says who knows a lab by its name. */
const names = [
  /\bpart-[0abc]-[a-z]+|\b(labtests\/|\.\/)(primary-backup|example-)/,
  /\bpart(s?)\s*(===|!==|:)\s*\[?'[A-Z]'/,
  /'[A-Z]\d+[a-z]?'/,
  new RegExp(`\\bsystem(Named\\()?\\s*(:|===|!==)?\\s*'(${systems})'`),
  /'(viewServerNode|replicaNode|clientNode|pairServerNode|pairClientNode)'/,
  /\b(viewServer|replica|client|pairServer|pairClient)Role\b/,
  /\bkind\s*(===|!==)\s*'(view-service|replica|pair-server|pair-client)'/,
];

/** Who has to. */
const mustKnow: readonly string[] = [
  // How fast the simulated world is, is measured with the system of the lecture, told in its language.
  'commands/bench/sim.ts',
  // The list of rooms: labs have rooms, too.
  'scripts/house.ts',
];

test('nobody but labs knows a lab by its name, unless there is a reason', () => {
  const know = sources()
    .filter((file) => !labsOwn.test(file) && !isTest(file))
    .filter((file) => names.some((name) => name.test(textOf(file))));
  expect(know).toEqual(mustKnow);
});

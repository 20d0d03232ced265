/** A path of the debugger, as a scenario that runs in the simulated world. */

import '../labs';
import path from 'node:path';
import { StateTree } from '../../commands/debug/tree';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { compile } from '../../runtime/typescript.cjs';
import { runScenario } from '../../suite/run/run-scenario';
import type { Scenario } from '../../suite/scenario/scenario';
import { parseSchedule } from '../../worlds/explored/schedule';
import { withWrongSolution } from '../zoo/with-wrong-solution.testing';
import { inLab } from './lab';
import { scenarioCode } from './scenario-code';

type Tell = Parameters<typeof inLab>[0];

const root = path.join(__dirname, '../..');

/** The scenario that the code of this schedule's path adds to the catalogue. */
async function written(text: string, folder: string) {
  const { setting, steps } = parseSchedule(text) ?? fail(text);
  const tree = new StateTree({ host: new InProcessHost(new Solution(folder)), setting });
  const beginning = await tree.plant();
  if (!('words' in beginning)) throw new Error(beginning.actual);
  const [end, misfit] = await tree.along(beginning, steps);
  expect(misfit).toBeNull();
  const code = scenarioCode(tree.scenarioSteps(end));
  tree.close();
  let added: Scenario | undefined;
  const scenario = (id: string, name: string, about: object, tell: Tell) => {
    added = { id, name, part: 'B', seeds: 1, ...about, body: inLab(tell) } as Scenario;
  };
  const run = new Function('require', 'exports', compile(code, 'own.ts'));
  run(() => ({ scenario }), {});
  return { code, scenario: added as Scenario };
}

function fail(text: string): never {
  throw new Error(`no schedule: ${text}`);
}

const resultOf = async (scenario: Scenario, folder: string) =>
  (await runScenario(scenario, { seed: 1, solution: new Solution(folder), tracing: false }))
    .failure;

test('a lost forward and a crash: fails with the server that answers early, not with a right one', async () => {
  await withWrongSolution('primary-answers-before-backup', async (folder) => {
    const text =
      'debug:0-0.s2:append.c1.x.1,until.sent.s1-s2,drop.s1-s2.forward,until.done,crash.s1,until.view3,' +
      'until.acknowledged,get.c2.x,until.done';
    const { code, scenario } = await written(text, folder);
    expect(code).toContain("lab.dropNext({ from: s1, to: s2, kind: 'request' });");
    expect(code).toContain('lab.crash(s1);');
    expect(code).toContain('await lab.untilView({ primary: s2, backup: null });');
    expect(await resultOf(scenario, folder)).toMatchObject({ kind: 'not linearizable' });
    expect(await resultOf(scenario, root)).toBeNull();
  });
});

test('what came late is held back, a partition is one, and a pair is a pair', async () => {
  const late = await written(
    'debug:0-0.s2:append.c1.x.1,append.c2.x.2,deliver.c2-vs.*,until.done.c2,until.done',
    root,
  );
  expect(late.code).toContain('const letGo1 = lab.hold(');
  expect(await resultOf(late.scenario, root)).toBeNull();
  const cut = await written(
    'debug:0-0.s2:append.c1.x.1,until.done,cut.s1+c1,until.view3,append.c2.x.2,until.done.c2,heal',
    root,
  );
  expect(cut.code).toContain('lab.partition([s1, c1.name], [lab.viewService, s2, c2.name]);');
  expect(await resultOf(cut.scenario, root)).toBeNull();
  const pair = await written(
    'debug:0.s2.pair:put.c1.x.1,until.sent.s1-s2,twice.s1-s2.*,until.done',
    root,
  );
  expect(pair.code).toContain('await lab.startPair()');
  expect(await resultOf(pair.scenario, root)).toBeNull();
});

test('nothing has happened: nothing to write', () => {
  expect(scenarioCode([])).toContain('take some steps first');
});

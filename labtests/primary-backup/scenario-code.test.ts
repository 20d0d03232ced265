/** A path of the debugger, as a scenario that runs in the simulated world. */
import path from 'node:path';
import { compile } from '../../../runtime/typescript.cjs';
import { withWrongSolution } from '../../zoo/with-wrong-solution';
import { runScenario } from '../run-scenario';
import type { Scenario } from '../scenario/scenario';
import { InProcessHost } from '../simulated/in-process-host';
import { Solution } from '../simulated/sandbox';
import type { Action } from './actions';
import { LocalStates } from './local-states';
import { type Beginning, begin, follow } from './run';
import { scenarioCode } from './scenario-code';
import { parseSchedule } from './schedule';
import { step } from './step';
import type { WorldState } from './world-state';

jest.setTimeout(120_000);

const root = path.join(__dirname, '../../..');

/** The scenario that the code of this schedule's path adds to the catalogue. */
async function written(text: string, folder: string) {
  const { setting, steps } = parseSchedule(text) ?? fail(text);
  const locals = new LocalStates({ host: new InProcessHost(new Solution(folder)), seed: 1 });
  const { world } = (await begin(setting, locals)) as Beginning;
  const path: { before: WorldState; action: Action }[] = [];
  let state = world;
  const misfit = await follow(world, steps, async (action) => {
    path.push({ before: state, action });
    ({ state } = await step(state, action, locals));
    return state;
  });
  expect(misfit).toBeNull();
  const code = scenarioCode(path);
  let added: Scenario | undefined;
  const scenario = (id: string, name: string, about: object, body: Scenario['body']) => {
    added = { id, name, part: 'B', seeds: 1, ...about, body } as Scenario;
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
    expect(code).toContain("lab.loseNext({ from: s1, to: s2, kind: 'request' });");
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

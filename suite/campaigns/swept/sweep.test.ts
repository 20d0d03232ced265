/** A sweep finds the fault and the step, and its schedule shows the same again. */
import path from 'node:path';
import { type LabWork, labSweep, sweptKey } from '../../../labtests/primary-backup/campaigns';
import { withWrongSolution } from '../../../labtests/zoo/with-wrong-solution.testing';
import { Solution } from '../../../nodes/sandbox/sandbox';
import type { Arena, CampaignResult } from '../../scenario/campaign';
import { inProcessArena } from '../in-process-arena';
import { mayMeet, sweptFaults } from './faults';
import { formatFaults, parseFaults } from './schedule';

const root = path.join(__dirname, '../../..');

/** One client writes once. */
const oneWrite: LabWork = async (lab) => {
  await lab.startReplicas(2);
  const clerk = lab.clerk();
  return () => clerk.append(sweptKey, lab.freshValue());
};

function arenaOf(folder: string, changes: Partial<Arena> = {}): Arena {
  const options = { scenario: 'B36x', seed: 1, solution: new Solution(folder) };
  return { ...inProcessArena(options), ...changes };
}

async function replayed(schedule: string, folder: string) {
  const [, , choices = ''] = schedule.split(':');
  return (await labSweep({ work: [oneWrite] }).replay?.(
    arenaOf(folder),
    choices,
  )) as CampaignResult;
}

test('every fault at every step of a sound system does no harm', async () => {
  const { failure, remark } = await labSweep({ work: [oneWrite] }).run(arenaOf(root));
  expect(failure).toBeNull();
  const [, runs] = /^(\d+) runs: every fault at every step$/.exec(remark) ?? [];
  // The call, the forward and both replies alone are four messages.
  expect(Number(runs)).toBeGreaterThan(4 * 4);
});

test('a part of them is said to be a part, and runs side by side are the same runs', async () => {
  const { remark } = await labSweep({ work: [oneWrite] }).run(arenaOf(root, { share: 0.25 }));
  expect(remark).toMatch(/^\d+ runs: a part of 4, drawn$/);
  const one = await labSweep({ work: [oneWrite], pairs: 4 }).run(arenaOf(root));
  const many = await labSweep({ work: [oneWrite], pairs: 4 }).run(arenaOf(root, { atATime: 4 }));
  expect(one).toMatchObject({ failure: null, remark: '5 runs: pairs of faults, drawn' });
  expect(many).toEqual(one);
});

test('what is found is named by its step, and fails again there and nowhere else', async () => {
  await withWrongSolution('primary-answers-before-backup', async (folder) => {
    const result = await labSweep({ work: [oneWrite] }).run(arenaOf(folder));
    expect(result.failure).toMatchObject({ kind: 'not linearizable' });
    expect(result.schedule).toMatch(/^B36x:1:w1\.\d+orphan\.s1-s2\.forward$/);
    expect(result.trace.length).toBeGreaterThan(0);
    const { schedule: same } = await labSweep({ work: [oneWrite] }).run(
      arenaOf(folder, { atATime: 4 }),
    );
    expect(same).toBe(result.schedule);
    const schedule = result.schedule ?? '';
    expect((await replayed(schedule, folder)).failure).toEqual(result.failure);
    // Another solution passes there, or sends something else at that step.
    expect((await replayed(schedule, root)).failure ?? null).toBeNull();
  });
});

test('a schedule that does not fit is told with what comes instead', async () => {
  const { replay } = labSweep({ work: [oneWrite] });
  expect(await replay?.(arenaOf(root), 'w1.1drop.s2-s1.nonsense')).toEqual({
    misfit: expect.stringMatching(/^step 1 is about drop\.s2-s1\.nonsense, but then comes \S+$/),
  });
  expect(await replay?.(arenaOf(root), 'w1.900drop.s1-s2.forward')).toEqual({
    misfit: expect.stringContaining('the end of the work'),
  });
  for (const text of ['', 'w2.1drop.s1-s2.forward', 'w1.1vanish.s1-s2.forward', 'w1.drop']) {
    expect(replay?.(arenaOf(root), text)).toBeUndefined();
  }
});

test('schedules are read as they are written', () => {
  const faults = sweptFaults.map((word, i) => ({ step: i + 1, word, message: 's1-s2.forward' }));
  expect(parseFaults(formatFaults(faults))).toEqual(faults);
});

test('no pair of faults takes the last copy of the state', () => {
  const forward = { kind: 'request', from: 's1', to: 's2', call: 'Replication.forward' } as const;
  const ping = { kind: 'request', from: 's2', to: 'vs', call: 'ViewService.ping' } as const;
  expect(mayMeet('drop', forward, 'crash', forward)).toBe(true);
  expect(mayMeet('pause', forward, 'cut', forward)).toBe(true);
  for (const lethal of ['crash', 'bounce', 'orphan'] as const) {
    for (const other of ['crash', 'bounce', 'pause', 'cut'] as const) {
      expect(mayMeet(lethal, forward, other, forward)).toBe(false);
      expect(mayMeet(other, forward, lethal, forward)).toBe(false);
    }
    expect(mayMeet(lethal, forward, 'drop', ping)).toBe(false);
    expect(mayMeet('hold', ping, lethal, forward)).toBe(false);
  }
});

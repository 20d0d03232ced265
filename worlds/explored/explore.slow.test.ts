/** The explorer finds what is wrong with replicas, shows it shortly, and passes what is right. */
import '../../labtests/labs';
import path from 'node:path';
import { describeViolation, walkLines } from '../../commands/explore/explore';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { explore } from './explore';
import { parseSchedule } from './schedule';
import type { Setting } from './setting';
import { shrink } from './shrink';
import { walk } from './walk';

const root = path.join(__dirname, '../..');
const hostOf = (folder: string) => new InProcessHost(new Solution(folder));
/** Far more than any of them needs: time decides nothing here. */
const limits = { seconds: Number.POSITIVE_INFINITY, memoryMib: 8_192 };

function setting(work: readonly string[], servers: number): Setting {
  return { work, servers, crashes: 1, seed: 1, staged: true };
}

test.each([
  ['primary-answers-before-backup', ['aa'], 2, 1, 'not linearizable'],
  ['primary-forwards-overtake', ['ag', 'a'], 2, 1, 'not linearizable'],
  ['acknowledges-before-transfer', ['a'], 2, 2, 'stuck'],
] as const)('found: %s', async (name, work, servers, deviations, kind) => {
  await withWrongSolution(name, async (folder) => {
    const host = hostOf(folder);
    const result = await explore({
      ...limits,
      host,
      deviations,
      setting: setting(work, servers),
    });
    expect(result.violation?.failure.kind).toBe(kind);
    const schedule = parseSchedule(result.violation?.schedule ?? '');
    if (schedule === undefined) throw new Error(`no schedule: ${result.violation?.schedule}`);
    // The same schedule fails again, and is harmless where the flaw is not.
    const again = await walk(schedule, host);
    expect(again).toMatchObject({ fits: true, failure: { kind } });
    if (kind !== 'stuck') expect(walkLines(again).length).toBeLessThanOrEqual(31);
    const healthy = await walk(schedule, hostOf(root));
    expect(healthy.fits && healthy.failure !== null).toBe(false);
  });
});

// To find these takes some seconds each, so here it is only seen that what was found is shown.
test.each([
  ['primary-reads-locally', 'aa-ag.s2.k1:15pause.s1,0hold.c2.get'],
  ['backup-late-transfer-overwrites', 'a.s3.k1:3pause.s1,33hold.s2-s3.transfer'],
  ['backup-accepts-any-view', 'a.s2.k1:3bounce.s1,3twice.s1-vs.ping,30free.s1-vs.ping'],
])('shown: %s', async (name, text) => {
  const schedule = parseSchedule(`explore:${text}`);
  if (schedule === undefined) throw new Error('no schedule');
  await withWrongSolution(name, async (folder) => {
    const outcome = await walk(schedule, hostOf(folder));
    if (!outcome.fits || outcome.failure === null) throw new Error('it does not fail');
    expect(['not linearizable', 'stuck']).toContain(outcome.failure.kind);
    const shown = describeViolation(outcome.failure, text, walkLines(outcome)).split('\n');
    expect(shown.filter((line) => /^ +\d+\.\d {2}/.test(line)).length).toBeLessThanOrEqual(30);
  });
  const healthy = await walk(schedule, hostOf(root));
  expect(healthy.fits && healthy.failure !== null).toBe(false);
});

test.each([
  ['an initialised pair', true, 3],
  ['the start of all nodes', false, 2],
])('the reference has no violation within a bound, from %s', async (_name, staged, servers) => {
  const options = { ...limits, host: hostOf(root), deviations: 1 };
  const result = await explore({
    ...options,
    setting: { ...setting(['aa', 'ag'], servers), staged },
  });
  expect(result).toMatchObject({ violation: null, exhausted: 1, stopped: null, notes: [] });
  expect(result.handlerExecutions).toBeLessThan(result.states);
});

test('limits of time and memory end it with what was covered so far', async () => {
  const options = {
    ...limits,
    host: hostOf(root),
    deviations: 3,
    setting: setting(['aa', 'ag'], 3),
  };
  const inTime = await explore({ ...options, seconds: 0.3 });
  expect(inTime).toMatchObject({ violation: null, stopped: 'the time of 0.3 s was over' });
  const inMemory = await explore({ ...options, memoryMib: 1 });
  expect(inMemory).toMatchObject({ violation: null, stopped: 'the limit of 1 MiB was reached' });
  const interrupted = await explore({ ...options, onProgress: () => true });
  expect(interrupted).toMatchObject({ violation: null, stopped: 'it was interrupted' });
});

test('a counterexample shrinks to fewer clients and operations', async () => {
  await withWrongSolution('primary-answers-before-backup', async (folder) => {
    const options = {
      ...limits,
      host: hostOf(folder),
      deviations: 1,
      setting: setting(['aa', 'ag'], 3),
    };
    const { violation } = await explore(options);
    if (violation === null) throw new Error('nothing was found');
    const shrunk = await shrink(options, violation, 600_000);
    expect(shrunk.setting.work).toHaveLength(1);
    expect(shrunk.setting.servers).toBe(2);
    expect(shrunk.violation.failure.kind).toBe(violation.failure.kind);
  });
});

test('what is drawn by chance beyond the bound is found, and loses the choices it does not need', async () => {
  await withWrongSolution('primary-answers-before-backup', async (folder) => {
    const bound = { deviations: 0, samples: 1_000, setting: setting(['aa'], 2) };
    const options = { ...limits, ...bound, host: hostOf(folder) };
    const result = await explore(options);
    expect(result).toMatchObject({
      exhausted: 0,
      violation: { failure: { kind: 'not linearizable' } },
    });
    const { violation } = result;
    if (violation === null) throw new Error('nothing was found');
    const shrunk = await shrink(options, violation, 600_000);
    expect(shrunk.violation.choices.length).toBeLessThanOrEqual(violation.choices.length);
    expect(shrunk.violation.choices.length).toBeLessThanOrEqual(2);
    const schedule = parseSchedule(shrunk.violation.schedule);
    if (schedule === undefined) throw new Error(`no schedule: ${shrunk.violation.schedule}`);
    const again = await walk(schedule, hostOf(folder));
    expect(again).toMatchObject({ fits: true, failure: { kind: 'not linearizable' } });
  });
});

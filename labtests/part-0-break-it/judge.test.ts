/** The judge of part 0 takes only what the checker confirms, and says what is missing. */
import { notImplemented } from '../../runtime/errors';
import type { Lab } from '../primary-backup/lab';
import { type BreakingSchedule, judge, tasks } from './judge';

const [lose, stale] = tasks as [(typeof tasks)[number], (typeof tasks)[number]];

/** The sentence that refuses a schedule. */
async function refusal(schedule: BreakingSchedule, task = lose): Promise<string> {
  const { passed, sentence } = await judge({ ...task, schedule });
  expect(passed).toBe(false);
  return sentence;
}

async function backupIsGone(lab: Lab) {
  const [s1, s2] = await lab.startPair();
  const clerk = lab.clerk();
  lab.crash(s2);
  await clerk.put('x', '1');
  return { s1, s2, clerk };
}

test.each(tasks.map((task) => [task.name, task] as const))(
  '%s is caught within a second of simulated time',
  async (_, task) => {
    const verdict = await judge(task);
    expect(verdict).toMatchObject({ passed: true });
    expect(verdict.virtualMs).toBeLessThan(1_000);
  },
);

test('a cut in one direction and a crash do it, too', async () => {
  const schedule = async (lab: Lab) => {
    const [s1, s2] = await lab.startPair();
    const clerk = lab.clerk();
    lab.cutOneWay(s2, s1);
    // s1 hears nothing any more and goes on alone; s2 hears it, and sees no reason to do anything.
    await lab.sleep(700);
    await clerk.put('x', '1');
    lab.crash(s1);
    await lab.untilRole(s2, 'primary');
    await clerk.get('x');
    await clerk.get('x');
  };
  expect(await judge({ ...lose, schedule })).toMatchObject({
    passed: true,
    sentence: expect.stringContaining('lost acknowledged write: '),
  });
});

test('a crash is no violation', async () => {
  const schedule = async (lab: Lab) => {
    const { s2, clerk } = await backupIsGone(lab);
    lab.restart(s2);
    await lab.untilRole(s2, 'backup');
    await clerk.get('x');
  };
  const nothing = 'the checker found nothing wrong with what the clients saw in 2 operations';
  expect(await refusal(schedule)).toBe(nothing);
});

test('both servers may not crash', async () => {
  const schedule = async (lab: Lab) => {
    const { s1, s2, clerk } = await backupIsGone(lab);
    lab.crash(s1);
    lab.restart(s1);
    lab.restart(s2);
    await clerk.get('x');
  };
  expect(await refusal(schedule)).toMatch(/^both servers crashed: /);
});

test('another violation than the one asked for is none', async () => {
  expect(await refusal(stale.schedule, lose)).toMatch(
    /^expected a lost acknowledged write, but what the checker found is: stale read: /,
  );
  expect(await refusal(lose.schedule, stale)).toMatch(
    /^expected a stale read, but what the checker found is: lost acknowledged write: /,
  );
});

test('a violation without a name comes with advice', async () => {
  const schedule = async (lab: Lab) => {
    const [s1, s2] = await lab.startPair();
    const [c1, c2] = [lab.clerk(), lab.clerk()];
    lab.partition([s1, c1.name], [s2, c2.name]);
    await lab.untilRole(s2, 'primary');
    await c1.putHash('x', '1');
    await c2.putHash('x', '2');
  };
  expect(await refusal(schedule)).toMatch(/no order works: .*not to putHash$/);
});

test.each<[string, BreakingSchedule, string]>([
  ['does nothing', async (lab) => void (await lab.startPair()), 'no client did anything'],
  [
    'throws',
    async () => {
      throw new Error('oh');
    },
    'the schedule threw: oh',
  ],
  [
    'is a stub',
    () => Promise.reject(notImplemented('break-it.ts', 'loseAcknowledgedWrite')),
    'loseAcknowledgedWrite in break-it.ts is not implemented yet',
  ],
  [
    'waits for what never comes',
    async (lab) => {
      await lab.startPair();
      await lab.untilRole('s1', 'backup');
    },
    'expected s1 to be backup within 5000 ms, got it is primary',
  ],
])('a schedule that %s is told so', async (_, schedule, sentence) => {
  expect(await refusal(schedule)).toBe(sentence);
});

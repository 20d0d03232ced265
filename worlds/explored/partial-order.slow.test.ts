/** Partial order sampling finds what depends on the order of messages, and says how to repeat it. */
import '../../labtests/labs';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { explore } from './explore';
import { parseSchedule } from './schedule';
import { shrink } from './shrink';
import { walk } from './walk';

const hostOf = (folder: string) => new InProcessHost(new Solution(folder));
const limits = { seconds: Number.POSITIVE_INFINITY, memoryMib: 8_192 };

test.each([
  ['primary-answers-before-backup', ['aa'], 'hold'],
  ['primary-forwards-overtake', ['ag', 'a'], 'hold'],
] as const)('found: %s', async (name, work, word) => {
  await withWrongSolution(name, async (folder) => {
    const host = hostOf(folder);
    const setting = { work, servers: 2, crashes: 1, seed: 1, staged: true };
    const bound = { deviations: 0, samples: 2_000, way: 'partial order' } as const;
    const options = { ...limits, ...bound, setting, host };
    const { violation } = await explore(options);
    if (violation === null) throw new Error('nothing was found');
    expect(violation.failure.kind).toBe('not linearizable');
    expect(violation.schedule).toContain(word);
    const walked = async (text: string) => {
      const schedule = parseSchedule(text);
      if (schedule === undefined) throw new Error(`no schedule: ${text}`);
      return walk(schedule, hostOf(folder));
    };
    const failing = { fits: true, failure: { kind: 'not linearizable' } };
    // The schedule is long, and says all that matters: new nodes fail in the same way.
    expect(await walked(violation.schedule)).toMatchObject(failing);
    const shrunk = await shrink(options, violation, 600_000);
    expect(shrunk.violation.choices.length).toBeLessThanOrEqual(4);
    expect(await walked(shrunk.violation.schedule)).toMatchObject(failing);
  });
});

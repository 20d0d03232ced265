/** What the pair keeps and what it does not: swept over seeds in the simulated world. */
import path from 'node:path';
import { type RunResult, runIn } from '../../labtests/harness/run-scenario';
import type { Lab } from '../../labtests/harness/scenario/lab';
import { InProcessHost } from '../../labtests/harness/simulated/in-process-host';
import { Solution } from '../../labtests/harness/simulated/sandbox';
import { SimulatedWorld } from '../../labtests/harness/simulated/world';

jest.setTimeout(120_000);

const seeds = Array.from({ length: 50 }, (_, index) => index + 1);
const host = new InProcessHost(new Solution(path.join(__dirname, '../..')));
const deadMs = 500;

function run(seed: number, body: (lab: Lab) => Promise<void>): Promise<RunResult> {
  return runIn(new SimulatedWorld({ seed, host, tracing: true }), seed, body);
}

/** The events that the servers logged, with the server. */
function logged({ trace }: RunResult, event: string) {
  return trace.flatMap((it) =>
    it.type === 'log' && it.event === event ? [{ node: it.node, ...it.fields }] : [],
  );
}

async function other(lab: Lab, [s1, s2]: readonly string[], primary: string): Promise<string> {
  await lab.untilRole(primary, 'primary');
  const backup = (primary === s1 ? s2 : s1) as string;
  await lab.untilRole(backup, 'backup');
  return backup;
}

/** Crashes one server, now the primary and now the backup, and starts it again, sooner or later. */
async function crashes(lab: Lab): Promise<void> {
  const members = await lab.startPair();
  const work = lab.meanwhile(lab.workload({ clerks: 3, operations: 40, maxPauseMs: 60 }));
  let primary: string = members[0];
  for (let round = 0; round < 4; round += 1) {
    const backup = await other(lab, members, primary);
    await lab.moment(300);
    const victim = lab.pick([primary, backup]);
    lab.crash(victim);
    await lab.moment(2 * deadMs);
    lab.restart(victim);
    if (victim === primary) primary = backup;
  }
  await other(lab, members, primary);
  await lab.finish(work);
  await lab.readAll(['a', 'b']);
}

/** Cuts the pair in two, a client on each side, and heals it. */
async function partition(lab: Lab): Promise<void> {
  const [s1, s2] = await lab.startPair();
  const [c1, c2] = [lab.clerk(), lab.clerk()];
  const work = (operations: number) =>
    Promise.all([c1, c2].map((clerk) => lab.randomOperations(clerk, { operations, keys: ['a'] })));
  await work(5);
  lab.partition([s1, c1.name], [s2, c2.name]);
  await lab.finish(work(20));
  await lab.untilRole(s2, 'primary');
  await lab.finish(work(5));
  lab.heal();
  await lab.untilRole(s1, 'backup');
  await lab.readAll(['a']);
}

test.each(seeds)('under crashes alone nothing is lost (seed %i)', async (seed) => {
  const result = await run(seed, crashes);
  expect(result.failure).toBeNull();
  expect(logged(result, 'gave-up-state')).toEqual([]);
});

test.each(seeds)('in a partition the checker finds a violation (seed %i)', async (seed) => {
  const result = await run(seed, partition);
  expect(result.failure).toMatchObject({ kind: 'not linearizable' });
  expect(logged(result, 'gave-up-state')).toMatchObject([{ node: 's1', partner: 's2' }]);
});

/** Promises that the pair keeps and those that it does not: swept over seeds in the simulated world. */
import path from 'node:path';
import { inLab, type Lab } from '../../labtests/primary-backup/lab';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import type { Runtime } from '../../runtime/node';
import { runIn } from '../../suite/run/run-scenario';
import type { RunResult } from '../../suite/scenario/run-result';
import { SimulatedWorld } from '../../worlds/simulated/world';
import { PairServer } from './server';

const seeds = Array.from({ length: 16 }, (_, index) => index + 1);
const host = new InProcessHost(new Solution(path.join(__dirname, '../..')));
const deadMs = 500;

function run(seed: number, body: (lab: Lab) => Promise<void>): Promise<RunResult> {
  return runIn(new SimulatedWorld({ seed, host, tracing: true }), seed, inLab(body));
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
  const load = { operations: 4, keys: ['a'], ops: ['get', 'append'] } as const;
  const work = () => Promise.all([c1, c2].map((clerk) => lab.randomOperations(clerk, load)));
  await work();
  lab.partition([s1, c1.name], [s2, c2.name]);
  await lab.finish(work());
  await lab.untilRole(s2, 'primary');
  await c1.append('a', 'one side,');
  await c2.append('a', 'other side,');
  await lab.finish(work());
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

test('what diverged is logged key by key by the server that gives its state up', async () => {
  const result = await run(1, async (lab) => {
    const [s1, s2] = await lab.startPair();
    const [c1, c2] = [lab.clerk(), lab.clerk()];
    await c1.put('both', 'before');
    await c1.put('same', 'before');
    lab.partition([s1, c1.name], [s2, c2.name]);
    await lab.untilRole(s2, 'primary');
    await c1.put('both', '1');
    await c1.append('both', '2');
    await c1.put('left', '3');
    await c2.put('both', '4');
    await c2.put('right', '5');
    lab.heal();
    await lab.untilRole(s1, 'backup');
  });
  expect(logged(result, 'diverged')).toMatchObject([
    { key: 'both', here: '12', there: '4', lost: 'append "2" and 1 write before it' },
    { key: 'left', here: '3', there: null, lost: 'put "3"' },
    { key: 'right', here: null, there: '5', lost: null },
  ]);
  expect(logged(result, 'gave-up-state')).toMatchObject([{ keys: 3, lost: 3 }]);
});

test('of two primaries that took over equally often the first one stays', async () => {
  const result = await run(1, async (lab) => {
    // Both start alone, and each makes itself primary.
    lab.cut('s1', 's2');
    const starting = lab.meanwhile(lab.startPair());
    await lab.untilRole('s2', 'primary');
    await lab.untilRole('s1', 'primary');
    lab.heal();
    await starting;
  });
  expect(result.failure).toBeNull();
  expect(logged(result, 'pair-stepped-down')).toMatchObject([{ node: 's2', partner: 's1' }]);
});

test('the primary answers a write only when the backup has applied it', async () => {
  const result = await run(1, async (lab) => {
    const [s1, s2] = await lab.startPair();
    const clerk = lab.clerk();
    const release = lab.hold({ from: s2, to: s1, kind: 'response' });
    await lab.expectNoAnswer(clerk.put('a', '1'), 200, 'the backup has not answered');
    release();
  });
  expect(result.failure).toBeNull();
});

test('an append that was retried at the new primary takes effect once', async () => {
  const result = await run(1, async (lab) => {
    const [s1, s2] = await lab.startPair();
    const clerk = lab.clerk();
    const append = clerk.append('a', 'x');
    await lab.world.until(() => lab.world.requestsSent({ from: s1, to: s2 }) > 2, 1_000);
    lab.dropNext({ from: s1, to: clerk.name });
    lab.hold({ from: s2, to: s1 });
    await lab.sleep(3);
    lab.crash(s1);
    await append;
    await clerk.expectGet('a', 'x');
  });
  expect(result.failure).toBeNull();
});

test('a paused primary that wakes up answers from its old state: a stale read', async () => {
  const result = await run(1, async (lab) => {
    const [s1, s2] = await lab.startPair();
    const [c1, c2] = [lab.clerk(), lab.clerk()];
    await c1.put('a', 'old');
    lab.hold({ from: s2, to: s1 });
    lab.pause(s1);
    await lab.untilRole(s2, 'primary');
    await c2.put('a', 'new');
    await c2.expectGet('a', 'new');
    lab.resume(s1);
    await c1.get('a');
  });
  expect(result.failure?.actual).toMatch(/^stale read: /);
});

test('a state of many values comes over whole', async () => {
  const value = 'x'.repeat(100_000);
  const result = await run(1, async (lab) => {
    const [s1, s2] = await lab.startPair();
    const clerk = lab.clerk();
    lab.crash(s2);
    for (let key = 0; key < 7; key += 1) await clerk.put(`key ${key}`, value);
    lab.restart(s2);
    await lab.untilRole(s2, 'backup');
    lab.crash(s1);
    for (let key = 0; key < 7; key += 1) await clerk.expectGet(`key ${key}`, value);
  });
  expect(result.failure).toBeNull();
});

test('a server that is no member does not start', () => {
  const start = () => new PairServer({ address: 's3' } as Runtime, options);
  const options = { members: ['s1', 's2'], pingIntervalMs: 100, deadPings: 5 };
  expect(start).toThrow('expected two members, one of them s3, got s1, s2');
});

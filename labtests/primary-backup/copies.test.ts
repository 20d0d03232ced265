/** No scenario takes the last copy of the data by accident, and its author is told that it would. */
import path from 'node:path';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { runIn } from '../../suite/run/run-scenario';
import { SimulatedWorld } from '../../worlds/simulated/world';
import { type Replacement, withBrokenSolution } from '../broken-solutions/broken-solution';
import { inLab, type Lab } from './lab';

jest.setTimeout(60_000);

const root = path.join(__dirname, '../..');

async function failureOf(body: (lab: Lab) => Promise<void>, folder = root) {
  const host = new InProcessHost(new Solution(folder));
  const world = new SimulatedWorld({ seed: 1, host, tracing: false });
  return (await runIn(world, 1, inLab(body))).failure;
}

/** Of the kind that no student is asked to repair. */
const refusedWith = (text: RegExp) => ({
  kind: 'framework',
  actual: expect.stringMatching(text),
});

test('who serves alone does not crash, unless that is what the scenario is about', async () => {
  const failure = await failureOf(async (lab) => {
    const [s1] = await lab.startReplicas(1);
    expect(await lab.mayCrash(s1)).toBe(false);
    await lab.crash(s1);
  });
  expect(failure).toMatchObject(refusedWith(/must not crash s1.* view 1 .*untilPair.*crashAnyway/));
  const meant = await failureOf(async (lab) => {
    const [s1] = await lab.startReplicas(1);
    lab.crashAnyway(s1);
    expect(lab.world.isRunning(s1)).toBe(false);
  });
  expect(meant).toBeNull();
});

test('it counts what the view service has decided, also when nobody has heard of it', async () => {
  const alone = async (lab: Lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    lab.cut(s1, lab.viewService);
    await lab.pings(2);
    lab.cut(s2, lab.viewService);
    await lab.pings(5);
    expect(lab.view).toMatchObject({ viewnum: 2, primary: s1, backup: s2 });
    expect(await lab.world.viewNow()).toMatchObject({ viewnum: 3, primary: s2, backup: null });
    return [s1, s2] as const;
  };
  const last = await failureOf(async (lab) => {
    const [, s2] = await alone(lab);
    await lab.crash(s2);
  });
  expect(last).toMatchObject(refusedWith(/must not crash s2.* view 3 .*not acknowledged/));
  const other = await failureOf(async (lab) => {
    const [s1, s2] = await alone(lab);
    await lab.crash(s1);
    lab.heal();
    await lab.untilView({ primary: s2, backup: null });
  });
  expect(other).toBeNull();
});

test('of two servers the one that lives must not be lost sight of first', async () => {
  const before = await failureOf(async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    lab.cut(s2, lab.viewService);
    await lab.pings(2);
    await lab.crash(s1);
  });
  expect(before).toMatchObject(refusedWith(/take that one for dead first/));
  const after = await failureOf(async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    await lab.untilHeard(s1);
    await lab.crash(s1);
    lab.cutOneWay(s2, lab.viewService);
  });
  expect(after).toMatchObject(refusedWith(/must not silence s2 .* s1 has crashed/));
  const inTime = await failureOf(async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    await lab.crash(s1);
    await lab.untilHeard(s2);
    lab.cutOneWay(s2, lab.viewService);
    await lab.pings(8);
    lab.heal();
    await lab.untilView({ primary: s2, backup: null });
  });
  expect(inTime).toBeNull();
});

test('a server that restarted has the data when it is in a view that was made since', async () => {
  const failure = await failureOf(async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const before = lab.view;
    await lab.crash(s2);
    lab.restart(s2);
    expect(lab.view).toEqual(before);
    expect(await lab.mayCrash(s1)).toBe(false);
    const after = await lab.untilView({ primary: s1, backup: s2 });
    expect(after.viewnum).toBeGreaterThan(before.viewnum);
    await lab.crash(s1);
  });
  expect(failure).toBeNull();
});

test('a view that changes for no reason is a failure of the solution', async () => {
  const tick = '  async tick(): Promise<void> {\n';
  const fallsSilent: Replacement = [
    tick,
    `${tick}    if (this.runtime.now() > 900 && this.replica.isPrimary()) return;\n`,
  ];
  await withBrokenSolution('pbservice/server.ts', [fallsSilent], async (folder) => {
    const failure = await failureOf(async (lab) => {
      const [, s2] = await lab.startReplicas(2);
      await lab.world.until(() => lab.view.viewnum > 2, 5_000);
      await lab.crash(s2);
    }, folder);
    expect(failure).toMatchObject({
      kind: 'expectation',
      expected: expect.stringMatching(/^view 2 .* to last, as nothing has happened/),
    });
  });
});

test('who waits for those whom it keeps from serving is told so', async () => {
  const waiting = (fault: (lab: Lab, s1: string, s2: string) => void) =>
    failureOf(async (lab) => {
      const [s1, s2] = await lab.startReplicas(2);
      const clerk = lab.clerk();
      await clerk.put('k', 'v');
      fault(lab, s1, s2);
      await lab.finish(clerk.put('k', 'w'), 2_000);
    });
  const bothPaused = await waiting((lab, s1, s2) => {
    for (const server of [s1, s2]) lab.pause(server);
  });
  expect(bothPaused).toMatchObject(
    refusedWith(/waits in vain: .*cut off (s1 and s2, who have|s[12], which alone has) the data/),
  );
  // They need no view service to go on together.
  const cutOff = await waiting((lab, s1, s2) => lab.partition([lab.viewService], [s1, s2]));
  expect(cutOff).toBeNull();
});

test('an answer to a ping shows that a server is heard, and a storm that nobody can be sure', async () => {
  const failure = await failureOf(async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const heardMs = (server: string) => lab.world.heardMs(server, lab.viewService);
    await lab.world.until(() => heardMs(s1) > heardMs(s2), 1_000);
    lab.storm();
    expect(await lab.mayCrash(s1)).toBe(false);
    lab.heal();
    await lab.untilPair();
    expect(await lab.mayCrash(s1)).toBe(true);
  });
  expect(failure).toBeNull();
});

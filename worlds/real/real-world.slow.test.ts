/**
 * A few scenarios of part B, and the plumbing of the real world itself, on real processes. All of
 * them: `npm run test:real`.
 */
import { allScenarios } from '../../labtests/catalogue';
import { inLab, type Lab } from '../../labtests/primary-backup/lab';
import { runReal } from '../../suite/run/run-real';
import { runIn } from '../../suite/run/run-scenario';
import { RealWorld } from './world';

/** Generous: a busy machine is no failure. */
const seed = 1;

// Skipped on Windows: it has no signals that stop a process and let it go on.
const testHere = process.platform === 'win32' ? test.skip : test;

/** A failover, an operation that is retried, a partition, a pause. */
const subset = ['B1b', 'B9a', 'B15', 'B16a'];

testHere.each(subset)('%s passes in the real world', async (id) => {
  const scenario = allScenarios().find((other) => other.id === id);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  const { failure } = await runReal(scenario, { seed, tracing: false });
  expect(failure).toBeNull();
});

function run(body: (lab: Lab) => Promise<void>) {
  return runIn(new RealWorld({ seed, tracing: true }), seed, inLab(body));
}

testHere('a run leaves no process, not even a stopped one, also when it fails', async () => {
  const pids: number[] = [];
  const { failure } = await run(async (lab) => {
    const [s1] = await lab.startReplicas(1);
    pids.push(...(lab.world as RealWorld).pids);
    lab.pause(s1);
    lab.expect(false, 'the run to fail', 'it did');
  });
  expect(failure).toEqual({ kind: 'expectation', expected: 'the run to fail', actual: 'it did' });
  expect(pids).toHaveLength(2);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

testHere('a server that ends by itself is what is reported', async () => {
  const { failure } = await run(async (lab) => {
    await lab.startReplicas(1);
    const [, replica] = (lab.world as RealWorld).pids;
    process.kill(replica as number, 'SIGTERM');
    await lab.untilView({ primary: 's2' });
  });
  expect(failure).toMatchObject({
    kind: 'broken code',
    expected: 's1 to run until it is told to stop',
    actual: 'it ended by itself (exit code 0)',
  });
});

testHere('scenarios see names, however nodes know each other', async () => {
  const { failure, trace } = await run(async (lab) => {
    await lab.startReplicas(2);
    const result = await lab.world.call('vs', 'ViewService.get', {}, 5_000);
    expect(result).toEqual({ reply: { viewnum: 2, primary: 's1', backup: 's2' } });
    const stranger = { server: 's1', viewnum: 2 };
    expect(await lab.world.call('vs', 'ViewService.ping', stranger, 5_000)).toEqual(result);
    await lab.clerk().put('k', 's1');
    expect(lab.world.requestsSent({ from: 'test' })).toBe(0);
    expect(lab.world.requestsSent({ from: 'c1', to: 's1' })).toBe(1);
    expect(lab.world.requestsSent({ from: 's1', to: 'vs' })).toBeGreaterThan(1);
    expect(lab.world.bytesSent({ from: 's1', to: 's2' })).toBeGreaterThan(0);
  });
  expect(failure).toBeNull();
  expect(JSON.stringify(trace)).not.toContain('127.0.0.1');
  const kinds = new Set(trace.map(({ type }) => type));
  for (const kind of ['start', 'view', 'send', 'deliver', 'invoke', 'return', 'log'] as const) {
    expect(kinds).toContain(kind);
  }
});

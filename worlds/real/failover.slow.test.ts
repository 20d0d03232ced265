/**
 * The real programs under real faults. In every test clients append to logs of their own all the
 * while; at the end each acknowledged append must be in its log exactly once, in order.
 */
import { PbService } from '../../pbservice/api';
import type { Address } from '../../runtime/node';
import { Host } from '../../runtime/websocket/host';
import { RealCluster } from './processes';
import { Writer } from './writers.testing';

let cluster: RealCluster;
let writers: Writer[] = [];

/** Appends that each client must get done after a fault, to show that the service is back. */
const progress = 25;

async function begin(replicas: number): Promise<void> {
  cluster = await RealCluster.start(replicas);
  const { address } = cluster.viewService;
  writers = await Promise.all([1, 2, 3].map((index) => Writer.open(`log-${index}`, address)));
  for (const writer of writers) writer.begin();
  await serviceGoesOn();
}

async function serviceGoesOn(): Promise<void> {
  await Promise.all(writers.map((writer) => writer.untilMore(progress)));
}

async function expectEveryAppendOnce(): Promise<void> {
  const logs = await Promise.all(writers.map((writer) => writer.finish()));
  expect(logs).toEqual(writers.map((writer) => writer.expected));
}

/** Asks this very replica, as no clerk would. */
async function ask(address: Address): Promise<unknown> {
  let asked!: Promise<unknown>;
  const host = await Host.start({
    boot: (runtime) => {
      const operation = { op: 'get', key: 'log-1' } as const;
      const request = { client: 'stray', seq: 1, operation };
      asked = runtime.connect(PbService, address).operate(request, { timeoutMs: 5_000 });
      return { serves: [] };
    },
  });
  return asked.finally(() => host.crash());
}

afterEach(async () => {
  for (const writer of writers.splice(0)) writer.close();
  await cluster?.endAll();
});

test('the primary is killed under load: the backup carries on', async () => {
  await begin(3);
  const { viewnum, primary, backup } = await cluster.untilView({ backup: true });
  await primary.kill();
  await serviceGoesOn();
  const next = await cluster.untilView({ after: viewnum, backup: true });
  expect(next.primary).toBe(backup);
  await expectEveryAppendOnce();
});

test('the primary is stopped until it is replaced, and continued: it answers nobody', async () => {
  await begin(2);
  const { viewnum, primary } = await cluster.untilView({ backup: true });
  primary.signal('SIGSTOP');
  await cluster.untilView({ after: viewnum, backup: false });
  await serviceGoesOn();
  // What is sent to it now waits in its socket, and is the first thing it sees when it wakes up.
  const asked = ask(primary.address);
  primary.signal('SIGCONT');
  await expect(asked).rejects.toMatchObject({
    code: expect.stringMatching(/not-primary|view-changed/),
  });
  await cluster.untilView({ after: viewnum + 1, backup: true });
  await serviceGoesOn();
  await expectEveryAppendOnce();
});

test('a chain of failovers, each dead server restarted as the next backup', async () => {
  await begin(2);
  let view = await cluster.untilView({ backup: true });
  for (let round = 0; round < 2; round += 1) {
    await view.primary.kill();
    await serviceGoesOn();
    await cluster.restart(view.primary);
    view = await cluster.untilView({ after: view.viewnum, backup: true });
  }
  expect(view.viewnum).toBeGreaterThanOrEqual(4);
  await expectEveryAppendOnce();
});

test('servers restart faster than they are found dead', async () => {
  await begin(3);
  for (const role of ['backup', 'primary', 'backup'] as const) {
    const view = await cluster.untilView({ backup: true });
    const server = view[role];
    if (server === null) throw new Error(`expected a ${role}`);
    await server.kill();
    await cluster.restart(server);
    await cluster.untilView({ after: view.viewnum, backup: true });
    await serviceGoesOn();
  }
  await expectEveryAppendOnce();
});

test('the view service is stopped for a while: the pair goes on, and so do view changes', async () => {
  await begin(3);
  const { viewnum, primary } = await cluster.untilView({ backup: true });
  cluster.viewService.signal('SIGSTOP');
  await serviceGoesOn();
  cluster.viewService.signal('SIGCONT');
  await primary.kill();
  await cluster.untilView({ after: viewnum, backup: true });
  await serviceGoesOn();
  await expectEveryAppendOnce();
});

test('told to stop, every program stops with exit code 0', async () => {
  cluster = await RealCluster.start(2);
  for (const program of [...cluster.replicas, cluster.viewService]) {
    program.signal('SIGTERM');
    expect(await program.exited).toEqual({ code: 0, signal: null });
  }
});

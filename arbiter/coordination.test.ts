/** What the arbiter relies on, asked of real servers. Skipped where they are not installed. */
import { existsSync } from 'node:fs';
import { clockRateBound } from './lease';
import { LocalService, whyNotHere } from './local/local-service';
import { arbiterKinds, openCoordination } from './open';

/** Generous: a busy machine is no failure. */
jest.setTimeout(120_000);

const sleep = (durationMs: number) => new Promise((resolve) => setTimeout(resolve, durationMs));

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = performance.now() + 30_000; !(await holds()); await sleep(10)) {
    if (performance.now() > deadline) throw new Error('it did not happen within 30 s');
  }
}

describe.each(arbiterKinds)('%s', (kind) => {
  const why = whyNotHere(kind);
  if (why !== undefined && process.env.CI !== 'true') {
    test.skip(`is skipped: ${why}`, () => undefined);
    return;
  }
  let service: LocalService;
  beforeAll(async () => {
    service = await LocalService.start(kind);
  });
  afterAll(async () => {
    await service.stop();
  });

  /** Each test has a cluster of its own in the same service. */
  let clusters = 0;
  async function withClients(
    use: (
      one: ReturnType<typeof openCoordination>,
      other: ReturnType<typeof openCoordination>,
    ) => Promise<void>,
  ): Promise<void> {
    clusters += 1;
    const url = { ...service.url, cluster: `test-${clusters}` };
    const [one, other] = [openCoordination(url), openCoordination(url)];
    try {
      await use(one, other);
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  }

  test('of those who swap from the same version, one succeeds', () =>
    withClients(async (one, other) => {
      expect(await one.get('state')).toEqual({ value: null, version: null });
      const first = await Promise.all([
        one.compareAndSwap('state', null, 'a'),
        other.compareAndSwap('state', null, 'b'),
      ]);
      expect(first.sort()).toEqual([false, true]);
      const { version } = await one.get('state');
      const second = await Promise.all([
        one.compareAndSwap('state', version, 'c'),
        other.compareAndSwap('state', version, 'd'),
      ]);
      expect(second.sort()).toEqual([false, true]);
      expect(['c', 'd']).toContain((await one.get('state')).value);
    }));

  test('the key of a session stands while it is renewed, is watched, and vanishes with it', () =>
    withClients(async (one, other) => {
      const session = await one.openSession(500);
      await session.attach(`members/${session.id}`, 's1');
      expect(await other.list('members/')).toEqual([session.id]);
      // Longer than a lease.
      for (let i = 0; i < 30; i += 1) {
        expect(await session.renew()).toBe(true);
        await sleep(100);
      }
      expect(await other.list('members/')).toEqual([session.id]);
      let changes = 0;
      other.watch(() => {
        changes += 1;
      });
      // What it looks at, it is told of; etcd's watch takes a moment to stand.
      await other.list('members/');
      await sleep(500);
      await session.end();
      await until(async () => (await other.list('members/')).length === 0);
      await until(() => changes > 0);
    }));

  // ZooKeeper's client keeps a session alive by itself, as long as its process runs.
  const testLeases = kind === 'etcd' ? test : test.skip;
  testLeases('a session ends that nobody renews, after its holder has stopped trusting it', () =>
    withClients(async (one, other) => {
      const sentAt = performance.now();
      const session = await one.openSession(500);
      await session.attach(`members/${session.id}`, 's1');
      const isTrusted = () => performance.now() < sentAt + session.trustMs * (1 - clockRateBound);
      while (isTrusted()) {
        const names = await other.list('members/');
        if (isTrusted()) expect(names).toEqual([session.id]);
      }
      await until(async () => (await other.list('members/')).length === 0);
      expect(await session.renew()).toBe(false);
    }),
  );

  test('what does not answer ends in an error, within a bound', async () => {
    const nowhere = openCoordination({ ...service.url, hosts: ['127.0.0.1:1'] });
    const startedAt = performance.now();
    await expect(nowhere.get('state')).rejects.toThrow();
    await expect(nowhere.openSession(500)).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    await nowhere.close();
  });
});

const here = arbiterKinds.filter((kind) => whyNotHere(kind) === undefined);
(here.length > 0 ? test.each(here) : test.skip.each(['nothing']))(
  'a local %s leaves no process and no file behind',
  async (kind) => {
    const service = await LocalService.start(kind as (typeof arbiterKinds)[number]);
    const pids = service.servers.map(({ pid }) => pid as number);
    const { folder } = service;
    expect(existsSync(folder)).toBe(true);
    await service.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(existsSync(folder)).toBe(false);
  },
);

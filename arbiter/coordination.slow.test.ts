/** The promises of a coordination service that the arbiter relies on, asked of real servers. Skipped where they are not installed. */
import { existsSync } from 'node:fs';
import net from 'node:net';
import { parseAddress } from '../runtime/websocket/address';
import { arbiterKinds, openCoordination } from './arbiter-url';
import { clockRateBound } from './lease';
import { LocalService, whyNotHere } from './local/local-service';

/** Generous: a busy machine is no failure. */
const sleep = (durationMs: number) => new Promise((resolve) => setTimeout(resolve, durationMs));

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = performance.now() + 30_000; !(await holds()); await sleep(10)) {
    if (performance.now() > deadline) throw new Error('it did not happen within 30 s');
  }
}

const isSo = () => true;
const isNotSo = () => false;

/** A proxy in front of the service, for which each connection decides what becomes of what comes. */
async function openGate(
  { url: { hosts } }: LocalService,
  decide: () => (pass: () => void) => void,
): Promise<net.Server> {
  const gate = net.createServer((near) => {
    const far = net.connect(parseAddress(hosts[0] as string));
    const receive = decide();
    near.on('data', (data) => receive(() => far.write(data))).on('error', () => undefined);
    far.on('data', (data) => receive(() => near.write(data))).on('error', () => undefined);
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  return gate;
}

function addressOf(gate: net.Server): string {
  return `127.0.0.1:${(gate.address() as net.AddressInfo).port}`;
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
      // The first connection may take a busy machine longer than a call may.
      await until(() => Promise.all([one.get('state'), other.get('state')]).then(isSo, isNotSo));
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

  test('a server that takes connections and falls silent is left, by readers and by sessions', async () => {
    let silent = false;
    // What was open when it fell silent never speaks again, nor is it closed.
    const gate = await openGate(service, () => {
      let deaf = false;
      return (pass) => {
        deaf ||= silent;
        if (!deaf) pass();
      };
    });
    const url = { ...service.url, cluster: 'test-silent', hosts: [addressOf(gate)] };
    const [reader, holder] = [openCoordination(url), openCoordination(url)];
    try {
      await until(() => reader.get('state').then(isSo, isNotSo));
      const session = await holder.openSession(500);
      await session.attach(`members/${session.id}`, 's1');
      silent = true;
      await expect(reader.get('state')).rejects.toThrow();
      await expect(session.renew()).rejects.toThrow();
      silent = false;
      await until(() => reader.get('state').then(isSo, isNotSo));
      // Held or over: what counts is that there is an answer.
      await until(() => session.renew().then(isSo, isNotSo));
      const next = await holder.openSession(500);
      await next.attach(`members/${next.id}`, 's1');
    } finally {
      await Promise.all([reader.close(), holder.close()]);
      gate.close();
    }
  });

  test('an answer that comes when nobody waits for the connection any more does no harm', async () => {
    const late: (() => void)[] = [];
    const gate = await openGate(service, () => (pass) => late.push(pass));
    const url = { ...service.url, cluster: 'test-late', hosts: [addressOf(gate)] };
    const holder = openCoordination(url);
    try {
      await expect(holder.openSession(500)).rejects.toThrow();
      // What is held there goes on, and so does what that brings back.
      for (let rounds = 0; rounds < 20; rounds += 1) {
        for (const pass of late.splice(0)) pass();
        await sleep(20);
      }
    } finally {
      await holder.close();
      gate.close();
    }
  });

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

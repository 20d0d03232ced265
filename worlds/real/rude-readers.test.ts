/**
 * Clients that ask for much and read nothing, on the real network: they cost the primary as little as
 * they have read, and it goes on serving. Work is counted, not time.
 */
import { PbService } from '../../pbservice/api';
import { replicaNode } from '../../pbservice/node';
import type { Runtime } from '../../runtime/node';
import { serve } from '../../runtime/service';
import * as frames from '../../runtime/websocket/frames';
import { Host } from '../../runtime/websocket/host';
import { closeAll, onCleanUp, RawPeer, until } from '../../runtime/websocket/nodes.testing';
import { ViewService } from '../../viewservice/api';
import { ViewServer } from '../../viewservice/server';

afterEach(closeAll);

const MiB = 1024 * 1024;
const readers = 10;
const getsEach = 600;
const listen = { host: '127.0.0.1', port: 0 };
/** Seconds of silence count for nothing here: the machine may be busy. */
const viewOptions = { pingIntervalMs: 50, deadPings: 100_000 };

async function startHost(options: Parameters<typeof Host.start>[0]): Promise<Host> {
  const host = await Host.start(options);
  onCleanUp(() => host.crash());
  return host;
}

async function startCluster() {
  let pings = 0;
  const views = await startHost({
    listen,
    boot: (runtime) => {
      const server = new ViewServer(runtime, viewOptions);
      const counting = {
        get: () => server.get(),
        ping: (args: Parameters<typeof server.ping>[0]) => {
          pings += 1;
          return server.ping(args);
        },
      };
      return {
        serves: [serve(ViewService, counting)],
        tick: () => server.tick(),
        tickIntervalMs: 50,
      };
    },
  });
  let client!: Runtime;
  await startHost({
    rpcTimeoutMs: 120_000,
    boot: (runtime) => {
      client = runtime;
      return { serves: [] };
    },
  });
  const viewNow = () => client.connect(ViewService, views.address).get({});
  const boot = replicaNode({
    viewService: views.address,
    pingIntervalMs: viewOptions.pingIntervalMs,
  });
  const primary = await startHost({ listen, boot, rpcTimeoutMs: 120_000 });
  await until(async () => (await viewNow()).primary === primary.address);
  const backup = await startHost({ listen, boot, rpcTimeoutMs: 120_000 });
  await until(async () => (await viewNow()).backup === backup.address);
  const remote = client.connect(PbService, primary.address);
  let seq = 0;
  const operate = (operation: Parameters<typeof remote.operate>[0]['operation']) => {
    seq += 1;
    return remote.operate({ client: 'good', seq, operation });
  };
  await until(() =>
    operate({ op: 'put', key: 'a', value: 'x'.repeat(MiB) }).then(
      () => true,
      () => false,
    ),
  );
  return { primary, operate, viewNow, pings: () => pings };
}

/** Counts the large replies that are encoded, in all and at most in one turn of the event loop. */
function countEncoded() {
  const counted = { all: 0, mostInATurn: 0 };
  const { encodeResponse } = frames;
  let inThisTurn = 0;
  jest.spyOn(frames, 'encodeResponse').mockImplementation((response) => {
    const text = encodeResponse(response);
    if (text.length < MiB) return text;
    if (inThisTurn === 0)
      setImmediate(() => {
        inThisTurn = 0;
      });
    inThisTurn += 1;
    counted.all += 1;
    counted.mostInATurn = Math.max(counted.mostInATurn, inThisTurn);
    return text;
  });
  return counted;
}

test('ten readers that ask for 600 MiB each and read nothing are cut off, and nobody else notices', async () => {
  const { primary, operate, viewNow, pings } = await startCluster();
  const before = await viewNow();
  const encoded = countEncoded();
  const rude = Array.from({ length: readers }, () => new RawPeer(primary.address));
  const cutOff = Promise.all(rude.map(({ closed }) => closed));
  await Promise.all(rude.map(({ opened }) => opened));
  for (const [index, { socket }] of rude.entries()) {
    socket.pause();
    for (let seq = 1; seq <= getsEach; seq += 1) {
      const args = { client: `rude-${index}`, seq, operation: { op: 'get', key: 'a' } };
      socket.send(JSON.stringify({ id: seq, call: 'PbService.operate', args }));
    }
  }
  // Meanwhile others are served, and the pings go on.
  const pingsBefore = pings();
  for (let round = 0; round < 20; round += 1) {
    await operate({ op: 'append', key: 'b', value: `${round},` });
  }
  await until(() => pings() > pingsBefore + 10);
  for (const { socket } of rude) socket.resume();
  expect(new Set(await cutOff)).toEqual(new Set([1006]));
  expect(await viewNow()).toEqual(before);
  expect((await operate({ op: 'get', key: 'b' })).value).toMatch(/^0,1,2,.*,19,$/);
  // 6,000 were asked for. What is encoded is what sockets and kernel take, and a little ahead.
  expect(encoded.all).toBeLessThan(readers * 60);
  expect(encoded.mostInATurn).toBeLessThanOrEqual(2 * readers);
});

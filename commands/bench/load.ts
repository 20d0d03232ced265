/**
 * The load process of `npm run bench -- kv`: holds the clients, each with its own connection and one
 * operation under way at a time. Takes a LoadSpec as its argument, prints a LoadResult.
 */
import { performance } from 'node:perf_hooks';
import { Clerk } from '../../client/clerk';
import type { Address } from '../../runtime/node';
import { endProcess } from '../../runtime/terminal/exit';
import { Host } from '../../runtime/websocket/host';
import { BareClient } from './bare-chain';
import type { BenchResult, LoadSpec } from './load-spec';
import { RedisClient } from './redis-client';
import { percentile } from './statistics';

/** How many different keys each client writes. */
const keysPerClient = 1_000;

/** Resolves when the write is on both servers. */
type Put = (key: string, value: string) => Promise<void>;

async function clerkPut(viewService: Address): Promise<Put> {
  let clerk!: Clerk;
  await Host.start({
    boot: (runtime) => {
      clerk = new Clerk(runtime, { viewService });
      return { serves: [] };
    },
  });
  return (key, value) => clerk.put(key, value);
}

async function redisPut(port: number): Promise<Put> {
  const client = await RedisClient.open(port);
  return (key, value) => client.putOnBoth(key, value);
}

async function barePut(port: number): Promise<Put> {
  const client = await BareClient.open(port);
  return (key, value) => client.put(key, value);
}

function openPut({ target }: LoadSpec): Promise<Put> {
  if (target.system === 'viewlab') return clerkPut(target.viewService);
  return target.system === 'redis' ? redisPut(target.port) : barePut(target.port);
}

async function measure(spec: LoadSpec): Promise<BenchResult> {
  const { clients, warmUpMs, durationMs, valueBytes } = spec;
  const puts = await Promise.all(Array.from({ length: clients }, () => openPut(spec)));
  const value = 'v'.repeat(valueBytes);
  const from = performance.now() + warmUpMs;
  const until = from + durationMs;
  const latenciesMs: number[] = [];
  const run = async (put: Put, client: number) => {
    for (let count = 0; ; count += 1) {
      const begun = performance.now();
      await put(`key-${client}-${count % keysPerClient}`, value);
      const done = performance.now();
      if (done > until) return;
      if (done >= from) latenciesMs.push(done - begun);
    }
  };
  await Promise.all(puts.map(run));
  return {
    putsPerSecond: latenciesMs.length / (durationMs / 1_000),
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}

measure(JSON.parse(process.argv[2] ?? '{}')).then(
  (result) => {
    console.log(JSON.stringify(result));
    return endProcess(0);
  },
  (error) => {
    console.error(error);
    return endProcess(1);
  },
);

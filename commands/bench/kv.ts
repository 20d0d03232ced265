/**
 * npm run bench -- kv: acknowledged replicated puts per second, and how long each takes. A view
 * service and two replicas run as processes of their own, the clients in another one; all of them
 * share the machine. Each figure is the median of several rounds, and a peer takes turns with us,
 * so that both see the same machine.
 */
import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { replaceFile } from '../../runtime/replace-file';
import { ProgramFailure } from '../../runtime/terminal/exit';
import { RealCluster } from '../../worlds/real/processes';
import type { BenchResult, LoadSpec } from './load-spec';
import { RedisPair, redisVersion } from './redis';
import { median, table } from './statistics';

export interface KvBenchOptions {
  readonly clients: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly valueBytes: number;
  /** Where to write the figures; undefined: nowhere. */
  readonly json: string | undefined;
  readonly peer: 'redis' | undefined;
  readonly print: (text: string) => void;
}

export interface KvRow extends BenchResult {
  readonly clients: number;
}

export interface KvReport {
  readonly machine: { readonly cores: number; readonly memoryGiB: number; readonly node: string };
  readonly rows: readonly KvRow[];
  readonly peer?: {
    readonly name: string;
    readonly version: string;
    readonly rows: readonly KvRow[];
    /** Our puts per second divided by the peer's. */
    readonly ratios: readonly { readonly clients: number; readonly ratio: number }[];
  };
}

const warmUpMs = 1_000;
const run = promisify(execFile);
const launcher = path.resolve(__dirname, '..', '..', 'scripts', 'run.cjs');

export async function benchKv(options: KvBenchOptions): Promise<void> {
  const version = options.peer === undefined ? undefined : requireRedis();
  const cluster = await RealCluster.start(2);
  // Should this process be told to end, its children go with it: their channel to it closes.
  let redis: RedisPair | undefined;
  try {
    if (version !== undefined) redis = await RedisPair.start();
    const viewService = cluster.viewService.address;
    const ours: LoadSpec['target'] = { system: 'viewlab', viewService };
    const theirs = redis && ({ system: 'redis', port: redis.port } as const);
    const report = await measureAll(options, ours, theirs, version);
    if (options.json !== undefined) {
      replaceFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    }
  } finally {
    await Promise.all([cluster.endAll(), redis?.end()]);
  }
}

function requireRedis(): string {
  const version = redisVersion();
  if (version !== undefined) return version;
  throw new ProgramFailure(
    'redis-server is not installed. On Debian and Ubuntu: apt-get install redis-server',
  );
}

async function measureAll(
  options: KvBenchOptions,
  ours: LoadSpec['target'],
  theirs: LoadSpec['target'] | undefined,
  version: string | undefined,
): Promise<KvReport> {
  const { seconds, rounds, valueBytes, print } = options;
  const machine = {
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.versions.node,
  };
  const { cores, memoryGiB, node } = machine;
  print(
    `${cores} cores, ${memoryGiB} GiB, Node.js ${node}; values of ${valueBytes} bytes; ` +
      `median of ${rounds} rounds of ${seconds} s`,
  );
  const rows: KvRow[] = [];
  const peerRows: KvRow[] = [];
  for (const clients of options.clients) {
    const own: BenchResult[] = [];
    const peer: BenchResult[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const spec = { clients, warmUpMs, durationMs: seconds * 1_000, valueBytes };
      own.push(await load({ ...spec, target: ours }));
      if (theirs !== undefined) peer.push(await load({ ...spec, target: theirs }));
    }
    rows.push(medianRow(clients, own));
    if (theirs !== undefined) peerRows.push(medianRow(clients, peer));
  }
  if (version === undefined) {
    print(kvTable(rows));
    return { machine, rows };
  }
  print(kvTable(rows, peerRows, 'redis'));
  return {
    machine,
    rows,
    peer: { name: 'redis', version, rows: peerRows, ratios: ratios(rows, peerRows) },
  };
}

async function load(spec: LoadSpec): Promise<BenchResult> {
  const program = [launcher, 'commands/bench/load', JSON.stringify(spec)];
  const { stdout } = await run(process.execPath, program);
  return JSON.parse(stdout);
}

export function medianRow(clients: number, results: readonly BenchResult[]): KvRow {
  const of = (figure: keyof BenchResult) => median(results.map((result) => result[figure]));
  return {
    clients,
    putsPerSecond: Math.round(of('putsPerSecond')),
    p50Ms: round3(of('p50Ms')),
    p99Ms: round3(of('p99Ms')),
  };
}

function ratios(rows: readonly KvRow[], peerRows: readonly KvRow[]) {
  return rows.map(({ clients, putsPerSecond }, index) => ({
    clients,
    ratio: round3(putsPerSecond / (peerRows[index]?.putsPerSecond ?? Number.NaN)),
  }));
}

export function kvTable(
  rows: readonly KvRow[],
  peerRows: readonly KvRow[] = [],
  peer = 'peer',
): string {
  const withPeer = peerRows.length > 0;
  const figures = ['puts/s', 'p50 ms', 'p99 ms'];
  const heading = ['clients', ...figures];
  if (withPeer) heading.push(...figures.map((figure) => `${peer} ${figure}`), 'ratio');
  const cells = (row: KvRow) => [
    `${row.putsPerSecond}`,
    row.p50Ms.toFixed(2),
    row.p99Ms.toFixed(2),
  ];
  const ratio = ratios(rows, peerRows);
  const lines = rows.map((row, index) => {
    const other = peerRows[index];
    const compared =
      other === undefined ? [] : [...cells(other), ratio[index]?.ratio.toFixed(2) ?? ''];
    return [`${row.clients}`, ...cells(row), ...compared];
  });
  return table(heading, lines);
}

function round3(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

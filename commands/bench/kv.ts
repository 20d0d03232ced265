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
import type { Address } from '../../runtime/node';
import { replaceFile } from '../../runtime/replace-file';
import { ProgramFailure } from '../../runtime/terminal/exit';
import { RealCluster } from '../../worlds/real/processes';
import { BareChain } from './bare-chain';
import type { BenchResult, LoadSpec, PeerName } from './load-spec';
import { RedisPair, redisVersion } from './redis';
import { median, table } from './statistics';

export interface KvBenchOptions {
  readonly clients: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly valueBytes: number;
  /** Where to write the figures; undefined: nowhere. */
  readonly json: string | undefined;
  readonly peers: readonly PeerName[];
  readonly print: (text: string) => void;
}

export interface KvRow extends BenchResult {
  readonly clients: number;
}

export interface KvReport {
  readonly machine: { readonly cores: number; readonly memoryGiB: number; readonly node: string };
  readonly rows: readonly KvRow[];
  readonly peers: readonly PeerReport[];
}

interface PeerReport {
  readonly name: PeerName;
  readonly version: string;
  readonly rows: readonly KvRow[];
  /** Our puts per second divided by the peer's. */
  readonly ratios: readonly { readonly clients: number; readonly ratio: number }[];
}

/** A peer that runs. */
interface RunningPeer {
  readonly name: PeerName;
  readonly version: string;
  readonly port: number;
  end(): Promise<void>;
}

const warmUpMs = 1_000;
const run = promisify(execFile);
const launcher = path.resolve(__dirname, '..', '..', 'scripts', 'run.cjs');

export async function benchKv(options: KvBenchOptions): Promise<void> {
  const version = options.peers.includes('redis') ? requireRedis() : '';
  const cluster = await RealCluster.start(2);
  // Should this process be told to end, its children go with it: their channel to it closes.
  const peers: RunningPeer[] = [];
  try {
    for (const name of options.peers) peers.push(await startPeer(name, version));
    const report = await measureAll(options, cluster.viewService.address, peers);
    if (options.json !== undefined) {
      replaceFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    }
  } finally {
    await Promise.all([cluster.endAll(), ...peers.map((peer) => peer.end())]);
  }
}

async function startPeer(name: PeerName, redisVersion: string): Promise<RunningPeer> {
  const peer = name === 'redis' ? await RedisPair.start() : await BareChain.start();
  const version = name === 'redis' ? redisVersion : `Node.js ${process.versions.node}`;
  return { name, version, port: peer.port, end: () => peer.end() };
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
  viewService: Address,
  peers: readonly RunningPeer[],
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
  const targets: readonly LoadSpec['target'][] = [
    { system: 'viewlab', viewService },
    ...peers.map(({ name, port }) => ({ system: name, port })),
  ];
  const tables: KvRow[][] = targets.map(() => []);
  for (const clients of options.clients) {
    const results: BenchResult[][] = targets.map(() => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [i, target] of targets.entries()) {
        const spec = { target, clients, warmUpMs, durationMs: seconds * 1_000, valueBytes };
        results[i]?.push(await load(spec));
      }
    }
    for (const [i, result] of results.entries()) tables[i]?.push(medianRow(clients, result));
  }
  const [rows = [], ...others] = tables;
  const compared = peers.map(({ name, version }, i) => {
    const theirs = others[i] ?? [];
    return { name, version, rows: theirs, ratios: ratios(rows, theirs) };
  });
  print(kvTable(rows, compared));
  return { machine, rows, peers: compared };
}

async function load(spec: LoadSpec): Promise<BenchResult> {
  const program = [launcher, 'commands/bench/load', JSON.stringify(spec)];
  const { stdout } = await run(process.execPath, program);
  return JSON.parse(stdout);
}

function medianRow(clients: number, results: readonly BenchResult[]): KvRow {
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

function kvTable(rows: readonly KvRow[], peers: readonly PeerReport[]): string {
  const figures = ['puts/s', 'p50 ms', 'p99 ms'];
  const heading = ['clients', ...figures];
  for (const { name } of peers) {
    heading.push(...figures.map((figure) => `${name} ${figure}`), `ratio to ${name}`);
  }
  const cells = (row: KvRow | undefined) =>
    row === undefined ? [] : [`${row.putsPerSecond}`, row.p50Ms.toFixed(2), row.p99Ms.toFixed(2)];
  const lines = rows.map((row, i) => [
    `${row.clients}`,
    ...cells(row),
    ...peers.flatMap((peer) => [...cells(peer.rows[i]), peer.ratios[i]?.ratio.toFixed(2) ?? '']),
  ]);
  return table(heading, lines);
}

function round3(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/**
 * npm run bench -- arbiter: what a failover costs with a view service, with etcd and with ZooKeeper.
 * A cluster of three replicas for each; in turn, the primary of each is killed (kill -9) while
 * clients write. The failover time is from the kill to the next view; the gap is from the last
 * acknowledged write before it to the first one after it, as the clients see it.
 */
import os from 'node:os';
import {
  type ArbiterKind,
  type ArbiterUrl,
  arbiterKinds,
  formatArbiterUrl,
  openCoordination,
} from '../../arbiter/arbiter-url';
import { LocalService, whyNotHere } from '../../arbiter/local/local-service';
import { type ClientConnection, openConnection, type WhomToAsk } from '../../client/connection';
import { replaceFile } from '../../runtime/replace-file';
import type { View } from '../../viewservice/api';
import { RunningProgram } from '../../worlds/real/processes';
import { median, percentile, table } from './statistics';

export interface ArbiterBenchOptions {
  /** Failovers for each arbiter. */
  readonly rounds: number;
  /** Where to write the figures; undefined: nowhere. */
  readonly json: string | undefined;
  readonly print: (text: string) => void;
}

type Name = 'view service' | ArbiterKind;

interface Sample {
  readonly failoverMs: number;
  readonly gapMs: number;
}

/** The lease that replicas ask for unless told otherwise: etcd grants no less than 2 s. */
const ttlMs = 500;
const clients = 4;
const replicas = 3;
const settleMs = 1_000;
const withinMs = 30_000;

export async function benchArbiter({ rounds, json, print }: ArbiterBenchOptions): Promise<void> {
  const cores = os.availableParallelism();
  const memoryGiB = Math.round(os.totalmem() / 2 ** 30);
  const machine = { cores, memoryGiB, node: process.versions.node };
  print(
    `${cores} cores, ${memoryGiB} GiB, Node.js ${machine.node}; ${rounds} failovers each, ` +
      `${clients} clients that write all the time`,
  );
  const missing = arbiterKinds.flatMap((kind) => whyNotHere(kind) ?? []);
  for (const why of missing) print(`left out: ${why}`);
  const names: readonly Name[] = [
    'view service',
    ...arbiterKinds.filter((kind) => whyNotHere(kind) === undefined),
  ];
  const samples = new Map<Name, Sample[]>(names.map((name) => [name, []]));
  const lasts = new Map<Name, string>();
  // In turn, so that all see the same machine.
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const cluster = await Cluster.start(name);
      try {
        samples.get(name)?.push(await cluster.failover());
        lasts.set(name, cluster.leaseInWords);
      } finally {
        await cluster.end();
      }
    }
  }
  const rows = names.map((name) => ({
    name,
    lease: lasts.get(name) ?? '',
    ...figures(samples.get(name) ?? []),
  }));
  if (json !== undefined)
    replaceFile(json, `${JSON.stringify({ machine, rounds, rows }, null, 2)}\n`);
  print(
    table(
      ['arbiter', 'dead after', 'failover s', 'most', 'gap in writes s', 'most'],
      rows.map((row) => [
        row.name,
        row.lease,
        ...[row.failoverMs, row.worstFailoverMs, row.gapMs, row.worstGapMs].map((ms) =>
          (ms / 1_000).toFixed(2),
        ),
      ]),
    ),
  );
}

function figures(samples: readonly Sample[]) {
  const failovers = samples.map(({ failoverMs }) => failoverMs);
  const gaps = samples.map(({ gapMs }) => gapMs);
  return {
    failoverMs: median(failovers),
    worstFailoverMs: percentile(failovers, 1),
    gapMs: median(gaps),
    worstGapMs: percentile(gaps, 1),
  };
}

/** Three replicas and who decides about them, all of them processes, and clients that write. */
class Cluster {
  /** The fault that makes a server count as dead. */
  leaseInWords = '5 pings of 0.1 s';
  private readonly programs: RunningProgram[] = [];
  private service: LocalService | undefined;
  private connections: ClientConnection[] = [];
  private ask: WhomToAsk = { viewService: '' };
  private lastAckMs = 0;
  private gaps: number[] = [];
  private writing = true;
  private writers: Promise<unknown> = Promise.resolve();

  static async start(name: Name): Promise<Cluster> {
    const cluster = new Cluster();
    try {
      await cluster.open(name);
    } catch (error) {
      await cluster.end();
      throw error;
    }
    return cluster;
  }

  /** Kills the primary; resolves with what that cost. */
  async failover(): Promise<Sample> {
    this.write();
    await pause(settleMs);
    const view = await this.view();
    const primary = this.programs.find(({ address }) => address === view.primary);
    if (primary === undefined) throw new Error('expected a primary, got nobody');
    this.gaps = [];
    const killedAt = performance.now();
    await primary.kill();
    const next = () => this.newestView() > view.viewnum;
    await until(next);
    const failoverMs = performance.now() - killedAt;
    await until(() => this.lastAckMs > killedAt + failoverMs);
    this.writing = false;
    await this.writers;
    return { failoverMs, gapMs: Math.max(...this.gaps) };
  }

  async end(): Promise<void> {
    this.writing = false;
    for (const connection of this.connections) await connection.close();
    await Promise.all(this.programs.map((program) => program.kill()));
    await this.service?.stop();
  }

  private async open(name: Name): Promise<void> {
    let where: readonly string[];
    if (name === 'view service') {
      const views = await this.launch('viewservice/main', ['--port', '0']);
      this.ask = { viewService: views.address };
      where = ['--viewservice', views.address];
    } else {
      this.service = await LocalService.start(name);
      const { url } = this.service;
      this.ask = { arbiter: url };
      this.leaseInWords = await leaseInWords(url);
      where = ['--arbiter', formatArbiterUrl(url)];
    }
    for (let count = 0; count < replicas; count += 1) {
      await this.launch('pbservice/main', ['--port', '0', ...where]);
    }
    for (let count = 0; count < clients; count += 1) {
      this.connections.push(await openConnection({ ask: this.ask, token: undefined }));
    }
    await until(async () => (await this.view()).backup !== null);
    await pause(settleMs);
  }

  private async launch(program: string, args: readonly string[]): Promise<RunningProgram> {
    const launched = new RunningProgram({ program, args });
    this.programs.push(launched);
    await launched.until(({ type }) => type === 'ready');
    return launched;
  }

  private view(): Promise<View> {
    return (this.connections[0] as ClientConnection).view();
  }

  /** The newest view that anybody has logged: asking would cost the cluster something. */
  private newestView(): number {
    const views = this.programs.flatMap(({ lines }) =>
      lines.flatMap((line) =>
        line.type === 'log' && line.event === 'view' ? [Number(line.fields.viewnum)] : [],
      ),
    );
    return Math.max(0, ...views);
  }

  private write(): void {
    const run = async ({ clerk }: ClientConnection, index: number) => {
      for (let count = 0; this.writing; count += 1) {
        await clerk.put(`key-${index}`, `${count}`);
        const now = performance.now();
        if (this.lastAckMs > 0) this.gaps.push(now - this.lastAckMs);
        this.lastAckMs = now;
      }
    };
    this.writers = Promise.all(this.connections.map(run));
  }
}

/** How long a replica may trust what the service grants it for five pings of 0.1 s. */
async function leaseInWords(url: ArbiterUrl): Promise<string> {
  const coordination = openCoordination(url);
  const { trustMs } = await coordination.openSession(ttlMs);
  await coordination.close();
  return `lease trusted ${trustMs / 1_000} s`;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it did not happen within ${withinMs} ms`);
    await pause(2);
  }
}

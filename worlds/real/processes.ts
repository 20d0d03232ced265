/**
 * The real programs as child processes: start them, kill them, stop and continue them, read what
 * they log. Whatever was started ends with `endAll`, or else with the process that started it: each
 * child has a channel to it, and stops when that closes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Address } from '../../runtime/node';
import { type LogLine, parseLogLine } from '../../runtime/terminal/log-lines';

const root = path.resolve(__dirname, '../..');
const launcher = path.join(root, 'scripts', 'run.cjs');

/** How long a program may take to say that it is ready: a cold compiler on a busy machine is slow. */
const readyWithinMs = 120_000;

export interface ProgramOptions {
  /** As scripts/run.cjs takes it, for instance `pbservice/main`. */
  readonly program: string;
  readonly args: readonly string[];
}

export class RunningProgram {
  readonly options: ProgramOptions;
  /** The log lines of the program so far. */
  readonly lines: LogLine[] = [];
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;
  private readonly watchers = new Set<() => void>();
  private errors = '';

  constructor(options: ProgramOptions) {
    this.options = options;
    this.child = spawn(
      process.execPath,
      [launcher, options.program, ...options.args, '--log', 'json'],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
    );
    this.child.stderr?.on('data', (data) => {
      this.errors += data;
    });
    if (this.child.stdout !== null) {
      createInterface({ input: this.child.stdout }).on('line', (text) => this.take(text));
    }
    // A stopped process does not see that the channel closes.
    const killWithUs = () => this.child.kill('SIGKILL');
    process.once('exit', killWithUs);
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        process.off('exit', killWithUs);
        resolve({ code, signal });
        this.notify();
      });
    });
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Where it listens. */
  get address(): Address {
    const ready = this.lines.find((line) => line.type === 'ready');
    if (ready === undefined) throw new Error(`${this.options.program} is not ready yet`);
    return ready.address;
  }

  get port(): number {
    return Number(this.address.slice(this.address.lastIndexOf(':') + 1));
  }

  /** Resolves with the first log line, of old ones and new ones, that fits. */
  until<Line extends LogLine>(
    fits: (line: LogLine) => line is Line,
    withinMs?: number,
  ): Promise<Line>;
  until(fits: (line: LogLine) => boolean, withinMs?: number): Promise<LogLine>;
  until(fits: (line: LogLine) => boolean, withinMs = readyWithinMs): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.watchers.delete(look);
        settle();
      };
      const fail = (why: string) => {
        const seen = this.lines.slice(-5).map((line) => JSON.stringify(line));
        const details = [...seen, this.errors].join('\n');
        finish(() => reject(new Error(`${this.options.program} ${why}\n${details}`)));
      };
      const look = () => {
        const line = this.lines.find(fits);
        if (line !== undefined) finish(() => resolve(line));
        else if (this.ended) fail('ended');
      };
      const timer = setTimeout(() => fail(`did not log it within ${withinMs} ms`), withinMs);
      this.watchers.add(look);
      look();
    });
  }

  /** Sends a signal: SIGKILL, SIGSTOP, SIGCONT, SIGTERM. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** kill -9; resolves when the process is gone. */
  async kill(): Promise<void> {
    if (this.ended) return;
    // A stopped process dies of SIGKILL, too.
    this.signal('SIGKILL');
    await this.exited;
  }

  private get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private take(text: string): void {
    const line = parseLogLine(text);
    if (line === undefined) return;
    this.lines.push(line);
    this.notify();
  }

  private notify(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}

/** A view service and replicas. */
export class RealCluster {
  private readonly programs = new Set<RunningProgram>();
  private readonly viewServer: RunningProgram;

  private constructor(viewServer: RunningProgram) {
    this.viewServer = viewServer;
    this.programs.add(viewServer);
  }

  static async start(replicas: number): Promise<RealCluster> {
    const viewServer = new RunningProgram({ program: 'viewservice/main', args: ['--port', '0'] });
    const cluster = new RealCluster(viewServer);
    try {
      await untilReady(viewServer);
      for (let index = 0; index < replicas; index += 1) await cluster.startReplica();
      if (replicas > 0) await cluster.untilView({ backup: replicas > 1 });
    } catch (error) {
      await cluster.endAll();
      throw error;
    }
    return cluster;
  }

  get viewService(): RunningProgram {
    return this.viewServer;
  }

  get replicas(): RunningProgram[] {
    return [...this.programs].filter((program) => program !== this.viewServer);
  }

  /** On a port that the system chooses, or on one where a replica ran before. */
  async startReplica(port = 0): Promise<RunningProgram> {
    const replica = new RunningProgram({
      program: 'pbservice/main',
      args: ['--port', `${port}`, '--viewservice', this.viewServer.address],
    });
    this.programs.add(replica);
    await untilReady(replica);
    return replica;
  }

  /** Starts a killed replica again, under its old address and with empty memory. */
  async restart(replica: RunningProgram): Promise<RunningProgram> {
    const { port } = replica;
    this.programs.delete(replica);
    return this.startReplica(port);
  }

  /**
   * The view, as soon as it is one of these: acknowledged (so its backup has the state), newer than
   * `after`, with a backup or not.
   */
  async untilView({ after = 0, backup }: { after?: number; backup: boolean }) {
    let view: ViewFields | undefined;
    await this.viewServer.until(() => {
      const newest = this.newestView();
      if (newest === undefined || newest.viewnum <= after) return false;
      if ((newest.backup !== null) !== backup || !this.acknowledged(newest.viewnum)) return false;
      view = newest;
      return true;
    });
    const { viewnum, primary, backup: second } = view as ViewFields;
    const replicaAt = (address: Address | null) =>
      address === null ? null : this.replicaAt(address);
    return { viewnum, primary: this.replicaAt(primary), backup: replicaAt(second) };
  }

  replicaAt(address: Address): RunningProgram {
    const found = this.replicas.find((replica) => replica.address === address);
    if (found === undefined) throw new Error(`no replica of this cluster has address ${address}`);
    return found;
  }

  /** Kills whatever is left. */
  async endAll(): Promise<void> {
    await Promise.all([...this.programs].map((program) => program.kill()));
  }

  private newestView(): ViewFields | undefined {
    const line = this.viewServer.lines.findLast(
      (candidate) => candidate.type === 'log' && candidate.event === 'view',
    );
    return line?.type === 'log' ? (line.fields as unknown as ViewFields) : undefined;
  }

  private acknowledged(viewnum: number): boolean {
    return this.viewServer.lines.some(
      (line) =>
        line.type === 'log' && line.event === 'acknowledged' && line.fields.viewnum === viewnum,
    );
  }
}

interface ViewFields {
  readonly viewnum: number;
  readonly primary: Address;
  readonly backup: Address | null;
}

async function untilReady(program: RunningProgram): Promise<void> {
  await program.until((line) => line.type === 'ready');
}

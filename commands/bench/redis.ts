/** Redis, a master and one replica, as the peer that the bench compares with. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { freePorts } from '../../arbiter/local/server-process';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { RedisClient } from './redis-client';

const readyWithinMs = 15_000;

/** The version of the redis-server that is installed; undefined when there is none. */
export function redisVersion(): string | undefined {
  const { error, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  return error === undefined ? (/v=(\S+)/.exec(stdout)?.[1] ?? 'unknown') : undefined;
}

export class RedisPair {
  readonly port: number;
  private readonly folder: string;
  private readonly children: ChildProcess[] = [];

  private constructor(port: number) {
    this.port = port;
    this.folder = temporaryFolder('viewlab-redis-');
    process.once('exit', this.kill);
  }

  static async start(): Promise<RedisPair> {
    const [port, replicaPort] = await freePorts(2);
    const pair = new RedisPair(port as number);
    try {
      pair.spawn(pair.port, []);
      pair.spawn(replicaPort as number, ['--replicaof', '127.0.0.1', `${port}`]);
      await untilLinked(replicaPort as number);
    } catch (error) {
      await pair.end();
      throw error;
    }
    return pair;
  }

  async end(): Promise<void> {
    process.off('exit', this.kill);
    const running = this.children.filter(({ exitCode, signalCode }) => !(exitCode ?? signalCode));
    const gone = running.map((child) => new Promise((resolve) => child.once('exit', resolve)));
    this.kill();
    await Promise.all(gone);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private readonly kill = (): void => {
    for (const child of this.children) child.kill('SIGKILL');
  };

  private spawn(port: number, args: readonly string[]): void {
    const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', this.folder];
    // In memory only, like ours.
    const volatile = ['--save', '', '--appendonly', 'no'];
    const quick = ['--repl-diskless-sync-delay', '0'];
    const all = [...settings, ...volatile, ...quick, ...args];
    this.children.push(spawn('redis-server', all, { stdio: 'ignore' }));
  }
}

async function untilLinked(replicaPort: number): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline) {
    try {
      const client = await RedisClient.open(replicaPort);
      const link = await client.replicationLink();
      client.close();
      if (link === 'up') return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the Redis replica did not follow its master within ${readyWithinMs} ms`);
}

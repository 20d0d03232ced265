/**
 * An arbiter's coordination on ZooKeeper. A session is a ZooKeeper session with a connection of its
 * own, and its key an ephemeral node. Reads come from one server, which may lag behind the others;
 * on one connection they never go back in time, and that is all that is asked of them.
 */
import type { Stat } from 'node-zookeeper-client';
import {
  type Coordination,
  membersPrefix,
  type Session,
  type Version,
  type Versioned,
} from './coordination';
import { type Library, ZooKeeperConnection } from './zookeeper-connection';

export interface ZooKeeperOptions {
  /** `host:port` of each server. */
  readonly hosts: readonly string[];
  /** The node below which all is kept: `/pb`. */
  readonly root: string;
}

/** How long one call may take, in milliseconds. */
const callTimeoutMs = 500;
/** How long it may take to open a session, in milliseconds. */
const openTimeoutMs = 2_000;
/** The longest pause of the client before it tries the servers again, in milliseconds. */
const spinDelay = 100;
/** The session of those who only read, in milliseconds. */
const readerTimeoutMs = 10_000;
/**
 * A server of an ensemble tells the leader only now and then whom it has heard: each half tick, and a
 * session lasts at least two ticks. If it dies before it does, the leader ends sessions so much
 * earlier than their holders think, as a share of their time.
 */
const unreportedShare = 0.25;

export class ZooKeeperCoordination implements Coordination {
  readonly name: string;
  private readonly library: Library;
  private readonly options: ZooKeeperOptions;
  /** Connections that were opened and not closed. */
  private readonly connections = new Set<ZooKeeperConnection>();
  /** For reads, writes and watches: that of the session, once there is one. */
  private shared: ZooKeeperConnection | undefined;
  private rootMade = false;
  private closed = false;
  private onChange: () => void = () => undefined;
  /** Always the same, or the client would keep one more at each read. ZooKeeper's watches fire once. */
  private readonly notify = () => this.onChange();

  private constructor(library: Library, options: ZooKeeperOptions) {
    this.library = library;
    this.options = options;
    this.name = `ZooKeeper at ${options.hosts.join(', ')}`;
  }

  /** Loads the client; connects to nothing yet. */
  static open(options: ZooKeeperOptions): ZooKeeperCoordination {
    return new ZooKeeperCoordination(require('node-zookeeper-client') as Library, options);
  }

  async openSession(ttlMs: number): Promise<Session> {
    const connection = this.connect(ttlMs);
    const { client } = connection;
    try {
      await connection.ready(openTimeoutMs);
      await this.makeRoot(connection);
    } catch (error) {
      this.drop(connection);
      throw error;
    }
    let path = this.options.root;
    return {
      id: client.getSessionId().toString('hex'),
      trustMs: client.getSessionTimeout() * (1 - unreportedShare),
      renew: async () => {
        if (connection.lost) return false;
        // Any request that is answered keeps a session alive.
        const [stat] = await connection.call<[Stat | null]>(callTimeoutMs, (done) =>
          client.exists(path, done),
        );
        return stat !== null && !connection.lost;
      },
      attach: async (key, value) => {
        path = this.path(key);
        const { EPHEMERAL } = this.library.CreateMode;
        await connection.call<[string]>(callTimeoutMs, (done) =>
          client.create(path, Buffer.from(value), EPHEMERAL, done),
        );
        // A read on this connection is no older than the writes on it.
        const before = this.shared;
        this.shared = connection;
        if (before !== undefined) this.drop(before);
      },
      end: async () => this.drop(connection),
    };
  }

  async get(key: string): Promise<Versioned> {
    const connection = await this.connection();
    const path = this.path(key);
    try {
      const [data, stat] = await connection.call<[Buffer, Stat]>(callTimeoutMs, (done) =>
        connection.client.getData(path, this.notify, done),
      );
      return { value: data.toString(), version: stat.version };
    } catch (error) {
      if (!this.isCode(error, 'NO_NODE')) throw error;
      return { value: null, version: null };
    }
  }

  async list(prefix: string): Promise<readonly string[]> {
    const connection = await this.connection();
    const [children] = await connection.call<[string[]]>(callTimeoutMs, (done) =>
      connection.client.getChildren(this.path(withoutSlash(prefix)), this.notify, done),
    );
    return children;
  }

  async compareAndSwap(key: string, version: Version, value: string): Promise<boolean> {
    const connection = await this.connection();
    const { client } = connection;
    const [path, data] = [this.path(key), Buffer.from(value)];
    try {
      await connection.call<[string] | [Stat]>(callTimeoutMs, (done) => {
        if (version === null) client.create(path, data, done);
        else client.setData(path, data, version as number, done);
      });
      return true;
    } catch (error) {
      if (this.isCode(error, 'NODE_EXISTS') || this.isCode(error, 'BAD_VERSION')) return false;
      throw error;
    }
  }

  watch(onChange: () => void): void {
    this.onChange = onChange;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const connection of this.connections) this.drop(connection);
    await new Promise((resolve) => setTimeout(resolve, closePauseMs));
  }

  private async connection(): Promise<ZooKeeperConnection> {
    if (this.closed) throw new Error('closed');
    let { shared } = this;
    if (shared === undefined || shared.lost) {
      if (shared !== undefined) this.drop(shared);
      shared = this.connect(readerTimeoutMs);
      this.shared = shared;
    }
    await shared.ready(callTimeoutMs);
    await this.makeRoot(shared);
    return shared;
  }

  private path(key: string): string {
    return `${this.options.root}/${key}`;
  }

  private async makeRoot(connection: ZooKeeperConnection): Promise<void> {
    if (this.rootMade) return;
    await connection.call<[string]>(callTimeoutMs, (done) =>
      connection.client.mkdirp(this.path(withoutSlash(membersPrefix)), done),
    );
    this.rootMade = true;
  }

  private connect(ttlMs: number): ZooKeeperConnection {
    const options = { sessionTimeout: ttlMs, spinDelay, retries: 0 };
    const connection = new ZooKeeperConnection(this.library, this.options.hosts, options);
    this.connections.add(connection);
    return connection;
  }

  private drop(connection: ZooKeeperConnection): void {
    this.connections.delete(connection);
    if (this.shared === connection) this.shared = undefined;
    connection.close();
  }

  private isCode(error: unknown, name: 'NO_NODE' | 'NODE_EXISTS' | 'BAD_VERSION'): boolean {
    return (error as { code?: number }).code === this.library.Exception[name];
  }
}

/** The last message, which ends a session, leaves within so many milliseconds. */
const closePauseMs = 50;

function withoutSlash(prefix: string): string {
  return prefix.replace(/\/$/, '');
}

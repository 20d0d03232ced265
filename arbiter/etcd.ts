/**
 * An arbiter's coordination on etcd (API v3). Reads are linearizable: a quorum answers for them. A
 * session is a lease; its time is granted in whole seconds, and etcd has a least one of its own.
 */
import type { Etcd3, ILeaseKeepAliveResponse, IOptions, LeaseClient } from 'etcd3';
import { messageOf } from '../runtime/errors';
import type { Coordination, Session, Version, Versioned } from './coordination';

export interface EtcdOptions {
  /** `host:port` of each member. */
  readonly hosts: readonly string[];
  /** The prefix of all keys: `/pb/`. */
  readonly prefix: string;
}

/** How long one member may take to answer, in milliseconds, before the next one is asked. */
const callTimeoutMs = 350;
/** The pause before a watch that broke is set up again. */
const watchPauseMs = 500;

/** No policy of the client's own: a call fails at once or at its deadline, and we go to the next member. */
const noPolicy = {
  execute: async <T>(work: (context: { signal: AbortSignal }) => T) =>
    work({ signal: new AbortController().signal }),
};

export class EtcdCoordination implements Coordination {
  readonly name: string;
  private readonly members: readonly Etcd3[];
  private readonly prefix: string;
  /** The member that answered last. */
  private current = 0;
  private readonly sessions = new Set<Session>();
  private closed = false;

  private constructor(members: readonly Etcd3[], { hosts, prefix }: EtcdOptions) {
    this.members = members;
    this.prefix = prefix;
    this.name = `etcd at ${hosts.join(', ')}`;
  }

  /** Loads the client; connects to nothing yet. */
  static open(options: EtcdOptions): EtcdCoordination {
    const { Etcd3 } = require('etcd3') as typeof import('etcd3');
    const faultHandling = { host: () => noPolicy, global: noPolicy } as unknown as NonNullable<
      IOptions['faultHandling']
    >;
    // A member that is back is to be found within a ping or two.
    const grpcOptions = {
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 250,
    };
    const members = options.hosts.map(
      (host) => new Etcd3({ hosts: `http://${host}`, faultHandling, grpcOptions }),
    );
    return new EtcdCoordination(members, options);
  }

  async openSession(ttlMs: number): Promise<Session> {
    const granted = await this.ask((member, limit) =>
      member.leaseClient.leaseGrant({ TTL: Math.ceil(ttlMs / 1_000) }, limit),
    );
    const { ID: id } = granted;
    const session: Session = {
      id,
      // The time granted may be more than was asked for, never less.
      trustMs: Number(granted.TTL) * 1_000,
      renew: () => this.renew(id),
      attach: async (key, value) => {
        await this.ask((member, limit) =>
          member.kv.put({ key: this.bytes(key), value: Buffer.from(value), lease: id }, limit),
        );
      },
      end: async () => {
        this.sessions.delete(session);
        await this.ask((member, limit) => member.leaseClient.leaseRevoke({ ID: id }, limit)).catch(
          () => undefined,
        );
      },
    };
    this.sessions.add(session);
    return session;
  }

  async get(key: string): Promise<Versioned> {
    const { kvs } = await this.ask((member, limit) =>
      member.kv.range({ key: this.bytes(key) }, limit),
    );
    const [found] = kvs;
    if (found === undefined) return { value: null, version: null };
    return { value: found.value.toString(), version: found.mod_revision };
  }

  async list(prefix: string): Promise<readonly string[]> {
    const key = this.bytes(prefix);
    const { kvs } = await this.ask((member, limit) =>
      member.kv.range({ key, range_end: afterAll(key), keys_only: true }, limit),
    );
    return kvs.map((found) => found.key.toString().slice(key.length));
  }

  async compareAndSwap(key: string, version: Version, value: string): Promise<boolean> {
    const target = { key: this.bytes(key), target: 'Mod', result: 'Equal' } as const;
    const { succeeded } = await this.ask((member, limit) =>
      member.kv.txn(
        {
          // A key that does not exist has revision 0.
          compare: [{ ...target, mod_revision: version ?? 0 }],
          success: [{ request_put: { key: target.key, value: Buffer.from(value) } }],
          failure: [],
        },
        limit,
      ),
    );
    return succeeded;
  }

  watch(onChange: () => void): void {
    void this.keepWatching(onChange);
  }

  async close(): Promise<void> {
    await Promise.all([...this.sessions].map((session) => session.end()));
    this.closed = true;
    for (const member of this.members) member.close();
  }

  /**
   * A leader that was cut off goes on for a while to renew leases that the new leader lets end. So a
   * renewal counts only when a quorum has confirmed, after it, that the term has not changed.
   */
  private async renew(id: string): Promise<boolean> {
    return this.ask(async (member, limit) => {
      const renewed = await keepAlive(member.leaseClient, id, limit);
      if (renewed.TTL === '0') return false;
      const { header } = await member.kv.range({ key: this.bytes(''), count_only: true }, limit);
      if (header.raft_term === renewed.header.raft_term) return true;
      throw new Error('the leader of etcd has just changed');
    });
  }

  /** Asks the member that answered last, and when it does not answer, each other one once. */
  private async ask<T>(
    question: (member: Etcd3, limit: { deadline: number }) => Promise<T>,
  ): Promise<T> {
    let failure: unknown;
    for (let tries = 0; tries < this.members.length; tries += 1) {
      if (this.closed) break;
      const index = this.current;
      try {
        return await question(this.members[index] as Etcd3, {
          deadline: Date.now() + callTimeoutMs,
        });
      } catch (error) {
        failure = error;
        // Somebody else may have moved on already.
        if (this.current === index) this.current = (index + 1) % this.members.length;
      }
    }
    throw new Error(this.closed ? 'closed' : inOurWords(messageOf(failure)));
  }

  private async keepWatching(onChange: () => void): Promise<void> {
    while (!this.closed) {
      const member = this.members[this.current] as Etcd3;
      try {
        const watcher = await member.watch().prefix(this.prefix).create();
        await new Promise<void>((resolve) => {
          watcher.on('data', onChange);
          watcher.on('error', () => resolve());
          watcher.on('end', () => resolve());
          watcher.on('disconnected', () => resolve());
        });
        await watcher.cancel();
      } catch {
        // A watch is a hint: the next ping looks anyway.
      }
      await new Promise((resolve) => setTimeout(resolve, watchPauseMs).unref());
    }
  }

  private bytes(key: string): Buffer {
    return Buffer.from(this.prefix + key);
  }
}

/** The message of the client, which is long: `4 DEADLINE_EXCEEDED: Deadline exceeded after 0.351s,...`. */
function inOurWords(message: string): string {
  if (message.includes('DEADLINE_EXCEEDED')) return `no answer within ${callTimeoutMs} ms`;
  return message.replace(/^\d+ [A-Z_]+: /, '');
}

/** One renewal, on a stream of its own. */
async function keepAlive(client: LeaseClient, id: string, limit: { deadline: number }) {
  const stream = await client.leaseKeepAlive(limit);
  try {
    return await new Promise<ILeaseKeepAliveResponse>((resolve, reject) => {
      stream.on('data', resolve);
      stream.on('error', reject);
      stream.write({ ID: id });
    });
  } finally {
    stream.on('error', () => undefined);
    stream.end();
  }
}

/** The first key that does not begin with `prefix`. Our prefixes end with a slash. */
function afterAll(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end[end.length - 1] as number) + 1;
  return end;
}

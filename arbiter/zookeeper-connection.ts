/**
 * A connection to ZooKeeper, which is a session, too: calls with promises and a bound on their time.
 *
 * The client behind it connects again by itself, but only to what says that it is gone: it waits for
 * ever for a server that took the connection and answers nothing, and goes on asking one that refuses
 * its session. So a connection on which nothing has been heard for too long counts as lost.
 */
import type { Socket } from 'node:net';
import type { Client, Exception } from 'node-zookeeper-client';

/** As the client's calls end: with an error that has a code, or with results. */
type Done<Results extends unknown[]> = (
  error: Error | Exception | null,
  ...results: Results
) => void;

/** A connection on which calls have had no answer for so long is lost, in milliseconds. */
const silenceMs = 3_000;
/** How long a server may take to end a session that is closed, in milliseconds. */
const closeTimeoutMs = 1_000;

export type Library = typeof import('node-zookeeper-client');
type Options = Parameters<Library['createClient']>[1];

export class ZooKeeperConnection {
  readonly client: Client;
  private readonly states: Library['State'];
  private readonly connected: Promise<void>;
  /** The server has said that the session is over. */
  private ended = false;
  /** Since when somebody has been waiting, and nothing has come. */
  private waitingSinceMs: number | undefined = performance.now();

  constructor({ createClient, State }: Library, hosts: readonly string[], options: Options) {
    const client = createClient(hosts.join(','), options);
    this.client = client;
    this.states = State;
    this.connected = new Promise((resolve) => client.once('connected', resolve));
    client.on('connected', () => this.heard());
    client.on('expired', () => {
      this.ended = true;
    });
    // Half an answer when a connection breaks: the client would add the next connection's to it.
    client.on('disconnected', () => {
      managerOf(client).pendingBuffer = null;
    });
    client.connect();
  }

  /** The session is over, or the server has been silent for too long. */
  get lost(): boolean {
    const { ended, waitingSinceMs = Number.POSITIVE_INFINITY } = this;
    return ended || performance.now() - waitingSinceMs > silenceMs;
  }

  /** Resolves when it is or has been connected; after that the client sees to it that it is again. */
  ready(withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`no connection within ${withinMs} ms`));
      const timer = setTimeout(late, withinMs);
      void this.connected.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The results of a call. What times out here may still be done, once the connection is back. */
  call<Results extends unknown[]>(
    withinMs: number,
    start: (done: Done<Results>) => void,
  ): Promise<Results> {
    this.waitingSinceMs ??= performance.now();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer within ${withinMs} ms`)),
        withinMs,
      );
      start((error, ...results) => {
        clearTimeout(timer);
        if (error === null || error === undefined) {
          this.heard();
          resolve(results);
          return;
        }
        if (isAnswer(error)) this.heard();
        reject(error);
      });
    });
  }

  /** Ends the session; a server that is not reached ends it when its time is up. */
  close(): void {
    const manager = managerOf(this.client);
    if (this.client.getState() === this.states.SYNC_CONNECTED) {
      this.client.close();
      // The client waits for the answer, however long that takes.
      setTimeout(() => manager.socket?.destroy(), closeTimeoutMs).unref();
      return;
    }
    // Told to close while it connects, the client would take the answer to that for one to a call, and
    // throw where nobody can catch it. So it is kept from hearing it, and from trying again.
    manager.connect = () => undefined;
    manager.onSocketConnected = () => manager.socket?.destroy();
    manager.onSocketData = () => undefined;
    manager.socket?.removeAllListeners('data');
    manager.socket?.destroy();
  }

  private heard(): void {
    this.waitingSinceMs = undefined;
  }
}

/** The names of the errors that the client makes up when it gets no answer. */
const withoutAnswer: readonly string[] = ['CONNECTION_LOSS', 'SESSION_EXPIRED', 'AUTH_FAILED'];

function isAnswer(error: Error | Exception): boolean {
  return 'code' in error && !withoutAnswer.includes(error.name);
}

/** The part of the client that keeps the connection. It offers no other way to end one that is stuck. */
interface Manager {
  socket?: Socket;
  pendingBuffer: Buffer | null;
  connect(): void;
  onSocketConnected(): void;
  onSocketData(): void;
}

function managerOf(client: Client): Manager {
  return (client as unknown as { connectionManager: Manager }).connectionManager;
}

/** A connection to ZooKeeper, which is a session, too: calls with promises and a bound on their time. */
import type { Client, Exception } from 'node-zookeeper-client';

/** As the client's calls end: with an error that has a code, or with results. */
type Done<Results extends unknown[]> = (
  error: Error | Exception | null,
  ...results: Results
) => void;

export class Connection {
  readonly client: Client;
  /** The server has said that the session is over. */
  expired = false;
  private readonly connected: Promise<void>;

  constructor(client: Client) {
    this.client = client;
    this.connected = new Promise((resolve) => client.once('connected', resolve));
    client.on('expired', () => {
      this.expired = true;
    });
    client.connect();
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
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer within ${withinMs} ms`)),
        withinMs,
      );
      start((error, ...results) => {
        clearTimeout(timer);
        if (error !== null && error !== undefined) reject(error);
        else resolve(results);
      });
    });
  }

  /** Ends the session; a server that is not reached ends it when its time is up. */
  close(): void {
    this.client.close();
  }
}

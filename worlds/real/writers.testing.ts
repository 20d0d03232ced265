/** Clients that append to logs of their own, so that every acknowledged write can be checked. */
import { Clerk } from '../../client/clerk';
import type { Address } from '../../runtime/node';
import { Host } from '../../runtime/websocket/host';

export class Writer {
  readonly key: string;
  acknowledged = 0;
  private readonly clerk: Clerk;
  private readonly host: Host;
  private stopping = false;
  private running: Promise<void> = Promise.resolve();

  private constructor(key: string, host: Host, clerk: Clerk) {
    this.key = key;
    this.host = host;
    this.clerk = clerk;
  }

  static async open(key: string, viewService: Address): Promise<Writer> {
    let clerk!: Clerk;
    const host = await Host.start({
      boot: (runtime) => {
        clerk = new Clerk(runtime, { viewService });
        return { serves: [] };
      },
    });
    return new Writer(key, host, clerk);
  }

  /** Appends `0;`, `1;`, `2;` ... one after the other, until `finish`. */
  begin(): void {
    this.running = this.run();
  }

  /** Resolves when so many appends more have been acknowledged. */
  async untilMore(count: number, withinMs = 30_000): Promise<void> {
    const target = this.acknowledged + count;
    const deadline = performance.now() + withinMs;
    while (this.acknowledged < target) {
      if (performance.now() > deadline) {
        const missing = target - this.acknowledged;
        throw new Error(`${this.key}: ${missing} of ${count} appends not done in ${withinMs} ms`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Lets the append under way finish; then reads the log back. */
  async finish(): Promise<string> {
    this.stopping = true;
    await this.running;
    return (await this.clerk.get(this.key)) ?? '';
  }

  /** The log that must be there: each acknowledged append once, in order. */
  get expected(): string {
    return Array.from({ length: this.acknowledged }, (_, index) => `${index};`).join('');
  }

  close(): void {
    this.stopping = true;
    this.host.crash();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      await this.clerk.append(this.key, `${this.acknowledged};`);
      this.acknowledged += 1;
    }
  }
}

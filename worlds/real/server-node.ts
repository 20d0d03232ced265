/**
 * A server of the real world under its name: a proxy that stands as long as the run, and behind it
 * one process after the other, one for each incarnation.
 */
import type { LogLine } from '../../runtime/terminal/log-lines';
import type { FaultProxy } from '../../runtime/websocket/fault-proxy';
import { ServerProcess } from './server-process';

export interface ServerNodeOptions {
  readonly name: string;
  /** The program and its arguments, but for --port and --advertise. */
  readonly program: string;
  readonly args: () => Promise<readonly string[]>;
  readonly proxy: Promise<FaultProxy>;
  readonly onLine: (line: LogLine | string) => void;
  readonly onUnexpectedEnd: (how: string, errors: string) => void;
}

export class ServerNode {
  /** As the scenario wants it; the process follows as fast as it can. */
  running = false;
  paused = false;
  /** Resolves when the process is ready to be called, or has ended. */
  begun: Promise<void> = Promise.resolve();
  private readonly options: ServerNodeOptions;
  private process: ServerProcess | undefined;
  private incarnation = 0;
  private closed = false;

  constructor(options: ServerNodeOptions) {
    this.options = options;
  }

  get pid(): number | undefined {
    return this.running ? this.process?.pid : undefined;
  }

  /** `others`: resolves when all that were started before have begun; it begins after them. */
  start(others: Promise<void>): void {
    this.running = true;
    this.incarnation += 1;
    const { incarnation } = this;
    const isWanted = () => incarnation === this.incarnation && this.running && !this.closed;
    this.begun = others.then(() => this.launch(isWanted));
  }

  crash(): void {
    this.running = false;
    this.paused = false;
    this.process?.kill();
    this.options.proxy.then((proxy) => {
      if (!this.running) proxy.target = undefined;
    });
  }

  pause(): void {
    this.paused = true;
    const { begun } = this;
    // A process that is stopped before it has begun would never begin.
    void begun.then(() => {
      if (this.paused && this.begun === begun) this.process?.pause();
    });
  }

  resume(): void {
    this.paused = false;
    this.process?.resume();
  }

  /** Ends whatever there is of it; resolves when nothing is left. */
  async close(): Promise<void> {
    this.closed = true;
    this.crash();
    await this.begun;
    await this.process?.ended;
  }

  private async launch(isWanted: () => boolean): Promise<void> {
    const { program, args, onLine, onUnexpectedEnd } = this.options;
    await this.process?.ended;
    const [proxy, ownArgs] = await Promise.all([this.options.proxy, args()]);
    if (!isWanted()) return;
    proxy.target = undefined;
    const process = new ServerProcess(
      program,
      // A free port each time: the old one may belong to somebody else by now.
      [...ownArgs, '--port', '0', '--advertise', proxy.address],
      {
        onReady: (listening) => {
          if (isWanted()) proxy.target = listening;
        },
        onLine,
        onUnexpectedEnd,
      },
    );
    this.process = process;
    await process.begun;
  }
}

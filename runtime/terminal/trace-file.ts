/**
 * Writes a trace to a file, in pieces: few system calls, and never more than one piece in memory,
 * which an asynchronous stream could not promise.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { messageOf } from '../errors';
import { encodeTraceEvent, type TraceEvent } from '../trace';
import { UsageError } from './exit';

const pieceLength = 64 * 1024;
/** The interval of flushes, so that one can watch the file grow. */
const flushIntervalMs = 1_000;

export class TraceFile {
  private readonly path: string;
  private file: number | undefined;
  private pending = '';
  private readonly timer: NodeJS.Timeout;

  /** Makes the file, in place of what was there. */
  constructor(path: string) {
    this.path = path;
    try {
      this.file = openSync(path, 'w');
    } catch (error) {
      throw new UsageError(`--trace: cannot write ${path}: ${messageOf(error)}`);
    }
    this.timer = setInterval(() => this.flush(), flushIntervalMs);
    this.timer.unref();
  }

  readonly write = (event: TraceEvent): void => {
    if (this.file === undefined) return;
    this.pending += encodeTraceEvent(event);
    if (this.pending.length >= pieceLength) this.flush();
  };

  close(): void {
    this.flush();
    clearInterval(this.timer);
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private flush(): void {
    const bytes = Buffer.from(this.pending);
    this.pending = '';
    try {
      for (let written = 0; this.file !== undefined && written < bytes.length; ) {
        written += writeSync(this.file, bytes, written);
      }
    } catch (error) {
      // A full disk must not take the server with it.
      process.stderr.write(`the trace ${this.path} ends here: ${messageOf(error)}\n`);
      this.file = undefined;
    }
  }
}

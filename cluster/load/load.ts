/**
 * A small load generator: clients that write and read a few keys, at a rate, until they are told to
 * stop; what they saw is then judged by the history checker. It is for looking at a cluster under
 * faults, not for measuring it: that is `npm run bench -- kv`.
 */
import { errorInWords } from '../../client/carry-out';
import type { ClientConnection } from '../../client/connection';
import { resultInWords } from '../../client/operations';
import type { HistoryEvent } from '../../judging/history/model/history';
import type { Operation } from '../../pbservice/api';
import type { Clients } from './clients';
import type { Meter } from './meter';

export interface LoadSettings {
  /** Counts the loads of this cluster, from 1: each has keys of its own, which nobody wrote before. */
  readonly number: number;
  /** Of all clients together. */
  readonly ratePerSecond: number;
  /** The names of its clients: where each of them stands. */
  readonly clients: readonly string[];
}

/** Clients of a load, each with one operation under way at a time. */
export const maxLoadClients = 16;
/** Operations a second, of all its clients together. */
export const maxRatePerSecond = 1_000;
/** After so many operations a load stops by itself: more take long to judge. */
export const maxLoadOperations = 20_000;
/** How long an operation may wait before its client goes on with the next one, in milliseconds. */
const operationTimeoutMs = 5_000;
const keyCount = 5;
/** The operations of the clients: as many reads as writes, so that a write that is lost is missed. */
const mix: readonly Operation['op'][] = ['get', 'put', 'get', 'append', 'get', 'put'];

export class Load {
  readonly settings: LoadSettings;
  readonly history: HistoryEvent[] = [];
  /** Resolves when the clients have stopped, because they were told to or had done enough. */
  readonly stopped: Promise<void>;
  operations = 0;
  private readonly meter: Meter;
  private readonly halted = new AbortController();
  private readonly abandoned = new AbortController();

  constructor(settings: LoadSettings, clients: Clients, meter: Meter) {
    this.settings = settings;
    this.meter = meter;
    this.stopped = this.run(clients);
  }

  get keys(): readonly string[] {
    return Array.from({ length: keyCount }, (_, i) => `load${this.settings.number}-${i + 1}`);
  }

  /** Lets the operations under way come to their end, and reads each key once more. */
  stop(): void {
    this.halted.abort();
  }

  /** Ends at once. */
  abandon(): void {
    this.halted.abort();
    this.abandoned.abort();
  }

  private async run(clients: Clients): Promise<void> {
    const names = this.settings.clients;
    const opened = await Promise.all(names.map((name) => clients.open(name)));
    try {
      await Promise.all(opened.map((connection, index) => this.work(connection, index)));
      if (!this.abandoned.signal.aborted) await this.readAll(opened);
    } finally {
      for (const connection of opened) await connection.close();
    }
  }

  private async work(connection: ClientConnection, index: number): Promise<void> {
    const { ratePerSecond, clients } = this.settings;
    const intervalMs = (1_000 * clients.length) / ratePerSecond;
    // One after the other, so that the clients do not all begin at the same moment.
    let next = performance.now() + (intervalMs * index) / clients.length;
    for (let count = 0; !this.halted.signal.aborted; count += 1) {
      await pause(next - performance.now(), this.halted.signal);
      if (this.halted.signal.aborted || this.operations >= maxLoadOperations) return;
      await this.perform(connection, index, this.draw(index, count));
      // A client that was held up does not hurry to catch up.
      next = Math.max(next + intervalMs, performance.now());
    }
  }

  private draw(client: number, count: number): Operation {
    const key = this.keys[Math.floor(Math.random() * keyCount)] as string;
    const op = mix[Math.floor(Math.random() * mix.length)] as Operation['op'];
    // No two writes write the same, so that a read tells which it saw.
    return op === 'get' ? { op, key } : { op, key, value: `${client + 1}.${count};` };
  }

  /** Reads the keys that no operation read before: a lost write shows itself. */
  private async readAll(opened: readonly ClientConnection[]): Promise<void> {
    const reads = this.keys.map((key, index) => ({ key, client: index % opened.length }));
    const ofClient = opened.map(async (connection, client) => {
      for (const { key } of reads.filter((read) => read.client === client)) {
        // A cluster that does not answer one read will not answer the next.
        if (!(await this.perform(connection, client, { op: 'get', key }))) return;
      }
    });
    await Promise.all(ofClient);
  }

  /** False: nobody knows whether it was done. */
  private async perform(
    { clerk }: ClientConnection,
    client: number,
    operation: Operation,
  ): Promise<boolean> {
    const { op: f, key } = operation;
    const name = this.settings.clients[client] as string;
    const process = `${client + 1}`;
    const written = operation.op === 'get' ? null : operation.value;
    const note = (type: HistoryEvent['type'], value: string | null) =>
      this.history.push({ process, type, f, key, value, time: Date.now() });
    this.operations += 1;
    note('invoke', written);
    const end = this.meter.begin(`${name} ${process}`, operation);
    try {
      const { signal } = this.abandoned;
      const result = await clerk.perform(operation, { timeoutMs: operationTimeoutMs, signal });
      note('ok', f === 'get' || f === 'putHash' ? result.value : written);
      end(true, resultInWords(operation, result));
      return true;
    } catch (error) {
      // The operation may have had its effect all the same, or have it later.
      note('info', written);
      end(false, errorInWords(error));
      return false;
    }
  }
}

/** Waits, but not when there is nothing to wait for any more. */
function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (durationMs <= 0) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    signal.addEventListener('abort', done);
  });
}

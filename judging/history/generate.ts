import { chainedHash } from '../../pbservice/chained-hash';
import { pick, type Random, seededRandom } from '../../runtime/seeded-random';
import type { FunctionName, HistoryEvent, ModelName, ProcessId, Value } from './model/history';

export interface GenerateOptions {
  readonly model: ModelName;
  readonly seed: number;
  readonly operations: number;
  readonly clients: number;
  /** Default 1. */
  readonly keys?: number;
  /** Share of the operations that never return, 0 to 1; half of them take effect. Default 0. */
  readonly infoShare?: number;
  /** How many values are written; 0: each write has a value of its own. Default 0. */
  readonly values?: number;
  /** Functions to choose from, those more often that are listed more often. */
  readonly functions?: readonly FunctionName[];
  /**
   * What the store does wrong, once, as late as possible. `stale`: a read brings back a value that
   * had been overwritten before it was invoked (a violation for certain if `values` is 0).
   * `invented`: a read brings back a value that nobody wrote.
   */
  readonly violation?: 'stale' | 'invented';
}

const USUAL_FUNCTIONS: Readonly<Record<ModelName, readonly FunctionName[]>> = {
  kv: ['get', 'get', 'get', 'put', 'append'],
  register: ['read', 'read', 'write', 'cas'],
};

/**
 * Generates the history of a store with concurrent clients; the same options give the same history.
 *
 * Each client is idle, has invoked an operation, or has had it take effect; at every turn a client
 * chosen at random goes one step on. So each operation takes effect at one moment between its
 * invocation and its return, which is what linearizable means.
 *
 * @throws {RangeError} if the history has no read that the violation could be put into
 */
export function generateHistory(options: GenerateOptions): HistoryEvent[] {
  return new Generator(options).run();
}

interface Client {
  readonly process: ProcessId;
  call?: PendingCall;
}

interface PendingCall {
  readonly f: FunctionName;
  readonly register: Register;
  readonly value: HistoryEvent['value'];
  readonly returns: boolean;
  /** How many of the key's `returned` there were at the invocation, and how many of them stale. */
  readonly returnedBefore: number;
  readonly staleBefore: number;
  effect?: Effect;
}

interface Effect {
  readonly type: 'ok' | 'fail';
  readonly value: HistoryEvent['value'];
  /** The value that the key was given. */
  readonly written?: Value;
}

interface Register {
  readonly name: string;
  value: Value;
  /** The values whose operations have returned, in that order. */
  readonly returned: Value[];
  /** How many of them another operation has overwritten that was invoked later and has returned. */
  stale: number;
}

class Generator {
  private readonly options: GenerateOptions;
  private readonly random: Random;
  private readonly registers: Register[];
  private readonly events: HistoryEvent[] = [];
  /** Calls that the client has given up, but which may take effect. */
  private readonly late: PendingCall[] = [];
  /** The last read that the violation can be put into, and what it then brings back. */
  private corruption: { readonly event: number; readonly value: Value } | undefined;
  private invoked = 0;
  private written = 0;

  constructor(options: GenerateOptions) {
    this.options = options;
    this.random = seededRandom(options.seed);
    this.registers = Array.from({ length: options.keys ?? 1 }, (_, index) => {
      return { name: `k${index}`, value: null, returned: [null], stale: 0 };
    });
  }

  run(): HistoryEvent[] {
    const clients: Client[] = Array.from({ length: this.options.clients }, (_, process) => ({
      process,
    }));
    while (clients.length > 0) {
      const index = Math.floor(this.random() * clients.length);
      const isDone = this.advance(clients[index] as Client);
      if (isDone) clients.splice(index, 1);
      const late = this.random() < 0.01 ? this.late.shift() : undefined;
      if (late !== undefined) this.takeEffect(late);
    }
    this.corrupt();
    return this.events;
  }

  /** Takes a client one step on; true if it has nothing more to do. */
  private advance(client: Client): boolean {
    const { call } = client;
    if (call === undefined) {
      if (this.invoked === this.options.operations) return true;
      client.call = this.invoke(client.process);
    } else if (call.returns && call.effect === undefined) {
      this.takeEffect(call);
    } else {
      this.finish(client.process, call);
      delete client.call;
    }
    return false;
  }

  private invoke(process: ProcessId): PendingCall {
    this.invoked++;
    const f = pick(this.random, this.options.functions ?? USUAL_FUNCTIONS[this.options.model]);
    const register = pick(this.random, this.registers);
    const call = {
      f,
      register,
      value: this.argument(f, register),
      returns: this.random() >= (this.options.infoShare ?? 0),
      returnedBefore: register.returned.length,
      staleBefore: register.stale,
    };
    this.events.push({ process, type: 'invoke', f, key: register.name, value: call.value });
    if (!call.returns && this.random() < 0.5) this.late.push(call);
    return call;
  }

  private finish(process: ProcessId, call: PendingCall): void {
    const { f, register, returnedBefore } = call;
    const { type, value, written } = call.effect ?? { type: 'info', value: call.value };
    this.events.push({ process, type, f, key: register.name, value });
    if (written !== undefined) {
      register.returned.push(written);
      register.stale = Math.max(register.stale, returnedBefore);
    }
    if (type === 'ok' && (f === 'get' || f === 'read')) this.tempt(call);
  }

  private takeEffect(call: PendingCall): void {
    call.effect = this.effectOf(call);
    const { written } = call.effect;
    if (written !== undefined) call.register.value = written;
  }

  private effectOf({ f, register, value }: PendingCall): Effect {
    const old = register.value;
    const text = String(old ?? '');
    switch (f) {
      case 'get':
      case 'read':
        return { type: 'ok', value: old };
      case 'put':
      case 'write':
        return { type: 'ok', value, written: value as Value };
      case 'append':
        return { type: 'ok', value, written: `${text}${value}` };
      case 'putHash':
        return { type: 'ok', value: text, written: chainedHash(text, String(value)) };
      case 'cas': {
        const [from, to] = value as [Value, Value];
        return old === from ? { type: 'ok', value, written: to } : { type: 'fail', value };
      }
    }
  }

  private argument(f: FunctionName, register: Register): HistoryEvent['value'] {
    if (f === 'get' || f === 'read') return null;
    if (f !== 'cas') return this.value();
    // Half of them from the present value, or hardly any would succeed.
    const from = this.random() < 0.5 ? register.value : this.value();
    return [from, this.value()];
  }

  private value(): string {
    const values = this.options.values ?? 0;
    return values === 0 ? `${++this.written};` : String(Math.floor(this.random() * values));
  }

  /** Notes the read that has just returned, if the violation can be put into it. */
  private tempt({ register, staleBefore }: PendingCall): void {
    const event = this.events.length - 1;
    if (this.options.violation === 'invented') this.corruption = { event, value: 'invented' };
    if (this.options.violation !== 'stale' || staleBefore === 0) return;
    const value = register.returned[Math.floor(this.random() * staleBefore)] as Value;
    this.corruption = { event, value };
  }

  private corrupt(): void {
    if (this.options.violation === undefined) return;
    if (this.corruption === undefined) throw new RangeError('no read to put the violation into');
    const { event, value } = this.corruption;
    this.events[event] = { ...(this.events[event] as HistoryEvent), value };
  }
}

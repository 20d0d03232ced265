/** The clock and the timers of a node, in the forms in which JavaScript and Node.js offer them. */
import type { Runtime } from '../../runtime/node';

/** The virtual date of the start of a run: 2030-01-01T00:00:00Z. */
export const epochMs = Date.UTC(2030, 0, 1);

type Callback = (...args: unknown[]) => void;
type Globals = Record<string, unknown>;
/** The global objects of the realm in which the code of nodes is compiled. */
export type Realm = typeof globalThis;

/** `util.promisify` looks for its own form of a function here. */
const promisified = Symbol.for('nodejs.util.promisify.custom');

export function virtualDateMs(runtime: Runtime): number {
  return epochMs + Math.floor(runtime.now());
}

/** A class of its own, so that `date.constructor` leads to no other clock either. */
export function virtualDate(runtime: Runtime, real: Realm): DateConstructor {
  const nowMs = () => virtualDateMs(runtime);
  const Virtual = class extends real.Date {
    constructor(...args: unknown[]) {
      super(...((args.length === 0 ? [nowMs()] : args) as [number]));
    }
    static override now(): number {
      return nowMs();
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof real.Date;
    }
  };
  Object.defineProperty(Virtual, 'name', { value: 'Date' });
  // `Date()` without `new` is a text.
  return new Proxy(Virtual, {
    apply: () => new real.Date(nowMs()).toString(),
  }) as unknown as DateConstructor;
}

/** Formats the time of the node where no date is given. */
export function virtualIntl(runtime: Runtime, real: Realm): object {
  const { DateTimeFormat } = real.Intl;
  const nowMs = () => virtualDateMs(runtime);
  const make = (args: unknown[]) => {
    const made: Intl.DateTimeFormat = Reflect.construct(DateTimeFormat, args);
    const { format, formatToParts } = made;
    return Object.defineProperties(made, {
      format: { value: (date: Date | number = nowMs()) => format(date) },
      formatToParts: {
        value: (date: Date | number = nowMs()) => formatToParts.call(made, date),
      },
    });
  };
  const callable = new Proxy(DateTimeFormat, {
    construct: (_target, args) => make(args),
    apply: (_target, _this, args) => make(args),
  });
  return Object.create(real.Intl, { DateTimeFormat: { value: callable } });
}

interface Instant {
  toZonedDateTimeISO(
    zone: string,
  ): Record<'toPlainDateTime' | 'toPlainDate' | 'toPlainTime', () => unknown>;
}

/** `Temporal`, where this Node.js has it. */
export function virtualTemporal(runtime: Runtime, real: Realm): object | undefined {
  const temporal = Reflect.get(real, 'Temporal');
  if (typeof temporal !== 'object' || temporal === null) return undefined;
  const instant = (): Instant => temporal.Instant.fromEpochMilliseconds(virtualDateMs(runtime));
  const zoned = (zone = 'UTC') => instant().toZonedDateTimeISO(zone);
  const now = {
    instant,
    timeZoneId: () => 'UTC',
    zonedDateTimeISO: zoned,
    plainDateTimeISO: (zone?: string) => zoned(zone).toPlainDateTime(),
    plainDateISO: (zone?: string) => zoned(zone).toPlainDate(),
    plainTimeISO: (zone?: string) => zoned(zone).toPlainTime(),
  };
  return Object.create(temporal, { Now: { value: now } });
}

export function virtualHrtime(runtime: Runtime) {
  const bigint = () => BigInt(Math.round(runtime.now() * 1e6));
  const split = (since: readonly [number, number] = [0, 0]) => {
    const elapsedNs = bigint() - BigInt(since[0]) * 1_000_000_000n - BigInt(since[1]);
    return [Number(elapsedNs / 1_000_000_000n), Number(elapsedNs % 1_000_000_000n)];
  };
  return Object.assign(split, { bigint });
}

export function virtualPerformance(runtime: Runtime): object {
  const now = () => runtime.now();
  return { now, timeOrigin: epochMs, toJSON: () => ({ timeOrigin: epochMs, now: now() }) };
}

/** `AbortSignal`, whose `timeout` goes by the clock of the node. */
export function virtualAbortSignal(runtime: Runtime, real: Realm): typeof AbortSignal {
  const timeout = (ms: number) => {
    const controller = new real.AbortController();
    void runtime.sleep(Math.max(0, Number(ms) || 0)).then(() => {
      const words = 'The operation was aborted due to timeout';
      controller.abort(new real.DOMException(words, 'TimeoutError'));
    });
    return controller.signal;
  };
  return new Proxy(real.AbortSignal, {
    get: (target, name) => (name === 'timeout' ? timeout : Reflect.get(target, name, target)),
  });
}

export interface VirtualTimers extends Globals {
  readonly setTimeout: Callback;
  readonly setInterval: Callback;
  readonly setImmediate: Callback;
}

export function virtualTimers(runtime: Runtime): VirtualTimers {
  const cancelled = new WeakSet<object>();
  const makeHandle = () => {
    const handle = {
      ref: () => handle,
      unref: () => handle,
      hasRef: () => true,
      [Symbol.dispose ?? Symbol.for('nodejs.dispose')]: () => cancel(handle),
    };
    return handle;
  };
  const cancel = (handle: unknown) => {
    if (typeof handle === 'object' && handle !== null) cancelled.add(handle);
  };
  const start = (callback: Callback, ms: number, args: unknown[]) => {
    const handle = makeHandle();
    void runtime.sleep(Math.max(0, ms || 0)).then(() => {
      if (!cancelled.has(handle)) callback(...args);
    });
    return handle;
  };
  const repeat = (callback: Callback, ms: number, args: unknown[]) => {
    const handle = makeHandle();
    void (async () => {
      for (;;) {
        await runtime.sleep(Math.max(1, ms || 1));
        if (cancelled.has(handle)) return;
        callback(...args);
      }
    })();
    return handle;
  };
  const { setTimeout, setImmediate } = timerPromises(runtime);
  return {
    setTimeout: Object.assign(
      (callback: Callback, ms: number, ...args: unknown[]) => start(callback, ms, args),
      { [promisified]: setTimeout },
    ),
    setInterval: (callback: Callback, ms: number, ...args: unknown[]) => repeat(callback, ms, args),
    setImmediate: Object.assign(
      (callback: Callback, ...args: unknown[]) => start(callback, 0, args),
      { [promisified]: setImmediate },
    ),
    clearTimeout: cancel,
    clearInterval: cancel,
    clearImmediate: cancel,
  } as unknown as VirtualTimers;
}

interface Waiting {
  readonly signal?: AbortSignal;
}

/** The exports of `node:timers/promises`. */
export function timerPromises(runtime: Runtime) {
  const wait = <T>(ms: number, value: T, { signal }: Waiting = {}) =>
    new Promise<T>((resolve, reject) => {
      const stop = () => reject(aborted(signal));
      if (signal?.aborted) return stop();
      signal?.addEventListener('abort', stop, { once: true });
      void runtime.sleep(Math.max(0, ms || 0)).then(() => {
        signal?.removeEventListener('abort', stop);
        resolve(value);
      });
    });
  return {
    setTimeout: (ms: number, value?: unknown, options?: Waiting) => wait(ms, value, options),
    setImmediate: (value?: unknown, options?: Waiting) => wait(0, value, options),
    setInterval: async function* (ms: number, value?: unknown, options?: Waiting) {
      for (;;) yield await wait(Math.max(1, ms || 1), value, options);
    },
    scheduler: {
      wait: (ms: number, options?: Waiting) => wait(ms, undefined, options),
      yield: () => wait(0, undefined),
    },
  };
}

function aborted(signal: AbortSignal | undefined): Error {
  const error = new Error('The operation was aborted', { cause: signal?.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

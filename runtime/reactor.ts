/**
 * The reactor turns a node's program into a function of the inputs it is given: one input in, and
 * out come requests, responses, timers and log events. All worlds (real, simulated, explored) drive
 * nodes through it; they differ only in where inputs come from and where outputs go.
 *
 * An output is emitted at once, and the world must copy what it carries before the call returns:
 * from then on the node may change the objects that it handed out.
 */
import { type ErrorBody, messageOf, RpcError, refusalIn } from './errors';
import { Expiry } from './expiry';
import { isPromise } from './is-promise';
import type { Address, Boot, Json, NodeProgram, Runtime } from './node';
import { bugOf } from './node-bug';
import type { CallResult, Input, Output } from './node-io';
import { maxLogLength, maxStateLength, plainCopy, plainFields } from './plain-copy';
import {
  type Binding,
  type CallOptions,
  excerpt,
  type Remote,
  type Service,
  validate,
} from './service';
import { shortened, shown } from './thrown-value';

export interface ReactorOptions {
  readonly address: Address;
  /** Counts the starts of the node from 0; replies to an earlier incarnation find nobody. */
  readonly incarnation: number;
  readonly boot: Boot;
  readonly now: () => number;
  readonly random: () => number;
  readonly emit: (output: Output) => void;
  /** How long a call waits for its reply unless the caller says otherwise, in milliseconds. */
  readonly rpcTimeoutMs: number;
}

/** How many calls and sleeps of one node may be outstanding; more are `overloaded`. */
export const maxOutstanding = 100_000;
/** How many requests one node may be handling at a time; more are `overloaded`. */
export const maxHandling = 20_000;

/** The longest sleep, and the longest time-out of a call, in milliseconds: eleven days. */
export const maxDurationMs = 1_000_000_000;
/** The longest name of an event in a log, in UTF-16 code units. */
const maxEventLength = 200;
/** The longest address that can be called, in UTF-16 code units. */
const maxAddressLength = 255;

/** Room for the ids of one incarnation. Ids stay exact integers for two million restarts. */
const idsPerIncarnation = 2 ** 32;

interface OutstandingCall {
  readonly service: Service;
  readonly method: string;
  readonly to: Address;
  /** The timer of a call with a time-out of its own; the others expire together. */
  readonly timer: number | undefined;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: RpcError) => void;
}

export class Reactor {
  private readonly program: NodeProgram;
  private readonly bindings: ReadonlyMap<string, Binding>;
  private readonly calls = new Map<number, OutstandingCall>();
  private readonly timers = new Map<number, () => void>();
  private readonly expiry: Expiry;
  private readonly remotes = new Map<Service, Map<Address, Remote<Service>>>();
  private readonly options: ReactorOptions;
  private nextId: number;
  private handling = 0;
  private crashed = false;

  constructor(options: ReactorOptions) {
    this.options = options;
    this.nextId = options.incarnation * idsPerIncarnation + 1;
    this.expiry = new Expiry({
      durationMs: options.rpcTimeoutMs,
      now: options.now,
      startTimer: (durationMs, callback) => this.startTimer(durationMs, callback),
      isWaiting: (id) => this.calls.has(id),
      onExpired: (id) => this.timeOut(id, options.rpcTimeoutMs),
    });
    this.program = options.boot(this.makeRuntime());
    this.bindings = new Map(this.program.serves.map((binding) => [binding.service.name, binding]));
  }

  /** Milliseconds between ticks; undefined when the program has none. */
  get tickIntervalMs(): number | undefined {
    return this.program.tick === undefined ? undefined : this.program.tickIntervalMs;
  }

  /** How many handlers, calls and sleeps are outstanding: 0 means that the node is quiescent. */
  get outstanding(): number {
    return this.handling + this.calls.size + this.timers.size;
  }

  /** A copy of what the program shows of itself. */
  inspect(): Json {
    try {
      return plainCopy(this.program.inspect?.() ?? null, maxStateLength);
    } catch (error) {
      return { 'inspect() threw': messageOf(error) };
    }
  }

  /** Hands the node one input. What it does in consequence comes out through `emit`. */
  give(input: Input): void {
    if (this.crashed) return;
    switch (input.type) {
      case 'start':
        this.run('start', () => this.program.start?.());
        break;
      case 'tick':
        this.run('tick', () => this.program.tick?.());
        break;
      case 'timer':
        this.fire(input.timer);
        break;
      case 'request':
        this.handle(input);
        break;
      case 'response':
        this.settleCall(input.id, input.result);
        break;
      case 'invoke':
        this.invoke(input);
        break;
    }
  }

  /**
   * Ends this incarnation at once: all that it remembers is lost, and whatever code of it is still
   * to run can neither send nor receive.
   */
  crash(): void {
    this.crashed = true;
    this.calls.clear();
    this.timers.clear();
  }

  private emit(output: Output): void {
    if (!this.crashed) this.options.emit(output);
  }

  private run(where: string, body: () => unknown): void {
    const fail = (error: unknown) => this.emit(bugOf(where, error));
    try {
      const pending = body();
      if (isPromise(pending)) Promise.resolve(pending).then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  }

  private handle(request: Input & { type: 'request' }): void {
    const { from, id } = request;
    const respond = (result: CallResult) => this.emit({ type: 'response', to: from, id, result });
    const fail = (thrown: unknown) => respond({ error: this.errorBody(request, thrown) });
    try {
      if (this.handling >= maxHandling) {
        throw new RpcError('overloaded', `this node handles ${maxHandling} requests already`);
      }
      const binding = this.bindings.get(request.service);
      if (binding === undefined) throw this.unknownService(request.service);
      const { service, handlers } = binding;
      const args = validate(service, request.method, 'args', request.args);
      const handled = handlers[request.method]?.(args);
      if (!isPromise(handled)) {
        respond({ reply: validate(service, request.method, 'reply', handled) });
        return;
      }
      this.handling += 1;
      Promise.resolve(handled)
        .then((reply) => respond({ reply: validate(service, request.method, 'reply', reply) }))
        .then(undefined, fail)
        .then(() => {
          this.handling -= 1;
        });
    } catch (error) {
      fail(error);
    }
  }

  private unknownService(name: string): RpcError {
    const served = [...this.bindings.keys()].join(', ') || 'nothing';
    return new RpcError(
      'unknown-method',
      `no service ${excerpt(name)} here: this node serves ${served}`,
    );
  }

  private errorBody(request: Input & { type: 'request' }, thrown: unknown): ErrorBody {
    const where = `${request.service}.${request.method}`;
    const refusal = refusalIn(thrown);
    // The caller learns of a stub, too; but it is this node that has to be mended.
    if (refusal?.code !== 'not-implemented' && refusal !== undefined) return refusal;
    this.emit(bugOf(where, thrown));
    return refusal ?? { code: 'internal', message: `${where} threw: ${messageOf(thrown)}` };
  }

  private invoke(input: Input & { type: 'invoke' }): void {
    const finish = (result: CallResult) => this.emit({ type: 'return', id: input.id, result });
    const fail = (thrown: unknown) => {
      const refusal = refusalIn(thrown);
      if (refusal === undefined) this.emit(bugOf(`the operation ${input.f}`, thrown));
      finish({ error: refusal ?? { code: 'internal', message: messageOf(thrown) } });
    };
    if (this.program.invoke === undefined) {
      finish({ error: { code: 'unknown-method', message: 'this node is not a client' } });
      return;
    }
    try {
      this.program
        .invoke(input.f, input.args)
        .then((reply) => finish({ reply }))
        .catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  private settleCall(id: number, result: CallResult): void {
    const call = this.calls.get(id);
    // Late (after the time-out), duplicated, or meant for an earlier incarnation.
    if (call === undefined) return;
    this.calls.delete(id);
    if (call.timer !== undefined) {
      this.timers.delete(call.timer);
      this.emit({ type: 'cancel-timer', timer: call.timer });
    }
    if ('error' in result) {
      call.reject(new RpcError(result.error.code, `${call.to}: ${result.error.message}`));
      return;
    }
    try {
      call.resolve(validate(call.service, call.method, 'reply', result.reply));
    } catch (error) {
      call.reject(error as RpcError);
    }
  }

  private startTimer(durationMs: number, callback: () => void): number {
    if (this.timers.size >= maxOutstanding) {
      throw new RpcError('overloaded', `this node waits for ${maxOutstanding} timers already`);
    }
    const timer = this.nextId++;
    this.timers.set(timer, callback);
    this.emit({ type: 'timer', timer, durationMs });
    return timer;
  }

  private fire(timer: number): void {
    const callback = this.timers.get(timer);
    this.timers.delete(timer);
    callback?.();
  }

  private call(
    service: Service,
    to: Address,
    method: string,
    args: unknown,
    options: CallOptions,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // A crashed node waits for ever: nobody is there any more to see the outcome.
      if (this.crashed) return;
      if (typeof to !== 'string' || to === '' || to.length > maxAddressLength) {
        throw new RpcError('refused', `expected the address of a node, got ${shown(to)}`);
      }
      const checked = validate(service, method, 'args', args);
      if (this.calls.size >= maxOutstanding) {
        throw new RpcError('overloaded', `this node waits for ${maxOutstanding} replies already`);
      }
      const id = this.nextId++;
      const timeoutMs =
        options.timeoutMs === undefined ? undefined : duration('timeoutMs', options.timeoutMs);
      if (timeoutMs === undefined) this.expiry.add(id);
      const timer =
        timeoutMs === undefined
          ? undefined
          : this.startTimer(timeoutMs, () => this.timeOut(id, timeoutMs));
      this.calls.set(id, { service, method, to, timer, resolve, reject });
      try {
        this.emit({ type: 'request', to, id, service: service.name, method, args: checked });
      } catch (error) {
        // The world does not take it: it was never sent.
        this.calls.delete(id);
        throw error;
      }
    });
  }

  private timeOut(id: number, afterMs: number): void {
    const call = this.calls.get(id);
    if (call === undefined) return;
    this.calls.delete(id);
    const what = `${call.service.name}.${call.method}`;
    call.reject(new RpcError('timeout', `${call.to}: no reply to ${what} within ${afterMs} ms`));
  }

  private makeRuntime(): Runtime {
    return {
      address: this.options.address,
      connect: (service, to) => this.remote(service, to),
      sleep: (durationMs) =>
        new Promise((resolve) => {
          if (!this.crashed) this.startTimer(duration('sleep', durationMs), resolve);
        }),
      now: this.options.now,
      random: this.options.random,
      log: (event, fields = {}) => {
        const name = typeof event === 'string' ? event : shown(event);
        const copy = plainFields(fields, maxLogLength);
        this.emit({ type: 'log', event: shortened(name, maxEventLength), fields: copy });
      },
    };
  }

  private remote<S extends Service>(service: S, to: Address): Remote<S> {
    if (typeof service?.methods !== 'object') {
      throw new TypeError(`connect: expected a service, got ${shown(service)}`);
    }
    let byAddress = this.remotes.get(service);
    if (byAddress === undefined) {
      byAddress = new Map();
      this.remotes.set(service, byAddress);
    }
    let remote = byAddress.get(to);
    if (remote === undefined) {
      const methods = Object.keys(service.methods).map((method) => [
        method,
        (args: unknown, options: CallOptions = {}) => this.call(service, to, method, args, options),
      ]);
      remote = Object.fromEntries(methods) as Remote<Service>;
      byAddress.set(to, remote);
    }
    return remote as Remote<S>;
  }
}

/** Milliseconds as timers take them: less than none is none. */
function duration(what: string, ms: number): number {
  if (typeof ms === 'number' && !Number.isNaN(ms)) return Math.min(Math.max(0, ms), maxDurationMs);
  throw new TypeError(`${what}: expected a number of milliseconds, got ${shown(ms)}`);
}

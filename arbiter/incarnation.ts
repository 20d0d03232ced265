/**
 * One incarnation of a server under an arbiter: its program, and the gate between it and the others. While
 * the lease may have expired, nothing gets in and nothing gets out.
 */

import { RpcError } from '../runtime/errors';
import { isPromise } from '../runtime/is-promise';
import type { Address, Boot, NodeProgram, Runtime } from '../runtime/node';
import type { CallOptions, Remote, Service } from '../runtime/service';
import { ViewService } from '../viewservice/api';
import type { Lease } from './lease';

export interface ServerIncarnationOptions {
  readonly runtime: Runtime;
  readonly boot: Boot;
  readonly lease: Lease;
  /** Answers in the place of the view service. */
  readonly views: Remote<typeof ViewService>;
}

type Method = (args: unknown, options?: CallOptions) => unknown;

export class ServerIncarnation {
  readonly program: NodeProgram;
  private readonly options: ServerIncarnationOptions;
  /** Requests that the program handles; each can be refused when the incarnation ends. */
  private readonly handling = new Set<() => void>();
  private ended = false;

  constructor(options: ServerIncarnationOptions) {
    this.options = options;
    this.program = options.boot(this.makeRuntime());
  }

  /** Hands a request to the program, if the lease holds, and the answer back, if it still does. */
  handle(service: string, method: string, args: unknown): unknown {
    this.requireLease();
    const binding = this.program.serves.find((one) => one.service.name === service);
    const handlers = binding?.handlers as Readonly<Record<string, Method>>;
    const answer = (handlers[method] as Method)(args);
    if (!isPromise(answer)) {
      this.requireLeaseStill();
      return answer;
    }
    return new Promise((resolve, reject) => {
      const refuse = () => reject(tooLate());
      this.handling.add(refuse);
      const settle = (pass: () => void) => {
        this.handling.delete(refuse);
        if (this.options.lease.holds) pass();
        else refuse();
      };
      answer.then(
        (reply) => settle(() => resolve(reply)),
        (error) => settle(() => reject(error)),
      );
    });
  }

  /** Ends it as a crash would: it can neither send nor receive, and goes on with nothing. */
  end(): void {
    this.ended = true;
    for (const refuse of this.handling) refuse();
    this.handling.clear();
  }

  private requireLease(): void {
    if (this.options.lease.holds) return;
    throw new RpcError('not-primary', 'this server has no lease, so another one may be primary');
  }

  private requireLeaseStill(): void {
    if (!this.options.lease.holds) throw tooLate();
  }

  private makeRuntime(): Runtime {
    const { runtime, views } = this.options;
    return {
      address: runtime.address,
      now: () => runtime.now(),
      random: () => runtime.random(),
      log: (event, fields) => {
        if (!this.ended) runtime.log(event, fields);
      },
      sleep: (durationMs) => this.whileItLasts(runtime.sleep(durationMs)),
      connect: (service, to) =>
        service.name === ViewService.name
          ? this.wrap(service, views as unknown as Remote<typeof service>, () => undefined)
          : this.connect(service, to),
    };
  }

  private connect<S extends Service>(service: S, to: Address): Remote<S> {
    const remote = this.options.runtime.connect(service, to);
    return this.wrap(service, remote, () => this.requireLease());
  }

  private wrap<S extends Service>(service: S, remote: Remote<S>, check: () => void): Remote<S> {
    const methods = Object.keys(service.methods).map((method) => [
      method,
      async (args: unknown, options?: CallOptions) => {
        if (!this.ended) check();
        const call = (remote as unknown as Record<string, Method>)[method] as Method;
        return this.whileItLasts(
          this.ended ? unanswered : (call(args, options) as Promise<unknown>),
        );
      },
    ]);
    return Object.fromEntries(methods);
  }

  /** The same promise, which stays open for ever when the incarnation ends before. */
  private whileItLasts<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          if (!this.ended) resolve(value);
        },
        (error) => {
          if (!this.ended) reject(error);
        },
      );
    });
  }
}

const unanswered = new Promise<never>(() => undefined);

/** Not a definite refusal: the backup may well have the operation. */
function tooLate(): RpcError {
  return new RpcError(
    'view-changed',
    'the lease of this server ended before the answer could leave: another may be primary by now',
  );
}

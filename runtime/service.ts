/**
 * Service contracts. A contract is declared once, with valibot schemas; the types of handlers and
 * callers, the validation of every message and docs/reference/protocol.md all come from it.
 */
import * as v from 'valibot';
import { copyOf, undecided } from './compiled-schema';
import { RpcError } from './errors';

type Schema = v.GenericSchema<unknown, unknown>;

export interface MethodContract {
  /** One or two sentences for docs/reference/protocol.md. */
  readonly doc: string;
  readonly args: Schema;
  readonly reply: Schema;
}

export interface Service<
  Methods extends Record<string, MethodContract> = Record<string, MethodContract>,
> {
  readonly name: string;
  readonly doc: string;
  readonly methods: Methods;
}

export type MethodName<S extends Service> = keyof S['methods'] & string;
export type Args<S extends Service, M extends MethodName<S>> = v.InferOutput<
  S['methods'][M]['args']
>;
export type Reply<S extends Service, M extends MethodName<S>> = v.InferOutput<
  S['methods'][M]['reply']
>;

/** What a server has: one method for each method of the contract, plain or async. */
export type Handlers<S extends Service> = {
  [M in MethodName<S>]: (args: Args<S, M>) => Reply<S, M> | Promise<Reply<S, M>>;
};

export interface CallOptions {
  /** Milliseconds until the call rejects with `timeout`; the node's rpcTimeoutMs unless told. */
  readonly timeoutMs?: number;
}

/** What a caller has: the same methods, async, which reject with RpcError. */
export type Remote<S extends Service> = {
  [M in MethodName<S>]: (args: Args<S, M>, options?: CallOptions) => Promise<Reply<S, M>>;
};

export function defineService<const Methods extends Record<string, MethodContract>>(
  name: string,
  doc: string,
  methods: Methods,
): Service<Methods> {
  return { name, doc, methods };
}

/** A service together with the object that handles it. */
export interface Binding {
  readonly service: Service;
  readonly handlers: Handlers<Service>;
}

export function serve<S extends Service>(service: S, handlers: Handlers<S>): Binding {
  // A server may serve several services, so the object may well have more methods than these.
  return { service, handlers: handlers as Handlers<Service> };
}

const parseOptions = { abortEarly: true, abortPipeEarly: true };

/**
 * Checks `value` against the contract and returns a copy with just the fields of the contract.
 * Throws RpcError `malformed` (arguments) or `bad-reply` (replies), naming the field, what was
 * expected and what was got.
 */
export function validate(
  service: Service,
  method: string,
  part: 'args' | 'reply',
  value: unknown,
): unknown {
  const contract = service.methods[method];
  if (contract === undefined || !Object.hasOwn(service.methods, method)) {
    throw new RpcError(
      'unknown-method',
      `${service.name} has no method ${excerpt(JSON.stringify(method))}; it has ` +
        `${Object.keys(service.methods).join(', ')}`,
    );
  }
  const copy = copyOf(contract[part], value);
  if (copy !== undecided) return copy;
  const result = v.safeParse(contract[part], value, parseOptions);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new RpcError(
    part === 'args' ? 'malformed' : 'bad-reply',
    `${service.name}.${method}: ${part}${path === null ? '' : `.${path}`}: ` +
      `expected ${issue.expected ?? issue.message}, got ${excerpt(issue.received)}`,
  );
}

/** The beginning of something that came from outside: it may be megabytes long. */
export function excerpt(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}...`;
}

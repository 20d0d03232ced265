/**
 * Schemas compiled to functions that copy what fits, as code written by hand would. They decide nothing that
 * valibot does not: what does not fit, and kinds of schemas that are not known here, are left to it.
 */
import * as v from 'valibot';

/** What is returned in place of a copy: valibot is to be asked. */
export const undecided = Symbol('undecided');

type Schema = v.GenericSchema<unknown, unknown>;
type Copier = (value: unknown) => unknown;

/** A schema of any kind, or what stands in a pipe, as valibot keeps it. */
interface Part {
  readonly kind: string;
  readonly type: string;
  readonly pipe?: readonly Part[];
  readonly requirement?: unknown;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly wrapped?: Part;
  readonly item?: Part;
  readonly literal?: unknown;
  readonly key?: string;
  readonly options?: readonly unknown[];
}

const known = new WeakMap<Schema, Copier>();

/** Copies what fits the schema, with just its fields; `undecided` when it does not fit, or may not. */
export function copyOf(schema: Schema, value: unknown): unknown {
  let copier = known.get(schema);
  if (copier === undefined) {
    copier = copierOf(schema as unknown as Part) ?? (() => undecided);
    known.set(schema, copier);
  }
  return copier(value);
}

/** A copy of what fits the schema, with just its fields; undefined when it does not fit. */
export function parsed<S extends Schema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const copy = copyOf(schema, value);
  if (copy !== undecided) return copy as v.InferOutput<S>;
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}

/** Undefined: a kind that is not known here. */
function copierOf(part: Part): Copier | undefined {
  if (part.pipe !== undefined) return ofPipe(part.pipe);
  switch (part.type) {
    case 'string':
      return (value) => (typeof value === 'string' ? value : undecided);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : undecided);
    case 'number':
      return (value) => (typeof value === 'number' && !Number.isNaN(value) ? value : undecided);
    case 'unknown':
      return (value) => value;
    case 'literal':
      return only([part.literal]);
    case 'picklist':
      return only(part.options ?? []);
    case 'nullable':
      return ofNullable(part);
    case 'array':
      return ofArray(part);
    case 'object':
      return ofObject(part);
    case 'variant':
      return ofVariant(part);
    default:
      return undefined;
  }
}

function only(values: readonly unknown[]): Copier {
  return (value) => (values.includes(value) ? value : undecided);
}

function ofPipe([first, ...actions]: readonly Part[]): Copier | undefined {
  const copier = first && copierOf(first);
  const checks: ((value: never) => boolean)[] = [];
  for (const action of actions) {
    if (action.kind === 'metadata') continue;
    const check = checkOf(action);
    if (check === undefined) return undefined;
    checks.push(check);
  }
  if (copier === undefined || checks.length === 0) return copier;
  return (value) => {
    const copy = copier(value);
    if (copy === undecided) return undecided;
    for (const check of checks) if (!check(copy as never)) return undecided;
    return copy;
  };
}

function checkOf({ type, requirement }: Part): ((value: never) => boolean) | undefined {
  if (type === 'safe_integer') return (value) => Number.isSafeInteger(value);
  if (typeof requirement !== 'number') return undefined;
  switch (type) {
    case 'min_value':
      return (value: number) => value >= requirement;
    case 'min_length':
      return (value: string) => value.length >= requirement;
    case 'max_length':
      return (value: string) => value.length <= requirement;
    default:
      return undefined;
  }
}

function ofNullable({ wrapped }: Part): Copier | undefined {
  const copier = wrapped && copierOf(wrapped);
  return copier && ((value) => (value === null ? null : copier(value)));
}

function ofArray({ item }: Part): Copier | undefined {
  const copier = item && copierOf(item);
  if (copier === undefined) return undefined;
  return (value) => {
    if (!Array.isArray(value)) return undecided;
    const copy: unknown[] = [];
    for (const each of value) {
      const one = copier(each);
      if (one === undecided) return undecided;
      copy.push(one);
    }
    return copy;
  };
}

function ofObject({ entries = {} }: Part): Copier | undefined {
  const fields: [string, Copier][] = [];
  for (const [key, part] of Object.entries(entries)) {
    const copier = copierOf(part);
    if (copier === undefined || key === '__proto__') return undefined;
    fields.push([key, copier]);
  }
  return (value) => {
    if (typeof value !== 'object' || value === null) return undecided;
    const copy: Record<string, unknown> = {};
    for (const [key, copier] of fields) {
      if (!(key in value)) return undecided;
      const one = copier((value as Record<string, unknown>)[key]);
      if (one === undecided) return undecided;
      copy[key] = one;
    }
    return copy;
  };
}

/** Of objects that one field tells apart. */
function ofVariant({ key = '', options = [] }: Part): Copier | undefined {
  const byName = new Map<unknown, Copier>();
  for (const option of options as readonly Part[]) {
    const name = option.entries?.[key];
    const copier = copierOf(option);
    if (option.type !== 'object' || name?.type !== 'literal' || copier === undefined)
      return undefined;
    if (byName.has(name.literal)) return undefined;
    byName.set(name.literal, copier);
  }
  return (value) => {
    if (typeof value !== 'object' || value === null) return undecided;
    return byName.get((value as Record<string, unknown>)[key])?.(value) ?? undecided;
  };
}

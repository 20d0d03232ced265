/** The systems of the explorer: their nodes, and the properties that must hold in them. Labs add theirs. */
import type { Role } from '../nodes/role';
import type { Address, Json } from '../runtime/node';

/** The properties of a state; each is about systems that have its subject. */
export const propertyNames = ['views', 'linearizable', 'one-primary', 'no-errors'] as const;
export type PropertyName = (typeof propertyNames)[number];

/** Something that must hold in every state, told by the lab itself. */
export interface Invariant {
  /** The invariant in a few words: the expectation when it does not hold. */
  readonly name: string;
  /**
   * `shown`: what each node that runs shows of itself (`inspect`), which may be anything, null too. What is wrong;
   * undefined: it holds.
   */
  broken(shown: ReadonlyMap<Address, Json>): string | undefined;
}

export interface SystemKind {
  /** As it stands in schedules: small letters. */
  readonly name: string;
  /** A schedule that names no system means this one. */
  readonly isUsual?: boolean;
  /** A node that decides on the views: faults do not touch it. Without it servers decide by themselves. */
  readonly decider?: { readonly name: Address; readonly role: Role };
  /** Exactly so many servers; any number unless told. */
  readonly servers?: number;
  /** The number of servers that may crash in one run without any harm, memory and all; any number unless told. */
  readonly crashes?: number;
  /** True: the servers say themselves, when they are inspected, which role they believe they have. */
  readonly saysRoles?: boolean;
  /** The properties that must hold in every state, in the order in which people read them. */
  readonly properties: readonly PropertyName[];
  /** More invariants, besides the properties that are known here; whoever grades does not look at them. */
  readonly invariants?: readonly Invariant[];
  server(name: Address, servers: readonly Address[]): Role;
  client(servers: readonly Address[]): Role;
}

const kinds = new Map<string, SystemKind>();

/** Adds one that schedules can name. Throws an Error when the name is none, or another one has it. */
export function addSystem(kind: SystemKind): void {
  const { name } = kind;
  const taken = kinds.get(name) ?? kind;
  if (!/^[a-z]{3,20}$/.test(name) || taken !== kind) {
    throw new Error(`expected a new name of 3 to 20 small letters for a system, got ${name}`);
  }
  kinds.set(name, kind);
}

/** The kind that is called so; undefined, as in schedules that name none: the usual one, or the first where none is. */
export function systemNamed(name: string | undefined): SystemKind {
  const kind = name === undefined ? usual() : kinds.get(name);
  if (kind !== undefined) return kind;
  throw new Error(`there is no system ${name ?? 'of any lab'}: its lab has not added it`);
}

function usual(): SystemKind | undefined {
  const all = [...kinds.values()];
  return all.find(({ isUsual }) => isUsual) ?? all[0];
}

/** The names of all systems. */
export function systemNames(): readonly string[] {
  return [...kinds.keys()];
}

/** The name of a system in schedules; empty when it is the usual one. */
export function nameInSchedules(name: string): string | undefined {
  return systemNamed(name) === usual() ? undefined : name;
}

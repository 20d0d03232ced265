/** The role of a node, as its starter gives it. */
import type { Json } from '../runtime/node';

/** A program that nodes run: a module of the solution, and the function in it that makes the node. */
export interface Program {
  /** The module, relative to the root of the solution. */
  readonly file: string;
  /** The function that it exports: it takes the options of the role, and returns the `Boot` of the node. */
  readonly factory: string;
  /** The part of such a node among the others: it decides on the views, it serves, or it is a client. */
  readonly is: 'decider' | 'server' | 'client';
  /** The main that runs it as a process of its own; without one it runs in no real world. */
  readonly main?: string;
}

export interface Role {
  readonly program: Program;
  /** The options that the program is given when it starts. */
  readonly options: { readonly [name: string]: Json };
  /** Time passes for the node only when the scenario says `tick`. */
  readonly manualTicks?: boolean;
}

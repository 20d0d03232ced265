/** What the page of the debugger is told, as data, and what it may ask. */
import type { Json } from '../runtime/node';
import type { RunData } from './run';

/** A state in the tree of all that were visited. */
export interface TreeState {
  /** Counts the states of the session from 0; the parent has a lower number. */
  readonly id: number;
  readonly parent: number | null;
  /** What led here: its verb, and what it was about. Empty at the beginning. */
  readonly verb: string;
  readonly subject: string;
  /** The first property that does not hold here; null: all do. */
  readonly broken: string | null;
}

/** Something that can be done, by the name that a schedule has for it. */
export interface Choice {
  readonly name: string;
  readonly verb: string;
  readonly subject: string;
}

export interface PendingMessage {
  /** What there is to read of it: arguments, or the reply. */
  readonly subject: string;
  readonly detail: string;
  /** It comes next, if nothing else is chosen. */
  readonly isNext: boolean;
  readonly state: 'held' | 'cut' | 'paused' | 'on its way';
  readonly isCopy: boolean;
  readonly choices: readonly Choice[];
}

/** Something that happens by itself, in so many milliseconds; 0: it is due. */
export interface PendingTimer extends Choice {
  readonly inMs: number;
  readonly isNext: boolean;
}

export interface NodeView {
  readonly node: string;
  readonly kind: 'view service' | 'server' | 'client';
  readonly life: 'up' | 'down' | 'paused';
  readonly role: 'primary' | 'backup' | 'idle' | null;
  readonly viewnum: number | null;
  /** Its fields, or what a client is doing; `isChanged`: the last step did that. */
  readonly fields: readonly {
    readonly name: string;
    readonly value: Json;
    readonly isChanged: boolean;
  }[];
  readonly choices: readonly Choice[];
}

export interface PropertyView {
  readonly name: string;
  readonly holds: boolean;
  readonly expected: string;
  readonly actual: string;
  readonly details: readonly string[];
}

export interface Slide {
  readonly lecture: string;
  /** From 0. */
  readonly number: number;
  readonly count: number;
}

/** The state that somebody looks at. */
export interface Snapshot {
  /** Grows when the code or the system was changed: the tree is a new one then. */
  readonly generation: number;
  readonly setting: string;
  readonly current: number;
  /** The states that the page does not know yet. */
  readonly tree: readonly TreeState[];
  /** The way to this state. */
  readonly run: RunData;
  /** The states on it, and how many events of the run there are up to each. */
  readonly way: readonly { readonly state: number; readonly events: number }[];
  readonly nodes: readonly NodeView[];
  readonly messages: readonly PendingMessage[];
  readonly timers: readonly PendingTimer[];
  readonly cut: readonly string[] | null;
  readonly properties: readonly PropertyView[];
  readonly schedule: string;
  readonly slide: Slide | null;
  /** Something to tell: the key of a string of the page, and what to fill in. */
  readonly notice: Notice | null;
  /** How long it took to get here, in milliseconds. */
  readonly tookMs: number;
}

export interface Notice {
  readonly kind: 'good' | 'bad';
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** What the page may ask. */
export type Request =
  | { readonly ask: 'look' }
  /** Something named as in a schedule. */
  | { readonly ask: 'do'; readonly name: string }
  /** What comes as usual, so many times. */
  | { readonly ask: 'usual'; readonly count: number }
  | { readonly ask: 'go'; readonly state: number }
  | { readonly ask: 'search' }
  | { readonly ask: 'cancel' }
  /** Goes along a schedule, from its beginning. */
  | { readonly ask: 'open'; readonly schedule: string }
  | { readonly ask: 'scenario' }
  | { readonly ask: 'slide'; readonly lecture: string; readonly number: number };

/** How far a search is, while it runs. */
export interface Progress {
  readonly states: number;
  readonly deviations: number;
}

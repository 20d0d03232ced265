/** The data that the page of the debugger is told, and its requests. */
import type { RunData } from '../model/run';
import type { Said } from '../strings/catalogue';

/** A state in the tree of all that were visited. */
export interface TreeState {
  /** Counts the states of the session from 0; the parent has a lower number. */
  readonly id: number;
  readonly parent: number | null;
  /** The step that led here: its verb and its subject. Empty at the beginning. */
  readonly verb: string;
  readonly subject: string;
  /** The first property that does not hold here; null: all do. */
  readonly broken: string | null;
}

/** Something that can be done, by the name that a schedule has for it. */
export interface OfferedMove {
  readonly name: string;
  readonly verb: string;
  readonly subject: string;
}

export interface ShownMessage {
  /** The readable part of the message: arguments, or the reply. */
  readonly subject: string;
  readonly detail: string;
  /** True: the message comes next, if nothing else is chosen. */
  readonly isNext: boolean;
  readonly state: 'held' | 'cut' | 'paused' | 'on its way';
  readonly isCopy: boolean;
  readonly choices: readonly OfferedMove[];
}

/** Something that happens by itself, in so many milliseconds; 0: it is due. */
export interface ShownTimer extends OfferedMove {
  readonly inMs: number;
  readonly isNext: boolean;
}

/** A field of a node, in words and, where it is a list of records, as tables. */
export interface ShownField {
  readonly name: string;
  readonly value: string;
  readonly isChanged: boolean;
  readonly tables: readonly ShownTable[];
}

/** Records of one kind; `name`: that of the kind, empty where there is only one. */
export interface ShownTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly isChanged: boolean }[];
  /** How many rows are not shown. */
  readonly more: number;
}

export interface ShownNode {
  readonly node: string;
  readonly kind: 'view service' | 'server' | 'client';
  readonly condition: 'up' | 'down' | 'paused';
  readonly role: 'primary' | 'backup' | 'idle' | null;
  readonly viewnum: number | null;
  /** The fields of the node, or the operation of a client; `isChanged`: by the last step. */
  readonly fields: readonly ShownField[];
  readonly choices: readonly OfferedMove[];
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
  readonly name: Said;
  /** The words to the slide. */
  readonly words: Said;
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
  readonly nodes: readonly ShownNode[];
  readonly messages: readonly ShownMessage[];
  readonly timers: readonly ShownTimer[];
  readonly cut: readonly string[] | null;
  readonly properties: readonly PropertyView[];
  readonly schedule: string;
  readonly slide: Slide | null;
  /** All that can be shown. */
  readonly lectures: readonly { readonly id: string; readonly name: Said }[];
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

/**
 * What there is to see; the code of a scenario; only something to tell, where the nodes do not get started
 * and there is no state. null: it was heard.
 */
export type DebugAnswer = Snapshot | { readonly code: string } | Pick<Snapshot, 'notice'> | null;

/** The requests of the page. */
export type Request =
  | { readonly ask: 'look' }
  /** Something named as in a schedule. */
  | { readonly ask: 'do'; readonly name: string }
  /** The usual next step, this many times. */
  | { readonly ask: 'usual'; readonly count: number }
  | { readonly ask: 'go'; readonly state: number }
  | { readonly ask: 'search' }
  | { readonly ask: 'cancel' }
  /** Goes along a schedule, from its beginning. */
  | { readonly ask: 'open'; readonly schedule: string }
  | { readonly ask: 'scenario' }
  | { readonly ask: 'slide'; readonly lecture: string; readonly number: number };

/** How far a search is, while it runs. */
export interface SearchProgress {
  readonly states: number;
  readonly deviations: number;
}

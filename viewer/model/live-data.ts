/**
 * The data that the live page is told of a running cluster, and its requests. Everything has a bound, so
 * that a page that stays open for a day holds no more than one that was opened just now.
 */

/** The role of a server, or its belief, in one word, for a band over time. */
export type Band =
  | 'primary'
  | 'backup'
  | 'idle'
  | 'joining'
  | 'decides'
  /** The server is primary no more, and does not know it yet. */
  | 'deposed'
  | 'starting'
  | 'paused'
  | 'dead';

export interface MemberNow {
  readonly name: string;
  readonly condition: 'starting' | 'running' | 'paused' | 'dead';
  readonly role: 'primary' | 'backup' | 'idle' | 'joining' | 'decides';
  /** Without an arbiter: the epoch of the role, and whether it serves without a backup. */
  readonly epoch?: number;
  readonly alone?: boolean;
  /** The belief of the server, if that differs from its role. */
  readonly believes?: { readonly role: string; readonly viewnum: number };
  readonly pid?: number;
  readonly address: string;
  /** Milliseconds since a ping of it was answered last; null: never. Absent: it does not ping. */
  readonly pingAgoMs?: number | null;
}

export interface ViewNow {
  readonly viewnum: number;
  readonly primary: string | null;
  readonly backup: string | null;
  readonly acknowledged: boolean;
  /** The number of a view that servers know and the view service has forgotten; null: none. */
  readonly forgotten: number | null;
}

/** The load generator. */
export interface LoadNow {
  /** Counts the loads of this cluster, from 1; 0: none yet. */
  readonly number: number;
  readonly state: 'idle' | 'running' | 'reading' | 'checking';
  readonly clients: number;
  readonly ratePerSecond: number;
  /** How many operations have begun. */
  readonly operations: number;
  /** Of the last one that came to its end. */
  readonly result?: LoadResult;
}

export interface LoadResult {
  readonly number: number;
  readonly verdict: 'linearizable' | 'not linearizable' | 'unknown';
  /** The verdict in words, and why, in lines. */
  readonly lines: readonly string[];
}

/** An operation that ended a moment ago. */
export interface OperationNow {
  readonly client: string;
  /** `put k "1"`. */
  readonly call: string;
  readonly outcome: string;
  readonly tookMs: number;
}

/** How things are. */
export interface Now {
  readonly members: readonly MemberNow[];
  /** null: nobody here makes views. */
  readonly view: ViewNow | null;
  /** How many take themselves for the primary and serve. */
  readonly primaries: number;
  /** The names on each side of the partition; empty: there is none. */
  readonly sides: readonly (readonly string[])[];
  /** Messages that arrived, in the last second; and that the partition stopped since it began. */
  readonly messagesPerSecond: number;
  readonly blocked: number;
  readonly waiting: { readonly operations: number; readonly longestMs: number };
  /** The newest first. */
  readonly latest: readonly OperationNow[];
  readonly load: LoadNow;
}

/** A short stretch of time, for the drawings. */
export interface Sample {
  /** The end of the sample: milliseconds since 1970. */
  readonly at: number;
  /** By member, in their order. */
  readonly bands: readonly Band[];
  /** Operations that ended in it, well and otherwise, and how long those that ended well took. */
  readonly done: number;
  readonly failed: number;
  readonly medianMs: number | null;
  readonly longestMs: number | null;
}

/** A line of the log. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The source of the line: a member, or `prompt` and `page` for a command, or nobody: the cluster itself. */
  readonly from: string;
  readonly kind: 'member' | 'command' | 'result' | 'error' | 'say' | 'news';
  readonly text: string;
}

/** How long a sample is, in milliseconds: what happens is shown as late as that. */
export const sampleMs = 250;
/** How many samples are kept: the last two minutes. */
export const maxSamples = 480;
/** How many lines of the log are kept. */
export const maxLogEntries = 400;
/** Of a line of the log, in UTF-16 code units. */
export const maxEntryLength = 4_000;
/** Of a command, in UTF-16 code units. */
export const maxLineLength = 1_000;

/** The messages to the page: everything when it opens, then the news, once a sample. */
export type LiveNews =
  | {
      readonly type: 'hello';
      /** The cluster in words: `a view service (vs) and three replicas (s1, s2, s3)`. */
      readonly introduction: string;
      readonly names: readonly string[];
      readonly clientName: string;
      readonly now: Now;
      readonly samples: readonly Sample[];
      readonly entries: readonly LogEntry[];
    }
  | {
      readonly type: 'news';
      readonly now: Now;
      readonly sample: Sample;
      readonly entries: readonly LogEntry[];
      /** How many more entries there were in this stretch of time. */
      readonly leftOut: number;
    }
  /** The request of the page was refused. */
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'ended' };

/** The requests of the page: a line as it is typed at the prompt, or to cancel operations under way. */
export type LiveRequest =
  | { readonly type: 'run'; readonly line: string }
  | { readonly type: 'cancel' };

/** The subprotocol of the page's WebSocket; the token travels as another one, after this. */
export const liveSubprotocol = 'viewlab-live.1';
export const tokenPrefix = 'token.';

/** Commands that make faults, or end them: the drawings mark when they were given. */
export const faultCommand = /^(kill|restart|pause|resume|partition|heal)\b/;

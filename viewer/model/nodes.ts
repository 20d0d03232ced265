/** The track of each node through a trace: its condition, its belief, its log. */
import type { TraceEvent } from '../../runtime/trace';
import type { DrawnView } from './describe';
import { isMessageEvent } from './messages';
import { firstIndex } from './search';

export type NodeCondition = 'up' | 'dead' | 'stopped' | 'paused';

/** The role that a node has in the newest view that it was told of. */
export interface BelievedRole {
  readonly role: 'primary' | 'backup' | 'idle';
  readonly viewnum: number;
}

/** From the event `index` on, a thing is so. */
export interface Change<T> {
  readonly index: number;
  readonly value: T;
}

export interface NodeTrack {
  readonly node: string;
  readonly condition: readonly Change<NodeCondition>[];
  /** undefined: it knows of no view. */
  readonly belief: readonly Change<BelievedRole | undefined>[];
  /** The views that it made, if it is the view service. */
  readonly views: readonly Change<DrawnView>[];
  readonly logs: readonly Change<TraceEvent>[];
  /** The calls of a client and what they returned. */
  readonly operations: readonly Change<TraceEvent>[];
}

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K];
};

export function tracksOf(events: readonly TraceEvent[]): NodeTrack[] {
  const tracks = new Map<string, Mutable<NodeTrack>>();
  const track = (node: string) => {
    let found = tracks.get(node);
    if (found === undefined) {
      found = { node, condition: [], belief: [], views: [], logs: [], operations: [] };
      tracks.set(node, found);
    }
    return found;
  };
  events.forEach((event, index) => {
    note(track(event.node), event, index);
    // In the trace of one node the others are only spoken of.
    if (isMessageEvent(event)) {
      track(event.from);
      track(event.to);
    }
  });
  return [...tracks.values()].sort((a, b) => byRole(a.node, b.node));
}

/** The value at the event `index`; undefined before the first change. */
export function at<T>(changes: readonly Change<T>[], index: number): Change<T> | undefined {
  return changes[firstIndex(changes.length, (i) => (changes[i] as Change<T>).index > index) - 1];
}

/** Clients first, then servers, then the view service: the way of an operation. */
function byRole(a: string, b: string): number {
  const rank = (name: string) =>
    /^(t|d|c|s|vs)[a-z]*\d*$/.test(name) ? 'tdcsv'.indexOf(name[0] as string) : 9;
  return rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true });
}

function note(track: Mutable<NodeTrack>, event: TraceEvent, index: number): void {
  const condition = conditionAfter(event);
  if (condition !== undefined) track.condition.push({ index, value: condition });
  if (event.type === 'crash' || event.type === 'stop') {
    believe(track, index, undefined);
  }
  if (event.type === 'log') {
    track.logs.push({ index, value: event });
    if (isBelief(event.fields)) {
      believe(track, index, { role: event.fields.role, viewnum: event.fields.viewnum });
    }
  }
  if (event.type === 'view') track.views.push({ index, value: event });
  if (event.type === 'invoke' || event.type === 'return') {
    track.operations.push({ index, value: event });
  }
  if (event.type === 'deliver') {
    const told = toldView(event.call, event.kind, event.body);
    if (told !== undefined) believe(track, index, beliefIn(told, event.node));
  }
}

function believe(track: Mutable<NodeTrack>, index: number, value: BelievedRole | undefined): void {
  const last = track.belief.at(-1)?.value;
  if (last?.role === value?.role && last?.viewnum === value?.viewnum) return;
  // An old answer that comes late changes nothing.
  if (last !== undefined && value !== undefined && value.viewnum < last.viewnum) return;
  track.belief.push({ index, value });
}

function conditionAfter({ type }: TraceEvent): NodeCondition | undefined {
  switch (type) {
    case 'start':
    case 'resume':
      return 'up';
    case 'crash':
      return 'dead';
    case 'stop':
      return 'stopped';
    case 'pause':
      return 'paused';
    default:
      return undefined;
  }
}

/** The belief by the reply to a ping, which the contract gives to every server. */
function toldView(call: string, kind: string, body: unknown): DrawnView | undefined {
  if (call !== 'ViewService.ping' || kind !== 'response') return undefined;
  const reply = (body as { reply?: Partial<DrawnView> } | null)?.reply;
  return typeof reply?.viewnum === 'number' ? (reply as DrawnView) : undefined;
}

function beliefIn({ viewnum, primary, backup }: DrawnView, node: string): BelievedRole | undefined {
  if (viewnum === 0) return undefined;
  const role = node === primary ? 'primary' : node === backup ? 'backup' : 'idle';
  return { role, viewnum };
}

function isBelief(fields: {
  readonly [key: string]: unknown;
}): fields is BelievedRole & typeof fields {
  const { role, viewnum } = fields;
  return (
    typeof viewnum === 'number' && (role === 'primary' || role === 'backup' || role === 'idle')
  );
}

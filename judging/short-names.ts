/** Short names of nodes for drawings in text: an address of fifty characters leaves no room for what happens there. */
import type { TraceEvent } from '../runtime/trace';

/** A name of so many characters is short. */
const shortEnough = 12;
/** Where a name may be cut, and the longest that is left where no cut tells it apart. */
const boundary = /[.:\-_]/g;
const longest = 24;

/** The same events, with names of nodes that are cut where they can still be told apart: `replica-b` of `replica-b.rack-1.example.net:8001`. */
export function withShortNames(trace: readonly TraceEvent[]): readonly TraceEvent[] {
  const short = shortNames(namesIn(trace));
  if ([...short].every(([name, cut]) => name === cut)) return trace;
  return trace.map((event) => renamed(event, (name) => short.get(name) ?? name));
}

/** The same for sentences about a run. */
export function shortNamesIn(trace: readonly TraceEvent[]): (sentence: string) => string {
  const cuts = [...shortNames(namesIn(trace))]
    .filter(([name, cut]) => name !== cut)
    // A name may begin with another one.
    .sort(([a], [b]) => b.length - a.length);
  return (sentence) => cuts.reduce((text, [name, cut]) => text.replaceAll(name, cut), sentence);
}

function namesIn(trace: readonly TraceEvent[]): string[] {
  const names = new Set<string>();
  for (const event of trace) {
    names.add(event.node);
    if ('from' in event) names.add(event.from);
    if ('to' in event) names.add(event.to);
  }
  return [...names];
}

/** The short name of each. */
export function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    names.map((name) => {
      if (name.length <= shortEnough) return [name, name];
      const isAlone = (cut: string) =>
        names.every((other) => other === name || !other.startsWith(cut));
      const cuts = [...name.matchAll(boundary)].map(({ index }) => name.slice(0, index));
      const cut = cuts.find((one) => /[a-z0-9]/i.test(one) && isAlone(one)) ?? name;
      return [name, cut.length <= longest ? cut : `${cut.slice(0, longest - 1)}…`];
    }),
  );
}

function renamed(event: TraceEvent, nameOf: (name: string) => string): TraceEvent {
  const node = nameOf(event.node);
  const orNobody = (name: string | null) => (name === null ? null : nameOf(name));
  if ('from' in event) return { ...event, node, from: nameOf(event.from), to: nameOf(event.to) };
  if ('to' in event) return { ...event, node, to: nameOf(event.to) };
  if (event.type !== 'view') return { ...event, node };
  return { ...event, node, primary: orNobody(event.primary), backup: orNobody(event.backup) };
}

/**
 * The end of a run in which nothing is achieved any more: the same few kinds of events, again and
 * again. Each kind is worth one line, and all that repeats them one more.
 */

interface Happening {
  readonly t: number;
  readonly node: string;
  readonly text: string;
  readonly times: number;
}

/** The count from which events that happen up to the end count as going on. */
const leastTimes = 3;

/**
 * The happenings without those that only repeat what goes on up to the end, and a line that says how
 * many those are; undefined: too few to leave them out.
 */
export function withoutRepeats<Own extends Happening>(
  all: readonly Own[],
): { readonly shown: readonly Own[]; readonly rest: string | undefined } {
  const start = startOfRepeats(all);
  const kinds = new Set<string>();
  const cycle: Own[] = [];
  let repeats = 0;
  for (const happening of all.slice(start)) {
    const kind = kindOf(happening);
    if (!kinds.has(kind)) cycle.push({ ...happening, times: 1 });
    repeats += happening.times - (kinds.has(kind) ? 0 : 1);
    kinds.add(kind);
  }
  const last = cycle.at(-1);
  if (last === undefined) return { shown: all, rest: undefined };
  const seconds = ((all.at(-1)?.t ?? 0) - last.t) / 1_000;
  const these = kinds.size === 1 ? 'this kind' : `these ${kinds.size} kinds`;
  const count = repeats.toLocaleString('en-US');
  const rest = `and so on for ${seconds.toFixed(1)} s: ${count} more events of ${these}`;
  return { shown: [...all.slice(0, start), ...cycle], rest };
}

/** From there to the end, each kind of event happens several times. */
function startOfRepeats(all: readonly Happening[]): number {
  const kinds = all.map(kindOf);
  for (let start = 0; ; ) {
    const counts = new Map<string, number>();
    for (const kind of kinds.slice(start)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const rare = kinds.findLastIndex(
      (kind, i) => i >= start && (counts.get(kind) ?? 0) < leastTimes,
    );
    if (rare < 0) return start;
    start = rare + 1;
  }
}

/** Numbers of views, attempts and positions grow while the same goes on; names stay as they are. */
function kindOf({ node, text }: Happening): string {
  return `${node} ${text.replace(/(?<![A-Za-z0-9])\d+/g, '#')}`;
}

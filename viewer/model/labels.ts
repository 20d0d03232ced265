/** The places of labels beside bars: each can be read and none lies on another. */

export interface Bar {
  readonly row: number;
  readonly x1: number;
  readonly x2: number;
  /** Of its words. */
  readonly width: number;
}

export interface Place {
  readonly left: number;
  /** How many lines above (-1) or below (1) the middle of the bar. */
  readonly line: -1 | 0 | 1;
  /** The width that the words may take; less than their width where the picture is too narrow. */
  readonly room: number;
}

interface Taken {
  readonly row: number;
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

const gap = 6;

/** A place for each bar, in their order; `from` and `to`: the picture. */
export function placeLabels(bars: readonly Bar[], from: number, to: number): readonly Place[] {
  const taken: Taken[] = [];
  return bars.map((bar) => {
    const room = Math.min(bar.width, to - from);
    const places = candidates(bar, room, from, to);
    const free = places.find((place) => isFree(place, bar.row, taken)) ?? places[0];
    taken.push({ row: bar.row, line: free.line, from: free.left, to: free.left + free.room });
    return free;
  });
}

function candidates({ x1, x2 }: Bar, room: number, from: number, to: number): [Place, ...Place[]] {
  const inside = (left: number) => Math.max(from, Math.min(left, to - room));
  const beside: Place[] = [];
  if (x2 - x1 >= room + 2 * gap) beside.push({ left: x1 + gap, line: 0, room });
  if (x2 + gap + room <= to) beside.push({ left: x2 + gap, line: 0, room });
  if (x1 - gap - room >= from) beside.push({ left: x1 - gap - room, line: 0, room });
  const above: Place = { left: inside(x1), line: -1, room };
  const below: Place = { left: inside(x1), line: 1, room };
  const [first = above, ...others] = [...beside, above, below];
  return [first, ...others];
}

function isFree({ left, line, room }: Place, row: number, taken: readonly Taken[]): boolean {
  // A line above or below reaches into the row beside it.
  const height = (r: number, l: number) => 2 * r + l;
  return taken.every(
    (other) =>
      Math.abs(height(other.row, other.line) - height(row, line)) > 0 ||
      left + room + gap <= other.from ||
      other.to + gap <= left,
  );
}

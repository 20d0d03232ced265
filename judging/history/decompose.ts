import { addTo } from './model/multimap';

/** A value taken apart: what was put first, if anything, and what was then appended, in order. */
export interface Decomposition {
  readonly start: string | undefined;
  readonly appended: readonly string[];
}

/**
 * Takes a value apart. Undefined: it cannot be made of these pieces. `ambiguous`: it can, in more
 * than one way.
 */
export function decompose(
  value: string,
  starts: Iterable<string>,
  appends: ReadonlySet<string>,
): Decomposition | 'ambiguous' | undefined {
  const beginnings = new Set([...starts].filter((start) => value.startsWith(start)));
  const lengths = new Set([...appends].map((text) => text.length).filter((length) => length > 0));
  const startEnds = new Set([0, ...[...beginnings].map((start) => start.length)]);
  // By position that can be reached: the pieces that can come last on the way there.
  const pieces = new Map<number, string[]>();
  for (let position = 0; position < value.length; position++) {
    if (!startEnds.has(position) && !pieces.has(position)) continue;
    for (const length of lengths) {
      const piece = value.slice(position, position + length);
      if (piece.length === length && appends.has(piece)) addTo(pieces, position + length, piece);
    }
  }
  return walkBack(value, startEnds, pieces);
}

function walkBack(
  value: string,
  startEnds: ReadonlySet<number>,
  pieces: ReadonlyMap<number, readonly string[]>,
): Decomposition | 'ambiguous' | undefined {
  const appended: string[] = [];
  let position = value.length;
  while (!startEnds.has(position)) {
    const [piece, another] = pieces.get(position) ?? [];
    if (piece === undefined) return undefined;
    if (another !== undefined) return 'ambiguous';
    appended.push(piece);
    position -= piece.length;
  }
  if (pieces.has(position)) return 'ambiguous';
  return {
    start: position === 0 ? undefined : value.slice(0, position),
    appended: appended.reverse(),
  };
}

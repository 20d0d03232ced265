/** The differences between two primaries, as a table for the terminal. */

/** A key on which both differ; null: it has no value there. */
export interface DivergedKey {
  readonly key: string;
  /** At the server that gave its state up. */
  readonly here: string | null;
  /** At the other one. */
  readonly there: string | null;
  /** The acknowledged writes that are lost, in words; null: none. */
  readonly lost: string | null;
}

export interface Divergence {
  readonly loser: string;
  readonly winner: string;
  readonly rows: readonly DivergedKey[];
  /** How many keys differ, and how many acknowledged writes are lost, shown or not. */
  readonly keys: number;
  readonly lost: number;
}

export function divergenceInWords({ loser, winner, rows, keys, lost }: Divergence): string {
  const head = `${loser} has given up its state for that of ${winner}. What they differed in:`;
  if (keys === 0) return `${head} nothing.`;
  // s1 stands left of s2, whoever of them loses.
  const [left, right] = [loser, winner].sort();
  const table = [
    ['key', `at ${left}`, `at ${right}`, 'kept', `lost, though ${loser} had acknowledged it`],
    ...rows.map(({ key, here, there, lost }) => {
      const values = loser === left ? [here, there] : [there, here];
      return [quoted(key), ...values.map(shown), shown(there), lost ?? ''];
    }),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  const lines = table.map((cells) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd(),
  );
  const more = keys > rows.length ? [`  ... and ${keys - rows.length} more keys`] : [];
  const loss = counted(lost, 'acknowledged write is lost', 'acknowledged writes are lost');
  const sum = `  ${counted(keys, 'key differs', 'keys differ')}; ${loss}.`;
  return [head, ...lines, ...more, sum].join('\n');
}

function shown(value: string | null): string {
  return value === null ? '-' : JSON.stringify(value);
}

function quoted(key: string): string {
  return /^[^\s"]+$/.test(key) ? key : JSON.stringify(key);
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

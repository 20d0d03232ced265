/** The values that operations can make, in any order, and however often each takes effect. */
import { chainedHash } from '../../pbservice/chained-hash';
import { decompose } from './decompose';
import type { HistoryOperation, Value } from './model/history';
import { foundBy, leftBy } from './model/models';

/** Hashes to compute before leaving it open what putHashes can have left. */
const MOST_HASHES = 200_000;

/**
 * Whether operations, had they taken effect, can have made a value: out of nothing, or, as the results
 * of putHashes have no end, by two of them of any value that anybody wrote, found or left. `unknown`: putHashes could have left too much to look at.
 *
 * @param all where to look for values that somebody found
 */
export function canBeMade(
  value: string | number,
  operations: readonly HistoryOperation[],
  all: readonly HistoryOperation[],
): boolean | 'unknown' {
  const written = writtenBy(operations);
  if (written.has(value)) return true;
  if (typeof value !== 'string') return false;
  const appends = textsOf('append', operations);
  const starts = new Set([...written].filter((it) => typeof it === 'string'));
  if (/^\d/.test(value)) {
    const hashes = hashesBy(operations, known(value, starts, all));
    if (hashes === 'unknown') return 'unknown';
    for (const hash of hashes) starts.add(hash);
  }
  if (starts.has(value)) return true;
  return appends.size > 0 && decompose(value, starts, appends) !== undefined;
}

/** The values that were there, as far as anybody can tell; whether the one in question was is open. */
function known(
  value: string,
  starts: Iterable<string>,
  all: readonly HistoryOperation[],
): ReadonlySet<string> {
  const values = ['', ...starts, ...all.map(foundBy), ...all.map(leftByHash)];
  return new Set(values.filter((it) => typeof it === 'string').filter((it) => it !== value));
}

function leftByHash(operation: HistoryOperation): Value | undefined {
  return operation.f === 'putHash' ? leftBy(operation) : undefined;
}

/** The values that putHashes make of known values, of those with something appended, and of their own results. */
function hashesBy(
  operations: readonly HistoryOperation[],
  known: ReadonlySet<string>,
): ReadonlySet<string> | 'unknown' {
  const hashed = textsOf('putHash', operations);
  const appends = textsOf('append', operations);
  const atMost = known.size * (1 + appends.size + hashed.size) * hashed.size;
  if (atMost > MOST_HASHES) return 'unknown';
  const made = (of: Iterable<string>) =>
    [...of].flatMap((old) => [...hashed].map((text) => chainedHash(old, text)));
  const once = [...known, ...[...known].flatMap((old) => [...appends].map((text) => old + text))];
  const hashes = made(once);
  return new Set([...hashes, ...made(made(known))]);
}

function textsOf(
  f: 'append' | 'putHash',
  operations: readonly HistoryOperation[],
): ReadonlySet<string> {
  return new Set(operations.flatMap((it) => (it.f === f ? [it.value] : [])));
}

/** The values that operations write whatever they find. */
function writtenBy(operations: readonly HistoryOperation[]): Set<Value> {
  const written = new Set<Value>();
  for (const it of operations) {
    if (it.f === 'put' || it.f === 'write') written.add(it.value);
    if (it.f === 'cas') written.add(it.to);
  }
  return written;
}

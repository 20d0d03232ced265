/** Histories of which less is known: what is impossible all the same rests on the rest. */
import type { HistoryOperation } from './model/history';
import { foundBy, isRead, leftBy } from './model/models';

/** Past any real line. */
const NEVER = Number.POSITIVE_INFINITY;

/** The operations invoked by a line; what had not returned then has not returned. */
export function upTo(operations: readonly HistoryOperation[], line: number): HistoryOperation[] {
  return operations
    .filter((it) => it.invokedAt <= line)
    .flatMap((it) => (it.returnedAt <= line ? [it] : forgotten(it)));
}

/** The history in which only some operations are known. */
export function only(
  operations: readonly HistoryOperation[],
  known: ReadonlySet<HistoryOperation>,
): HistoryOperation[] {
  return operations.flatMap((it) => (known.has(it) ? [it] : forgotten(it)));
}

/**
 * An operation of which nothing is known, not even whether it took effect, nor when. What reads has
 * no effect, and what failed has none: of them nothing is left.
 */
export function forgotten(operation: HistoryOperation): readonly HistoryOperation[] {
  if (operation.outcome === 'fail' || isRead(operation)) return [];
  if (operation.outcome === 'info') return [operation];
  return [{ ...operation, outcome: 'info', result: null, returnedAt: NEVER }];
}

/**
 * The same history, had one operation found what was there at any moment up to its return. What it
 * left, it left in its own time.
 */
export function withOldValue(
  operations: readonly HistoryOperation[],
  reader: HistoryOperation,
): HistoryOperation[] {
  const { index, process, key, returnedAt } = reader;
  const found = foundBy(reader) ?? null;
  const isRegister = reader.f === 'read' || reader.f === 'cas';
  const base = { index, process, key, outcome: 'ok', returnedAt } as const;
  const read = { ...base, f: isRegister ? 'read' : 'get', result: found, invokedAt: 0 } as const;
  const rest = operations.flatMap((it): HistoryOperation[] => {
    if (it !== reader) return [it];
    const left = isRead(reader) ? undefined : leftBy(reader);
    if (left === undefined) return [];
    const write = { ...base, invokedAt: reader.invokedAt, result: null };
    return [
      isRegister ? { ...write, f: 'write', value: left } : { ...write, f: 'put', value: `${left}` },
    ];
  });
  return [read, ...rest];
}

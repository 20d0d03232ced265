import { type Decomposition, decompose } from './decompose';
import type { HistoryOperation, Value } from './model/history';
import { foundBy, isRead, leftBy } from './model/models';
import { addTo } from './model/multimap';
import type { Prover } from './prover';
import { withOldValue } from './weaker-histories';

/** How many of the operations before a finding to compare it with. */
const MOST_OTHERS = 20;

/** The finding of an operation, and the operations to judge it by. */
export class Case {
  readonly reader: HistoryOperation;
  readonly found: Value;
  readonly past: readonly HistoryOperation[];
  readonly all: readonly HistoryOperation[];
  /** The appends that may have taken effect, by what they append. */
  readonly appends: ReadonlyMap<string, readonly HistoryOperation[]>;
  /** The pieces of the value found; undefined if they are not certain. */
  readonly parts: Decomposition | undefined;

  private readonly prover: Prover;
  /** The operations that had failed, or were to fail. */
  private readonly failed: readonly HistoryOperation[];
  private readonly pieces: ReadonlySet<string>;
  private readonly starts: readonly string[];
  /** The value that a putHash left rests on the value that it said it found. */
  private readonly hasHashes: boolean;
  private oldness: boolean | undefined;

  private constructor(
    reader: HistoryOperation,
    past: readonly HistoryOperation[],
    all: readonly HistoryOperation[],
    prover: Prover,
  ) {
    const tried = past.filter((it) => it.invokedAt < reader.returnedAt);
    this.failed = all.filter((it) => it.outcome === 'fail' && it.invokedAt < reader.returnedAt);
    this.reader = reader;
    this.found = foundBy(reader) ?? null;
    this.past = past;
    this.all = all;
    this.prover = prover;
    this.appends = appendsAmong(tried.filter((it) => it.outcome !== 'fail'));
    // A failed write may be there all the same.
    this.pieces = new Set(appendsAmong([...tried, ...this.failed]).keys());
    this.starts = [...tried, ...this.failed].flatMap((it) => (it.f === 'put' ? [it.value] : []));
    this.hasHashes = tried.some((it) => it.f === 'putHash' && it !== reader);
    this.parts = this.takeApart(this.found);
  }

  /** Undefined: what it found does not say what was there, or there is no more time to look at it. */
  static of(
    reader: HistoryOperation,
    past: readonly HistoryOperation[],
    all: readonly HistoryOperation[],
    prover: Prover,
  ): Case | undefined {
    const found = foundBy(reader);
    if (found === undefined || !findsForCertain(reader)) return undefined;
    return prover.look(4 * all.length) ? new Case(reader, past, all, prover) : undefined;
  }

  /** Whether all is explained if the reader found a value of an earlier moment. */
  get isOld(): boolean {
    this.oldness ??= this.prover.isPossible(withOldValue(this.past, this.reader));
    return this.oldness;
  }

  readonly findsForCertain = findsForCertain;

  takeApart(value: Value): Decomposition | undefined {
    if (typeof value !== 'string' || this.appends.size === 0 || this.hasHashes) return undefined;
    const parts = decompose(value, this.starts, this.pieces);
    return parts === 'ambiguous' ? undefined : parts;
  }

  /** The append that a text in a value is, if it can be one only. */
  onlyAppendOf(text: string): readonly HistoryOperation[] {
    const appends = this.appends.get(text) ?? [];
    return appends.length === 1 && this.failedAppends(text).length === 0 ? appends : [];
  }

  failedAppends(text: string): readonly HistoryOperation[] {
    return this.failed.filter((it) => it.f === 'append' && it.value === text);
  }

  /**
   * The operations that may have left a value, one of which must have if somebody found it; of nothing
   * that is nobody. Undefined: it is not known who.
   */
  sourcesOf(value: Value): readonly HistoryOperation[] | undefined {
    if (!this.prover.look(this.past.length)) return undefined;
    const last = this.takeApart(value)?.appended.at(-1);
    const sources =
      last !== undefined
        ? (this.appends.get(last) ?? [])
        : this.past.filter((it) => {
            const isAppend = it.f === 'append' && it.outcome !== 'fail';
            return leftBy(it) === value || (isAppend && String(value ?? '').endsWith(it.value));
          });
    return sources.length === 0 && value !== null ? undefined : sources;
  }

  /** The latest of the operations that had returned when the reader was invoked. */
  before(where: (operation: HistoryOperation) => boolean): readonly HistoryOperation[] {
    if (!this.prover.look(this.past.length)) return [];
    return this.past
      .filter((it) => it.outcome === 'ok' && it.returnedAt < this.reader.invokedAt && where(it))
      .sort((a, b) => b.invokedAt - a.invokedAt)
      .slice(0, MOST_OTHERS);
  }

  /** Whether from an operation on the value can only have grown, by appends. */
  onlyGrewSince({ invokedAt }: HistoryOperation): boolean {
    return this.past.every((it) => {
      return it.outcome === 'fail' || isRead(it) || it.f === 'append' || it.returnedAt < invokedAt;
    });
  }

  /** Whether anybody may have found what a write left, or what became of that by appending. */
  mayBeFound(write: HistoryOperation): boolean {
    const holds = (value: Value): boolean =>
      write.f === 'append'
        ? String(value ?? '').includes(write.value)
        : value === leftBy(write) || String(value ?? '').startsWith(String(leftBy(write)));
    return this.all.some((it) => {
      const found = it.f === 'cas' ? it.from : foundBy(it);
      return found !== undefined && holds(found);
    });
  }

  /** The doubt about a write, in words: whether anybody has seen the value that it left, before or after. */
  doubt(write: HistoryOperation): string {
    return this.mayBeFound(write) ? '' : ', which nobody ever read: an old copy, or lost';
  }

  /**
   * Who found, one after the acknowledgement of a write as the other and before anything else was
   * written, that it is not there, if that are several and nobody ever found it: the reader and one
   * more.
   */
  othersThatMiss(write: HistoryOperation): readonly HistoryOperation[] | undefined {
    const { all, past, reader } = this;
    if (this.mayBeFound(write)) return undefined;
    const findings = all.filter((it) => foundBy(it) !== undefined);
    const next = all.find((it) => !isRead(it) && it.invokedAt > write.returnedAt);
    const end = next?.invokedAt ?? Number.POSITIVE_INFINITY;
    const missing = findings.filter((it) => {
      return it.invokedAt > write.returnedAt && it.returnedAt < end && isRead(it);
    });
    const isThere = missing.some(({ index }) => index === reader.index);
    if (missing.length < 2 || !isThere) return undefined;
    const other = missing.find(({ index }) => index !== reader.index) as HistoryOperation;
    return [past.find(({ index }) => index === other.index) ?? other, reader];
  }
}

/** To a putHash nothing there is the empty string. */
function findsForCertain(operation: HistoryOperation): boolean {
  const found = foundBy(operation);
  return found !== undefined && !(operation.f === 'putHash' && found === '');
}

function appendsAmong(operations: readonly HistoryOperation[]): Map<string, HistoryOperation[]> {
  const appends = new Map<string, HistoryOperation[]>();
  for (const operation of operations) {
    if (operation.f === 'append') addTo(appends, operation.value, operation);
  }
  return appends;
}

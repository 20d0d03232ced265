/** Nothing there. */
export const MISSING = 0;
/** Any state in which no expectation can be met before the value is overwritten. */
export const OTHER = 1;

const BYTES_PER_STATE = 120;
/** Characters that it pays to search through for each append. */
const LONGEST_HAYSTACK = 1024 * 1024;

/**
 * The states of one key as small integers, such that comparing, hashing and appending cost next to
 * nothing however long the values are.
 *
 * All that a search ever asks of a state is whether it is one of the values that some operation
 * expects to find, and what becomes of it by appending. So a state is a prefix of an expected
 * value, or it is OTHER. The expected values are sorted; a prefix is the range of those that begin
 * with it, together with its length: appending narrows the range by a binary search that looks at
 * the appended characters only.
 */
export class StateTable {
  /** Sorted, without duplicates. */
  private readonly expected: readonly string[];
  private readonly keepsTexts: boolean;
  private readonly prefixesCount: boolean;
  private readonly longest: number;

  // By state: the range [low, high) of expected values that begin with it, and its length.
  private readonly lows: number[] = [];
  private readonly highs: number[] = [];
  private readonly lengths: number[] = [];
  private readonly idsOfPrefixes = new Map<number, number>();
  private readonly idsOfTexts = new Map<string, number>();
  private readonly texts = new Map<number, string>();
  private textBytes = 0;
  /** All expected values that others do not begin with. */
  private haystack: string | undefined;

  /**
   * @param expected the values that operations expect to find
   * @param options.prefixesCount whether values can grow by appending
   * @param options.keepsTexts whether states outside of the expected values must be told apart
   *   too, because something depends on their text
   */
  constructor(
    expected: Iterable<string>,
    options: { readonly prefixesCount: boolean; readonly keepsTexts: boolean },
  ) {
    this.expected = [...new Set(expected)].sort();
    this.longest = this.expected.reduce((longest, text) => Math.max(longest, text.length), 0);
    this.prefixesCount = options.prefixesCount;
    this.keepsTexts = options.keepsTexts;
    this.define(0, this.expected.length, 0); // MISSING appends like the empty string
    this.define(0, 0, 0); // OTHER has no expected value in its range, and never will have
  }

  /** Memory used by the states, in bytes, roughly; the expected values are the history's own. */
  get sizeBytes(): number {
    return this.lows.length * BYTES_PER_STATE + this.textBytes;
  }

  /** The state in which the key holds the text. */
  of(text: string): number {
    return this.extend(MISSING, text);
  }

  /** The state after appending to another. The empty string appended to MISSING is no longer it. */
  append(state: number, suffix: string): number {
    return this.extend(state, suffix);
  }

  /** Whether a text may be part of an expected value; if not, appending it leaves OTHER. */
  mayOccur(text: string): boolean {
    if (this.keepsTexts) return true;
    this.haystack ??= this.expected
      .filter((value, index) => !this.expected[index + 1]?.startsWith(value))
      .join('\n');
    return this.haystack.length > LONGEST_HAYSTACK || this.haystack.includes(text);
  }

  /** The value of a state. That of OTHER is not known. */
  text(state: number): string {
    const low = this.lows[state] as number;
    return this.texts.get(state) ?? this.expected[low]?.slice(0, this.lengths[state]) ?? '';
  }

  private extend(state: number, suffix: string): number {
    const offset = this.lengths[state] as number;
    const low = this.lowerBound(state, offset, suffix, false);
    const high = this.lowerBound(state, offset, suffix, true);
    const length = offset + suffix.length;
    const isUseful = low < high && (this.prefixesCount || this.expected[low]?.length === length);
    if (isUseful) return this.prefix(low, high, length);
    return this.keepsTexts ? this.unexpected(this.text(state) + suffix) : OTHER;
  }

  /** The first value in the state's range that goes on, at the offset, with the suffix or later. */
  private lowerBound(state: number, offset: number, suffix: string, after: boolean): number {
    let low = this.lows[state] as number;
    let high = this.highs[state] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const part = (this.expected[middle] as string).slice(offset, offset + suffix.length);
      if (part < suffix || (after && part === suffix)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private prefix(low: number, high: number, length: number): number {
    const key = low * (this.longest + 1) + length;
    const known = this.idsOfPrefixes.get(key);
    if (known !== undefined) return known;
    const id = this.define(low, high, length);
    this.idsOfPrefixes.set(key, id);
    return id;
  }

  private unexpected(text: string): number {
    const known = this.idsOfTexts.get(text);
    if (known !== undefined) return known;
    const id = this.define(0, 0, text.length);
    this.idsOfTexts.set(text, id);
    this.texts.set(id, text);
    this.textBytes += 2 * text.length;
    return id;
  }

  private define(low: number, high: number, length: number): number {
    this.lows.push(low);
    this.highs.push(high);
    this.lengths.push(length);
    return this.lows.length - 1;
  }
}

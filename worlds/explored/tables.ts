/** Tables of whole numbers in typed arrays: no objects, nothing for the garbage collector. */

/** Numbers texts from 0, in the order in which they first came. */
export class Interner {
  private readonly ids = new Map<string, number>();
  private readonly texts: string[] = [];

  id(text: string): number {
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.texts.length;
      this.ids.set(text, id);
      this.texts.push(text);
    }
    return id;
  }

  text(id: number): string {
    return this.texts[id] as string;
  }

  get size(): number {
    return this.texts.length;
  }
}

/** Maps a pair of whole numbers, of 31 bits each, to another one; open addressing. */
export class PairTable {
  size = 0;
  private firsts: Int32Array;
  private seconds: Int32Array;
  private values: Int32Array;
  private mask: number;

  constructor(capacity = 1 << 12) {
    this.firsts = new Int32Array(capacity).fill(-1);
    this.seconds = new Int32Array(capacity);
    this.values = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  /** -1: it is not there. */
  get(first: number, second: number): number {
    let at = mix(first, second) & this.mask;
    for (;;) {
      const found = this.firsts[at] as number;
      if (found === -1) return -1;
      if (found === first && this.seconds[at] === second) return this.values[at] as number;
      at = (at + 1) & this.mask;
    }
  }

  /** The pair must not be there yet. */
  add(first: number, second: number, value: number): void {
    if (2 * this.size >= this.mask) this.grow();
    this.put(first, second, value);
    this.size += 1;
  }

  get sizeBytes(): number {
    return 12 * (this.mask + 1);
  }

  private put(first: number, second: number, value: number): void {
    let at = mix(first, second) & this.mask;
    while (this.firsts[at] !== -1) at = (at + 1) & this.mask;
    this.firsts[at] = first;
    this.seconds[at] = second;
    this.values[at] = value;
  }

  private grow(): void {
    const { firsts, seconds, values } = this;
    const capacity = 2 * firsts.length;
    this.firsts = new Int32Array(capacity).fill(-1);
    this.seconds = new Int32Array(capacity);
    this.values = new Int32Array(capacity);
    this.mask = capacity - 1;
    for (let i = 0; i < firsts.length; i += 1) {
      if (firsts[i] === -1) continue;
      this.put(firsts[i] as number, seconds[i] as number, values[i] as number);
    }
  }
}

/**
 * A set of 64-bit hashes. Two different states with the same hash count as one: with n states the
 * probability that this happens anywhere is about n * n / 2^65.
 */
export class HashSet {
  size = 0;
  private words: Int32Array;
  private mask: number;

  constructor(capacity = 1 << 16) {
    this.words = new Int32Array(2 * capacity);
    this.mask = capacity - 1;
  }

  /** True when it was not there yet. Never both words 0. */
  add(low: number, high: number): boolean {
    if (4 * this.size >= 3 * this.mask) this.grow();
    const isNew = this.put(low, high);
    if (isNew) this.size += 1;
    return isNew;
  }

  get sizeBytes(): number {
    return 8 * (this.mask + 1);
  }

  /** The memory of old and new table together when the table grows next. */
  get nextSizeBytes(): number {
    return 4 * (this.mask + 1) >= 3 * this.size + 1024 ? this.sizeBytes : 3 * this.sizeBytes;
  }

  private put(low: number, high: number): boolean {
    const { words, mask } = this;
    let at = (low ^ (high >>> 7)) & mask;
    for (;;) {
      const first = words[2 * at] as number;
      const second = words[2 * at + 1] as number;
      if ((first | second) === 0) {
        words[2 * at] = low;
        words[2 * at + 1] = high;
        return true;
      }
      if (first === low && second === high) return false;
      at = (at + 1) & mask;
    }
  }

  private grow(): void {
    const { words } = this;
    const capacity = 2 * (this.mask + 1);
    this.words = new Int32Array(2 * capacity);
    this.mask = capacity - 1;
    for (let i = 0; i < words.length; i += 2) {
      const low = words[i] as number;
      const high = words[i + 1] as number;
      if ((low | high) !== 0) this.put(low, high);
    }
  }
}

/** Records of whole numbers, one after the other. */
export class RecordPool {
  words: Int32Array;
  length = 0;

  constructor(capacity = 1 << 12) {
    this.words = new Int32Array(capacity);
  }

  push(word: number): void {
    if (this.length === this.words.length) this.grow(this.length + 1);
    this.words[this.length++] = word;
  }

  /** Copies the first `count` words of `source` to the end. */
  append(source: Int32Array, count: number): void {
    if (this.length + count > this.words.length) this.grow(this.length + count);
    const { words, length } = this;
    for (let i = 0; i < count; i += 1) words[length + i] = source[i] as number;
    this.length += count;
  }

  get sizeBytes(): number {
    return 4 * this.words.length;
  }

  private grow(needed: number): void {
    const words = new Int32Array(Math.max(2 * this.words.length, needed));
    words.set(this.words);
    this.words = words;
  }
}

function mix(first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

const INITIAL_CAPACITY = 16;

/**
 * A set of configurations, each a record of 32-bit integers of one width: Lowe's cache. Exact (it
 * compares records, not hashes) and without an object for each entry, as there are millions.
 */
export class ConfigurationCache {
  private readonly width: number;
  private capacity = INITIAL_CAPACITY;
  private records: Int32Array;
  /** By hash: number of a record, from 1; 0: free. Twice the records, so that probes are short. */
  private slots = new Int32Array(2 * INITIAL_CAPACITY);
  private entries = 0;

  /** @param width integers in a record */
  constructor(width: number) {
    this.width = width;
    this.records = new Int32Array(width * INITIAL_CAPACITY);
  }

  get size(): number {
    return this.entries;
  }

  get sizeBytes(): number {
    return this.records.byteLength + this.slots.byteLength;
  }

  /** The most memory that the next addition can come to need, old and new copies together. */
  get peakBytes(): number {
    return this.entries === this.capacity ? 3 * this.sizeBytes : this.sizeBytes;
  }

  /** Whether the record was not there yet; it is now. */
  add(record: Int32Array): boolean {
    if (this.entries === this.capacity) this.grow();
    const slot = this.find(record);
    if (this.slots[slot] !== 0) return false;
    this.records.set(record, this.entries * this.width);
    this.slots[slot] = ++this.entries;
    return true;
  }

  /** The slot that the record is in or, if it is not there, belongs in. */
  private find(record: Int32Array): number {
    const mask = this.slots.length - 1;
    let slot = hash(record, 0, this.width) & mask;
    for (;;) {
      const entry = this.slots[slot] as number;
      if (entry === 0 || this.equals(record, (entry - 1) * this.width)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private equals(record: Int32Array, offset: number): boolean {
    for (let index = 0; index < this.width; index++) {
      if (record[index] !== this.records[offset + index]) return false;
    }
    return true;
  }

  private grow(): void {
    this.capacity *= 2;
    const records = new Int32Array(this.width * this.capacity);
    records.set(this.records);
    this.records = records;
    this.slots = new Int32Array(2 * this.capacity);
    const mask = this.slots.length - 1;
    for (let entry = 0; entry < this.entries; entry++) {
      let slot = hash(records, entry * this.width, this.width) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = entry + 1;
    }
  }
}

/** Multiply and mix each word in: after the finaliser of MurmurHash3. */
function hash(words: Int32Array, start: number, width: number): number {
  let value = width;
  for (let index = start; index < start + width; index++) {
    value = Math.imul(value ^ (words[index] as number), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    value ^= value >>> 16;
  }
  return value;
}

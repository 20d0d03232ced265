/** A Map that knows how much room its texts take, so that all data together can have a bound. */

/** What an entry counts besides its texts, in UTF-16 code units. */
const entryOverhead = 64;

/** A Map whose keys are texts; otherwise like any other, and as ordered. */
export class SizedMap<Value> extends Map<string, Value> {
  /** The lengths of all keys and values together, and what each entry needs besides, in UTF-16 code units. */
  length = 0;
  private readonly lengthOf: (value: Value) => number;

  /** `lengthOf`: how much a value counts; asked again when it goes, so it must say the same then. */
  constructor(lengthOf: (value: Value) => number) {
    super();
    this.lengthOf = lengthOf;
  }

  override set(key: string, value: Value): this {
    this.length += this.entryLength(key, value) - this.lengthAt(key);
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.length -= this.lengthAt(key);
    return super.delete(key);
  }

  override clear(): void {
    this.length = 0;
    super.clear();
  }

  private lengthAt(key: string): number {
    return this.has(key) ? this.entryLength(key, this.get(key) as Value) : 0;
  }

  private entryLength(key: string, value: Value): number {
    return entryOverhead + key.length + this.lengthOf(value);
  }
}

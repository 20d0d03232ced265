/**
 * Merging histories is right if equal memories mean equal behaviour. That is tried out on samples: of
 * some histories that were merged with another one, the node is run on beside it, and must do the same.
 */
import type { Role } from '../world';
import type { Life, Reaction } from './lives';

/** This kind of node remembers things that its memory does not show: its histories must not be merged. */
export class HiddenMemory extends Error {
  readonly kind: Role['kind'];

  constructor(kind: Role['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** The first merges are all tried out, and of the others one in so many, for so many inputs each. */
const firstMerges = 48;
const everyMerges = 32;
const steps = 10;
/** So many are under way at a time: each keeps a node. */
const maxSamples = 400;

interface Sample {
  readonly life: Life;
  readonly left: number;
}

export class MergeCheck {
  merges = 0;
  private readonly samples = new Map<number, Sample>();

  /** A life came to a state that was known by another history; false: it is not tried out. */
  merged(state: number, life: Life): boolean {
    this.merges += 1;
    const isSampled = this.merges <= firstMerges || this.merges % everyMerges === 0;
    return isSampled && this.add(state, { life, left: steps });
  }

  /** Whether the state is to be compared with another history when it gets an input. */
  has(state: number): boolean {
    return this.samples.has(state);
  }

  /**
   * Gives the input to the other history too; false: it did something else. Resolves with the life
   * when it was tried for long enough.
   */
  async compare(
    state: number,
    memoryBefore: number,
    input: number,
    first: Reaction,
    memory: string | null,
    next: number,
  ): Promise<Life | boolean> {
    const { life, left } = this.samples.get(state) as Sample;
    this.samples.delete(state);
    const reaction = await life.give(memoryBefore, input);
    const isSame =
      JSON.stringify(reaction.outputs) === JSON.stringify(first.outputs) &&
      (await life.recall()).memory === memory;
    if (!isSame) return false;
    return (left > 0 && this.add(next, { life, left: left - 1 })) || life;
  }

  clear(): void {
    for (const { life } of this.samples.values()) life.crash();
    this.samples.clear();
  }

  private dropOldest(): void {
    for (const [state, { life }] of this.samples) {
      life.crash();
      this.samples.delete(state);
      return;
    }
  }

  private add(state: number, sample: Sample): boolean {
    if (this.samples.has(state)) return false;
    this.samples.set(state, sample);
    if (this.samples.size > maxSamples) this.dropOldest();
    return true;
  }
}

/**
 * Merging histories is right if equal memories mean equal behaviour. That is tried out on samples: of
 * some histories that were merged with another one, the node is run on beside it, and must do the same.
 */
import type { NodeIncarnation, Reaction } from './incarnations';

/** Nodes of this program remember things that its memory does not show: its histories must not be merged. */
export class HiddenMemory extends Error {
  readonly program: string;

  constructor(program: string, message: string) {
    super(message);
    this.program = program;
  }
}

/** The first merges are all tried out, and of the others one in so many, for so many inputs each. */
const firstMerges = 48;
const everyMerges = 32;
const steps = 10;
/** The most samples under way at a time: each keeps a node. */
const maxSamples = 400;

interface Sample {
  readonly incarnation: NodeIncarnation;
  readonly left: number;
}

export class MergeCheck {
  merges = 0;
  private readonly samples = new Map<number, Sample>();

  /** An incarnation came to a state that was known by another history; false: it is not tried out. */
  merged(state: number, incarnation: NodeIncarnation): boolean {
    this.merges += 1;
    const isSampled = this.merges <= firstMerges || this.merges % everyMerges === 0;
    return isSampled && this.add(state, { incarnation, left: steps });
  }

  /** Whether the state is to be compared with another history when it gets an input. */
  has(state: number): boolean {
    return this.samples.has(state);
  }

  /**
   * Gives the input to the other history too; false: it did something else. Resolves with the incarnation
   * when it was tried for long enough.
   */
  async compare(
    state: number,
    memoryBefore: number,
    input: number,
    first: Reaction,
    memory: string | null,
    next: number,
  ): Promise<NodeIncarnation | boolean> {
    const { incarnation, left } = this.samples.get(state) as Sample;
    this.samples.delete(state);
    const reaction = await incarnation.give(memoryBefore, input);
    const isSame =
      JSON.stringify(reaction.outputs) === JSON.stringify(first.outputs) &&
      (await incarnation.recall()).memory === memory;
    if (!isSame) return false;
    return (left > 0 && this.add(next, { incarnation, left: left - 1 })) || incarnation;
  }

  clear(): void {
    for (const { incarnation } of this.samples.values()) incarnation.crash();
    this.samples.clear();
  }

  private dropOldest(): void {
    for (const [state, { incarnation }] of this.samples) {
      incarnation.crash();
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

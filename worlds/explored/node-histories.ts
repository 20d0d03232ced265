/** Numbers all that a piece of a node's code can have been through. */
import { PairTable } from './tables';

/** The past of code that has not run yet. */
export const noPast = -1;

export class Pasts {
  private readonly byMemory = new PairTable();
  private readonly byInput = new PairTable();

  /** The past of what had this one, and then met an input when the node had this memory. */
  after(past: number, memory: number, input: number): number {
    let met = this.byMemory.get(past - noPast, memory);
    if (met < 0) {
      met = this.byMemory.size;
      this.byMemory.add(past - noPast, memory, met);
    }
    let next = this.byInput.get(met, input);
    if (next < 0) {
      next = this.byInput.size;
      this.byInput.add(met, input, next);
    }
    return next;
  }
}

import type { Address } from '../../../runtime/node';
import type { LinkFilter } from '../world';

/** A number for each ordered pair of nodes. */
export class LinkCounts {
  private readonly counts = new Map<Address, Map<Address, number>>();

  add(from: Address, to: Address, added: number): void {
    const ofSender = this.counts.get(from) ?? new Map<Address, number>();
    this.counts.set(from, ofSender);
    ofSender.set(to, (ofSender.get(to) ?? 0) + added);
  }

  sum({ from, to }: LinkFilter): number {
    let sum = 0;
    for (const [sender, ofSender] of this.counts) {
      if (from !== undefined && sender !== from) continue;
      for (const [receiver, count] of ofSender) {
        if (to === undefined || to === receiver) sum += count;
      }
    }
    return sum;
  }
}

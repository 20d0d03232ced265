import type { Address } from '../runtime/node';
import type { LinkFilter } from './world';

/** A number for each ordered pair of nodes. */
export class LinkNumbers {
  private readonly numbers = new Map<Address, Map<Address, number>>();

  /** undefined: there is none for this pair. */
  get(from: Address, to: Address): number | undefined {
    return this.numbers.get(from)?.get(to);
  }

  set(from: Address, to: Address, number: number): void {
    this.ofSender(from).set(to, number);
  }

  add(from: Address, to: Address, added: number): void {
    const ofSender = this.ofSender(from);
    ofSender.set(to, (ofSender.get(to) ?? 0) + added);
  }

  sum({ from, to }: LinkFilter): number {
    let sum = 0;
    for (const [sender, ofSender] of this.numbers) {
      if (from !== undefined && sender !== from) continue;
      for (const [receiver, number] of ofSender) {
        if (to === undefined || to === receiver) sum += number;
      }
    }
    return sum;
  }

  private ofSender(from: Address): Map<Address, number> {
    let ofSender = this.numbers.get(from);
    if (ofSender === undefined) {
      ofSender = new Map();
      this.numbers.set(from, ofSender);
    }
    return ofSender;
  }
}

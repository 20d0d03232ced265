/** The faults of one run of a sweep as a short text: `17drop.s1-s2.forward,30crash.s1-s2.forward`. */
import { earlierWords } from '../../../runtime/fault-words';
import type { Arriving } from '../../../worlds/simulated/delivery';
import { nameOfArrival, type SweptFault, sweptFaults } from './faults';

/** A fault with the message as which it strikes, so that a schedule that no longer fits is noticed. */
export interface NamedFault {
  /** Counts the messages that arrive while the work goes on, from 1. */
  readonly step: number;
  readonly word: SweptFault;
  readonly message: string;
}

export function named(step: number, word: SweptFault, arriving: Arriving): NamedFault {
  return { step, word, message: nameOfArrival(arriving) };
}

export function formatFaults(faults: readonly NamedFault[]): string {
  return faults.map(({ step, word, message }) => `${step}${word}.${message}`).join(',');
}

/** undefined: the text says no faults. */
export function parseFaults(text: string): readonly NamedFault[] | undefined {
  const faults: NamedFault[] = [];
  for (const item of text.split(',')) {
    const [, step = '', word = '', message = ''] =
      /^(\d{1,6})([a-z]+)\.([\w.-]+)$/.exec(item) ?? [];
    const name = Object.hasOwn(earlierWords.swept, word) ? earlierWords.swept[word] : word;
    const known = sweptFaults.find((other) => other === name);
    if (known === undefined) return undefined;
    faults.push({ step: Number(step), word: known, message });
  }
  return faults;
}

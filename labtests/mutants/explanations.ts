/** Mutants that no scenario kills and why that is right, as written down in survivors.json. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { Mutant } from './mutate';

const file = path.join(__dirname, 'survivors.json');

/** `equivalent`: no run can differ. `also right`: runs differ, and the rules allow both. */
const kinds = ['equivalent', 'also right'] as const;

const Change = v.strictObject({
  file: v.string(),
  at: v.pipe(v.string(), v.description('The line in which the original begins, trimmed.')),
  mutator: v.string(),
  original: v.pipe(v.string(), v.description('As `short` makes it.')),
  replacement: v.string(),
  nth: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2))),
});
type Change = v.InferOutput<typeof Change>;

const Explanation = v.strictObject({
  kind: v.picklist(kinds),
  reason: v.pipe(v.string(), v.minLength(10)),
  mutants: v.pipe(v.array(Change), v.minLength(1)),
});
export type SurvivorExplanation = v.InferOutput<typeof Explanation>;

export interface Explained {
  readonly kind: SurvivorExplanation['kind'];
  readonly reason: string;
}

/** Throws an Error that says what is wrong with the file. */
export function readExplanations(text = readFileSync(file, 'utf8')): SurvivorExplanation[] {
  const parsed = v.safeParse(v.array(Explanation), JSON.parse(text));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(
    `${path.basename(file)}: ${issue.message} at ${v.getDotPath(issue) ?? 'its top'}`,
  );
}

/** Which of these mutants are explained. */
export class Explanations {
  private readonly explained = new Map<string, Explained>();

  constructor(explanations: readonly SurvivorExplanation[]) {
    for (const { kind, reason, mutants } of explanations) {
      for (const change of mutants) {
        const key = keyOf(change);
        if (this.explained.has(key)) throw new Error(`explained twice: ${key}`);
        this.explained.set(key, { kind, reason });
      }
    }
  }

  of(mutant: Mutant): Explained | undefined {
    return this.explained.get(identity(mutant));
  }

  /** The explanations that fit none of these mutants any more. */
  stale(mutants: readonly Mutant[]): string[] {
    const known = new Set(mutants.map(identity));
    return [...this.explained.keys()].filter((key) => !known.has(key));
  }
}

/** The identity of a mutant, wherever its line moves. */
export function identity(mutant: Mutant): string {
  return keyOf(changeOf(mutant));
}

/** A mutant as it stands in survivors.json. */
export function changeOf({ original, replacement, ...place }: Mutant): Change {
  const { file, at, mutator, nth } = place;
  const change = { file, at, mutator, original: short(original), replacement: short(replacement) };
  return nth === 1 ? change : { ...change, nth };
}

function keyOf({ file, at, mutator, original, replacement, nth }: Change): string {
  const which = nth === undefined ? '' : ` (${nth})`;
  return `${file}: ${mutator} in \`${at}\`${which}: \`${original}\` -> \`${replacement}\``;
}

/** Code on one line, and not too long. */
export function short(code: string): string {
  const line = code.replace(/\s+/g, ' ').trim();
  return line.length <= 100 ? line : `${line.slice(0, 97)}...`;
}

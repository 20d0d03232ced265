/** The setting of a run: what no right solution cares about, drawn from the seed, one dimension after the other. */
import { pick, seededRandom } from '../../runtime/seeded-random';

export interface Dimension<T> {
  /** What it may be: the first is the plain one, and one that stands twice is drawn more often. */
  readonly choices: readonly [T, ...T[]];
  readonly inWords: (value: T) => string;
}

export type Dimensions<S> = { readonly [K in keyof S]: Dimension<S[K]> };

/** A dimension that is not plain, in words. */
export interface Drawn {
  readonly dimension: string;
  readonly drawn: string;
  readonly plain: string;
}

/** What people read most easily. */
export function plainOf<S extends object>(dimensions: Dimensions<S>): S {
  return settingOf(dimensions, (name) => dimensions[name].choices[0]);
}

/** Seed 1 is plain, and so is each dimension that is not among `kept`; undefined: all are drawn. */
export function drawnFrom<S extends object>(
  dimensions: Dimensions<S>,
  seed: number,
  kept?: readonly string[],
): S {
  const random = seededRandom(seed);
  return settingOf(dimensions, (name) => {
    const { choices } = dimensions[name];
    const drawn = pick(random, choices);
    return seed === 1 || kept?.includes(name) === false ? choices[0] : drawn;
  });
}

/** The dimensions in which a setting is not plain. */
export function drawnIn<S extends object>(dimensions: Dimensions<S>, setting: S): Drawn[] {
  return namesOf(dimensions).flatMap((dimension) => {
    const { choices, inWords } = dimensions[dimension];
    const [plain, drawn] = [inWords(choices[0]), inWords(setting[dimension])];
    return plain === drawn ? [] : [{ dimension, drawn, plain }];
  });
}

/** A setting in a line. */
export function settingInWords<S extends object>(dimensions: Dimensions<S>, setting: S): string {
  return namesOf(dimensions)
    .map((name) => dimensions[name].inWords(setting[name]))
    .join(', ');
}

function settingOf<S extends object>(
  dimensions: Dimensions<S>,
  choose: (name: keyof S & string) => S[keyof S],
): S {
  const entries = namesOf(dimensions).map((name) => [name, choose(name)]);
  return Object.fromEntries(entries) as S;
}

function namesOf<S extends object>(dimensions: Dimensions<S>): (keyof S & string)[] {
  return Object.keys(dimensions) as (keyof S & string)[];
}

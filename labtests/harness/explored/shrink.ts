/**
 * Shrinks a counterexample. The search goes by the number of deviations, so there is none with fewer
 * of them; what is left to take away is clients, operations and servers. Each smaller system is
 * explored anew up to as many deviations, and taken if it fails in the same way.
 */
import { isDeviation } from './choices';
import { type ExploreOptions, explore, type FoundViolation } from './explore';
import type { Setting } from './schedule';

export interface Shrunk {
  readonly setting: Setting;
  readonly violation: FoundViolation;
  /** How many smaller systems were tried. */
  readonly tries: number;
}

export async function shrink(
  options: ExploreOptions,
  violation: FoundViolation,
  limitMs: number,
): Promise<Shrunk> {
  const endsAt = performance.now() + limitMs;
  let best = { setting: options.setting, violation };
  let tries = 0;
  for (let smaller = candidates(best.setting); smaller.length > 0; ) {
    const setting = smaller.shift() as Setting;
    const seconds = (endsAt - performance.now()) / 1_000;
    if (seconds <= 0) break;
    tries += 1;
    const deviations = faultsOf(best.violation);
    const { onProgress } = options;
    const result = await explore({ ...options, setting, deviations, seconds });
    if (onProgress?.(result) === true) break;
    if (result.violation?.failure.kind !== violation.failure.kind) continue;
    best = { setting, violation: result.violation };
    smaller = candidates(setting);
  }
  return { ...best, tries };
}

/** How many of its choices are deviations, and not ends of one. */
function faultsOf({ choices }: FoundViolation): number {
  return choices.filter(({ kind }) => isDeviation(kind)).length;
}

/** Systems with one thing less, those with most less first. */
function candidates(setting: Setting): Setting[] {
  const { work, servers } = setting;
  const smaller: Setting[] = [];
  if (work.length > 1) {
    for (const client of work.keys()) {
      smaller.push({ ...setting, work: work.filter((_, other) => other !== client) });
    }
  }
  if (servers > 2) smaller.push({ ...setting, servers: servers - 1 });
  for (const [client, letters] of work.entries()) {
    for (let number = letters.length - 1; letters.length > 1 && number >= 0; number -= 1) {
      const fewer = letters.slice(0, number) + letters.slice(number + 1);
      if (number > 0 && letters[number] === letters[number - 1]) continue;
      smaller.push({ ...setting, work: work.map((own, i) => (i === client ? fewer : own)) });
    }
  }
  return smaller;
}

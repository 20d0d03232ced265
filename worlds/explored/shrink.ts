/**
 * Shrinks a counterexample: first choices are left out, which does little for what the search found,
 * as it goes by the number of deviations, and much for what was drawn by chance. Then clients,
 * operations and servers are taken away: each smaller system is explored anew up to as many
 * deviations, and taken if it fails in the same way.
 */

import { systemNamed } from '../systems';
import { type ExploreOptions, explore, type FoundViolation } from './explore';
import { isDeviation } from './moves';
import { formatSchedule, type NamedChoice, stepsOf } from './schedule';
import type { Setting } from './setting';
import { leaveOut, withoutFaults } from './shorter-schedules';
import { walk } from './walk';

/** The most deviations that are explored: a schedule drawn by chance has more than one could explore. */
const usualBound = 2;

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
  let best: Omit<Shrunk, 'tries'> = {
    setting: options.setting,
    violation: await withoutChoices(options, violation, endsAt),
  };
  let tries = 0;
  // Fewer deviations may do in the same system, where so many were not explored.
  const isUnknown = faultsOf(best.violation) > 1 && options.deviations < usualBound;
  const same = isUnknown ? [best.setting] : [];
  for (let smaller = [...same, ...candidates(best.setting)]; smaller.length > 0; ) {
    const setting = smaller.shift() as Setting;
    const seconds = (endsAt - performance.now()) / 1_000;
    if (seconds <= 0) break;
    tries += 1;
    const deviations = Math.min(faultsOf(best.violation), Math.max(options.deviations, usualBound));
    const { onProgress } = options;
    const result = await explore({ ...options, setting, deviations, seconds, samples: 0 });
    if (onProgress?.(result) === true) break;
    if (result.violation?.failure.kind !== violation.failure.kind) continue;
    best = { setting, violation: result.violation };
    smaller = candidates(setting);
  }
  return { ...best, tries };
}

/**
 * Leaves out deviations with what ends them, many at once as long as that works, then one choice after
 * the other, as long as it fails in the same way.
 */
async function withoutChoices(
  { setting, host, fromOutside = false }: ExploreOptions,
  violation: FoundViolation,
  endsAt: number,
): Promise<FoundViolation> {
  let best = violation;
  const isEnough = async (choices: readonly NamedChoice[]) => {
    const schedule = { setting, steps: stepsOf(choices), toEnd: true };
    const outcome = await walk(schedule, host, { fromOutside });
    if (!outcome.fits || outcome.failure?.kind !== violation.failure.kind) return false;
    best = { failure: outcome.failure, schedule: formatSchedule(schedule), choices };
    return true;
  };
  const isAnyEnough = async (candidates: readonly NamedChoice[][]) => {
    for (const choices of candidates) if (!isLate() && (await isEnough(choices))) return true;
    return false;
  };
  const isLate = () => performance.now() > endsAt;
  for (let size = Math.ceil(faultsOf(best) / 2); size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let first = 0; first < faultsOf(best) && !isLate(); ) {
      if (!(await isAnyEnough(withoutFaults(best.choices, first, size)))) first += size;
    }
  }
  for (let left = 0; left < best.choices.length && !isLate(); ) {
    if (!(await isEnough(leaveOut(best.choices, left)))) left += 1;
  }
  return best;
}

/** How many of its choices are deviations, and not ends of one. */
function faultsOf({ choices }: FoundViolation): number {
  return choices.filter(({ kind }) => isDeviation(kind)).length;
}

/** Systems with one thing less, those with most less first. */
function candidates(setting: Setting): Setting[] {
  const { work, servers, system } = setting;
  const smaller: Setting[] = [];
  if (work.length > 1) {
    for (const client of work.keys()) {
      smaller.push({ ...setting, work: work.filter((_, other) => other !== client) });
    }
  }
  const isFixed = systemNamed(system).servers !== undefined;
  if (servers > 2 && !isFixed) smaller.push({ ...setting, servers: servers - 1 });
  for (const [client, letters] of work.entries()) {
    for (let number = letters.length - 1; letters.length > 1 && number >= 0; number -= 1) {
      const fewer = letters.slice(0, number) + letters.slice(number + 1);
      if (number > 0 && letters[number] === letters[number - 1]) continue;
      smaller.push({ ...setting, work: work.map((own, i) => (i === client ? fewer : own)) });
    }
  }
  return smaller;
}

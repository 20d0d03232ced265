/** npm run explore: explores, shrinks what it finds, and says what was covered. */
import type { Paint } from '../../../runtime/terminal/colour';
import { exploredPrograms } from '../coordination/programs';
import { columnTrace, shownEvents } from '../report/columns';
import type { Failure } from '../scenario/failure';
import { InProcessHost } from '../simulated/in-process-host';
import type { NodeHost } from '../simulated/node-host';
import { Solution } from '../simulated/sandbox';
import {
  coverageJson,
  coverageLine,
  describeSetting,
  figuresLine,
  number,
  plural,
} from './coverage';
import { type ExploreOptions, explore, type FoundViolation } from './explore';
import { hiddenMemoryIn } from './hidden-memory';
import { keepSchedule, keptSchedules } from './regressions';
import { parseSchedule, type Setting } from './schedule';
import { shrink } from './shrink';
import { type WalkResult, walk } from './walk';

export interface CommandOptions {
  readonly setting: Setting;
  readonly deviations: number;
  readonly seconds: number;
  readonly memoryMib: number;
  /** Schedules beyond the bound to draw by chance. */
  readonly samples: number;
  /** Folder of the solution. */
  readonly root: string;
  /** Where schedules that failed are kept; undefined: nowhere. */
  readonly regressions: string | undefined;
  readonly paint: Paint;
  readonly print: (text: string) => void;
  /** Shows how far it is. */
  readonly showProgress: (text: string) => void;
  readonly isInterrupted: () => boolean;
  /** Told before the code of a node runs, and when it has settled. */
  readonly onInput?: (node: string, what: string) => void;
  readonly onSettled?: () => void;
}

const shrinkLimitMs = 15_000;

/** Resolves with the exit code, 0 nothing was found, 1 a violation, and what a program reads. */
export async function exploreCommand(options: CommandOptions) {
  const { setting, root, print, regressions, paint, deviations } = options;
  const host = hostFor(root, setting.arbiter);
  for (const schedule of regressions === undefined ? [] : keptSchedules(regressions)) {
    const outcome = await walkText(schedule, root);
    if (outcome === undefined || !outcome.fits || outcome.failure === null) continue;
    print(paint('bold', paint('red', 'A schedule that failed before still fails')));
    print(describeViolation(outcome.failure, schedule, linesOf(outcome)));
    const { kind, expected, actual } = outcome.failure;
    return { exitCode: 1, json: { violation: { kind, expected, actual, schedule } } };
  }
  print(`Exploring ${describeSetting(setting)}: at most ${plural(deviations, 'deviation')}`);
  const exploring: ExploreOptions = {
    ...options,
    host,
    unmerged: hiddenMemoryIn(root),
    onProgress: ({ states, seconds, exhausted, handlerExecutions, peakRssMib }) => {
      const rate = number(Math.round(states / seconds));
      options.showProgress(
        `${seconds.toFixed(1)} s  ${Math.max(0, exhausted + 1)} of ${deviations} deviations  ` +
          `${number(states)} states  ${rate}/s  ${number(handlerExecutions)} handler executions  ` +
          `${peakRssMib} MiB`,
      );
      return options.isInterrupted();
    },
  };
  const result = await explore(exploring);
  const report = { setting, deviations, result };
  options.showProgress('');
  const { violation } = result;
  if (violation !== null) await showViolation(exploring, violation, options);
  else print(paint('bold', 'No violation found'));
  for (const note of result.notes) print(`Note: ${note}`);
  print(`Covered: ${coverageLine(report)}`);
  print(`Figures: ${figuresLine(report)}`);
  return { exitCode: violation === null ? 0 : 1, json: coverageJson(report) };
}

async function showViolation(
  exploring: ExploreOptions,
  violation: FoundViolation,
  { root, print, paint, regressions, showProgress }: CommandOptions,
): Promise<void> {
  showProgress('shrinking');
  const { setting, violation: least, tries } = await shrink(exploring, violation, shrinkLimitMs);
  const before = linesOf(await walkText(violation.schedule, root));
  const after = linesOf(await walkText(least.schedule, root));
  showProgress('');
  print(paint('bold', paint('red', `VIOLATION: ${least.failure.kind}`)));
  print(describeViolation(least.failure, least.schedule, after));
  print(
    `Shrunk from ${describeSetting(exploring.setting)} (${before.length - 1} events) to ` +
      `${describeSetting(setting)} (${after.length - 1} events); ${plural(tries, 'smaller system')} tried`,
  );
  if (regressions === undefined) return;
  const file = keepSchedule(regressions, least.schedule, least.failure.actual);
  print(`Kept in ${file}: tried first the next time`);
}

export function describeViolation(
  { kind, expected, actual, details = [] }: Failure,
  schedule: string,
  lines: readonly string[],
): string {
  const [head, ...events] = lines;
  return [
    `  expected  ${expected}`,
    `  got       ${actual}`,
    ...details.map((line) => `          ${line}`),
    '',
    ...[head ?? '', ...shown(events, kind === 'stuck')].map((line) => `  ${line}`),
    '',
    `  replay    npm run replay -- ${schedule}`,
  ].join('\n');
}

/** Of whoever is stuck the beginning tells how it came to that; the rest is more of the same. */
function shown(events: readonly string[], isStuck: boolean): readonly string[] {
  const left = events.length - shownEvents;
  if (left <= 2) return events;
  return isStuck
    ? [...events.slice(0, shownEvents), `  (and so on, ${left} more events)`]
    : [`  (${left} earlier events)`, ...events.slice(-shownEvents)];
}

/** Walks a schedule given as text, with the solution in `root`; undefined when it is none. */
export async function walkText(text: string, root: string): Promise<WalkResult | undefined> {
  const schedule = parseSchedule(text);
  if (schedule === undefined) return undefined;
  return walk(schedule, hostFor(root, schedule.setting.arbiter));
}

/** Runs the solution in `root`, under the arbiter if there is one. */
export function hostFor(root: string, arbiter: Setting['arbiter']): NodeHost {
  return new InProcessHost(new Solution(root), arbiter && exploredPrograms(arbiter));
}

/** The whole column trace of a walk; of whoever is stuck, what goes on to the end is one line. */
export function linesOf(outcome: WalkResult | undefined): string[] {
  if (outcome?.fits !== true) return [];
  const isStuck = outcome.failure?.kind === 'stuck';
  return columnTrace(outcome.trace, { most: Number.MAX_SAFE_INTEGER, isStuck });
}

/** npm run explore: explores, shrinks what it finds, and says what was covered. */

import type { Failure } from '../../judging/failure';
import { hiddenMemoryIn } from '../../nodes/hidden-memory';
import { InProcessHost } from '../../nodes/in-process-host';
import type { NodeHost } from '../../nodes/node-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { columnTrace, shownEvents } from '../../report/columns';
import { harmless } from '../../report/plain-text';
import { notYet, stubIn } from '../../runtime/errors';
import type { Paint } from '../../runtime/terminal/colour';
import { exploredPrograms } from '../../worlds/coordination/programs';
import {
  coverageJson,
  coverageLine,
  describeSetting,
  figuresLine,
  number,
  plural,
} from '../../worlds/explored/coverage';
import { type ExploreOptions, explore, type FoundViolation } from '../../worlds/explored/explore';
import { parseSchedule } from '../../worlds/explored/schedule';
import type { Setting } from '../../worlds/explored/setting';
import { shrink } from '../../worlds/explored/shrink';
import { type WalkResult, walk } from '../../worlds/explored/walk';
import type { WatchedCode } from '../../worlds/explored/watchdog';
import { keepSchedule, keptSchedules } from './regressions';

export interface CommandOptions extends WatchedCode {
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
}

const shrinkLimitMs = 15_000;

/** Resolves with the exit code, 0 nothing was found, 1 a violation, and what a program reads. */
export async function exploreCommand(options: CommandOptions) {
  const { setting, root, print, regressions, paint, deviations } = options;
  const host = hostFor(root, setting.arbiter);
  for (const schedule of regressions === undefined ? [] : keptSchedules(regressions)) {
    const outcome = await walkText(schedule, root, options);
    if (outcome === undefined || !outcome.fits || outcome.failure === null) continue;
    print(paint('bold', paint('red', 'A schedule that failed before still fails')));
    print(describeViolation(outcome.failure, schedule, walkLines(outcome)));
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
        `${seconds.toFixed(1)} s  ${deviationOf(exhausted, deviations)}  ` +
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
  if (violation !== null) {
    const stub = stubIn(violation.failure.actual);
    if (stub !== undefined) {
      print(`Nothing to explore before it is written: ${notYet(stub)}`);
      return { exitCode: 1, json: coverageJson(report) };
    }
    await showViolation(exploring, violation, options);
  } else print(paint('bold', 'No violation found'));
  for (const note of result.notes) print(`Note: ${note}`);
  print(`Covered: ${coverageLine(report)}`);
  print(`Figures: ${figuresLine(report)}`);
  return { exitCode: violation === null ? 0 : 1, json: coverageJson(report) };
}

/** The schedules that are being explored, by their number of deviations: none at first. */
export function deviationOf(exhausted: number, most: number): string {
  return `${Math.min(Math.max(0, exhausted + 1), most)} of ${plural(most, 'deviation')}`;
}

async function showViolation(
  exploring: ExploreOptions,
  violation: FoundViolation,
  options: CommandOptions,
): Promise<void> {
  const { root, print, paint, regressions, showProgress } = options;
  showProgress('shrinking');
  const { setting, violation: least, tries } = await shrink(exploring, violation, shrinkLimitMs);
  const before = walkLines(await walkText(violation.schedule, root, options));
  const after = walkLines(await walkText(least.schedule, root, options));
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
  failure: Failure,
  schedule: string,
  lines: readonly string[],
  see?: string,
): string {
  const { kind, expected, actual, details = [] } = harmless(failure);
  const [head = '', ...events] = lines;
  const columns = events.length === 0 ? [] : [head, ...shown(events, kind === 'stuck'), ''];
  return [
    `  expected  ${expected}`,
    `  got       ${actual}`,
    ...details.map((line) => `          ${line}`),
    '',
    ...columns.map((line) => `  ${line}`.trimEnd()),
    `  replay    npm run replay -- ${schedule}`,
    ...(see === undefined ? [] : [`  see       ${see}`]),
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
export async function walkText(
  text: string,
  root: string,
  watched?: WatchedCode,
): Promise<WalkResult | undefined> {
  const schedule = parseSchedule(text);
  if (schedule === undefined) return undefined;
  return walk(schedule, hostFor(root, schedule.setting.arbiter), watched);
}

/** Runs the solution in `root`, under the arbiter if there is one. */
export function hostFor(root: string, arbiter: Setting['arbiter']): NodeHost {
  return new InProcessHost(new Solution(root), arbiter && exploredPrograms(arbiter));
}

/** The whole column trace of a walk; of whoever is stuck, what goes on to the end is one line. */
export function walkLines(outcome: WalkResult | undefined): string[] {
  if (outcome?.fits !== true) return [];
  const isStuck = outcome.failure?.kind === 'stuck';
  return columnTrace(outcome.trace, { most: Number.MAX_SAFE_INTEGER, isStuck });
}

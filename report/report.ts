/**
 * The report of a run: data, from which everything that people see is rendered. It is written
 * before the first scenario runs, with nothing passed, and again after each: a crash reads as
 * failure, never as success.
 */

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../runtime/replace-file';
import type { JobResult } from '../suite/run/job';
import type { PartInfo, Scenario } from '../suite/scenario/scenario';
import { anomaliesIn } from './anomalies';
import { guidanceOn } from './guidance';
import { harmsOf, sumsOf } from './harms';
import { harmless } from './plain-text';
import { failurePage } from './run-page';
import {
  type PartReport,
  type Report,
  reportFormat,
  reportVersion,
  type ScenarioReport,
} from './schema';
import { totalsOf } from './score';
import { encodeTraceHeader } from './trace-header';

export type { PartReport, Report, ScenarioReport } from './schema';

/** The string that names a run: the scenario and its seed. */
export function scheduleOf(id: string, seed: number): string {
  return `${id}:${seed}`;
}

/** A scenario that has not run yet. */
export function pending(scenario: Scenario): ScenarioReport {
  const { id, part, name, points, rule, why, hint, seeds } = scenario;
  const info = { id, part, name, points, rule, why, hint, seeds };
  return { ...info, passed: null, runs: 0, wallMs: 0 };
}

export function reportOn(scenario: Scenario, result: JobResult): ScenarioReport {
  const { failure, runs, wallMs, seed, remark = '', schedule } = result;
  const base = { ...pending(scenario), runs, wallMs, ...(remark !== '' && { remark }) };
  if (failure === null) return { ...base, passed: true };
  const passed = failure.kind === 'framework' ? null : false;
  const safe = harmless(failure);
  return {
    ...{ ...base, passed, failure: safe, guidance: guidanceOn(safe, scenario) },
    ...{ seed, schedule: schedule ?? scheduleOf(scenario.id, seed), ...lengthOf(result) },
  };
}

function lengthOf({ trace }: JobResult): Pick<ScenarioReport, 'lengthMs'> {
  const last = trace.at(-1);
  return last === undefined ? {} : { lengthMs: last.t };
}

/** More on a part: the scenarios left out on request, and the time that passed. */
export interface AboutPart {
  readonly skipped?: readonly Pick<ScenarioReport, 'id' | 'points'>[];
  readonly wallMs?: number;
}

export function partReport(
  lab: PartInfo,
  scenarios: readonly ScenarioReport[],
  { skipped = [], wallMs }: AboutPart = {},
): PartReport {
  const { part, title } = lab;
  const harms = harmsOf(lab, scenarios);
  return {
    part,
    title,
    ...sumsOf(scenarios, harms),
    ...(harms.length > 0 && { harms }),
    ...(wallMs !== undefined && { wallMs }),
    ...(skipped.length > 0 && { skipped: skipped.map(({ id, points }) => ({ id, points })) }),
    scenarios,
  };
}

/** The report on these parts; `about`: when it began, and what else is known of the run. */
export function reportOf(
  parts: readonly PartReport[],
  about: Omit<Report, 'format' | 'version' | 'anomalies' | 'score' | 'maxScore' | 'parts'>,
): Report {
  const scenarios = parts.flatMap((part) => part.scenarios);
  const anomalies = anomaliesIn(scenarios);
  return {
    ...{ format: reportFormat, version: reportVersion, ...about },
    ...(anomalies.length > 0 && { anomalies }),
    ...{ ...totalsOf(parts), parts },
  };
}

/** More on a run that is kept. */
export interface AboutRun {
  /** The scenario of the run; undefined: none. */
  readonly scenario?: Scenario | undefined;
  /** The schedule that replays it; null: nothing can. Default: the one of the result. */
  readonly schedule?: string | null;
}

/** The record of a failure: files, relative to the folder of the report. */
export type RunFiles = Required<Pick<ScenarioReport, 'trace' | 'history'>> &
  Pick<ScenarioReport, 'page'>;

/** The folder of one run: `report.json` and what belongs to its failures. */
export class ReportFolder {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /**
   * Keeps the report on one part and makes the whole report anew from all parts. A part that has
   * not been written is not in it: write all that will run, as pending, before the first one runs.
   */
  writePart(part: PartReport): void {
    this.write(`part-${part.part}.json`, part);
    this.writeReport();
  }

  /**
   * Makes the whole report anew. When several processes write parts, the last of them may not have
   * seen the newest of another one: whoever outlives them all calls this.
   */
  writeReport(): void {
    const startedAt = this.startedAt();
    const wallMs = Math.max(0, Date.now() - Date.parse(startedAt));
    this.write('report.json', reportOf(this.parts(), { startedAt, wallMs }));
  }

  /**
   * Keeps trace and history of a failure, and the page that shows them, if there is anything to see;
   * returns their paths, relative to the folder. Of a run in the real world nothing can promise that
   * the same happens again, so there the schedule is null.
   */
  writeRun(
    id: string,
    result: JobResult,
    { scenario, schedule = result.schedule ?? scheduleOf(id, result.seed) }: AboutRun = {},
  ): RunFiles {
    const { trace, history, failure } = result;
    mkdirSync(path.join(this.folder, id), { recursive: true });
    const files = { trace: `${id}/trace.ndjson`, history: `${id}/history.ndjson` };
    replaceFile(path.join(this.folder, files.trace), encodeTraceHeader(schedule) + lines(trace));
    replaceFile(path.join(this.folder, files.history), lines(history));
    const isEmpty = trace.length === 0 && history.length === 0;
    if (failure === null || failure.kind === 'not implemented' || isEmpty) return files;
    const page = `${id}/report.html`;
    replaceFile(path.join(this.folder, page), failurePage({ ...result, failure }, id, scenario));
    return { ...files, page };
  }

  parts(): PartReport[] {
    return readdirSync(this.folder)
      .filter((file) => /^part-[A-Z]\.json$/.test(file))
      .sort()
      .map((file) => JSON.parse(readFileSync(path.join(this.folder, file), 'utf8')));
  }

  /** As the report says that is there already. */
  private startedAt(): string {
    try {
      return JSON.parse(readFileSync(path.join(this.folder, 'report.json'), 'utf8')).startedAt;
    } catch {
      return new Date().toISOString();
    }
  }

  private write(file: string, value: unknown): void {
    replaceFile(path.join(this.folder, file), `${JSON.stringify(value, null, 2)}\n`);
  }
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/**
 * The report of a run: data, from which everything that people see is rendered. It is written
 * before the first scenario runs, with nothing passed, and again after each: a crash reads as
 * failure, never as success.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JobResult } from '../runner/job';
import type { Part, Scenario, ScenarioInfo } from '../scenario/scenario';

export interface Report {
  readonly format: 'viewlab-report';
  readonly version: 1;
  readonly startedAt: string;
  readonly score: number;
  readonly maxScore: number;
  readonly parts: readonly PartReport[];
}

export interface PartReport {
  readonly part: Part;
  readonly title: string;
  readonly score: number;
  readonly maxScore: number;
  readonly scenarios: readonly ScenarioReport[];
}

export interface ScenarioReport extends ScenarioInfo {
  /** null: it did not run, or the framework itself failed. */
  readonly passed: boolean | null;
  /** How many of its seeds ran. */
  readonly runs: number;
  readonly wallMs: number;
  /** What went wrong, if something did. */
  readonly failure?: JobResult['failure'];
  /** The seed that failed. */
  readonly seed?: number;
  /** Replays the failure: `npm run replay -- SCHEDULE`. */
  readonly schedule?: string;
  /** Files, relative to the report. */
  readonly trace?: string;
  readonly history?: string;
}

export const partTitles: Readonly<Record<Part, string>> = {
  A: 'the view service',
  B: 'the replicated key/value service',
};

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
  const { failure, runs, wallMs, seed } = result;
  const base = { ...pending(scenario), runs, wallMs };
  if (failure === null) return { ...base, passed: true };
  const passed = failure.kind === 'framework' ? null : false;
  return { ...base, passed, failure, seed, schedule: scheduleOf(scenario.id, seed) };
}

export function partReport(part: Part, scenarios: readonly ScenarioReport[]): PartReport {
  const sum = (of: (scenario: ScenarioReport) => number) =>
    scenarios.reduce((total, scenario) => total + of(scenario), 0);
  return {
    part,
    title: partTitles[part],
    score: sum(({ passed, points }) => (passed ? points : 0)),
    maxScore: sum(({ points }) => points),
    scenarios,
  };
}

/** The folder of one run: `report.json` and what belongs to its failures. */
export class ReportFolder {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** Keeps the report on one part and makes the whole report anew from all parts. */
  writePart(part: PartReport): void {
    this.write(`part-${part.part}.json`, part);
    const parts = this.parts();
    const report: Report = {
      format: 'viewlab-report',
      version: 1,
      startedAt: path.basename(this.folder),
      score: parts.reduce((sum, { score }) => sum + score, 0),
      maxScore: parts.reduce((sum, { maxScore }) => sum + maxScore, 0),
      parts,
    };
    this.write('report.json', report);
  }

  /** Keeps trace and history of a failure; returns their paths, relative to the folder. */
  writeRun(id: string, { trace, history }: JobResult): { trace: string; history: string } {
    mkdirSync(path.join(this.folder, id), { recursive: true });
    const files = { trace: `${id}/trace.ndjson`, history: `${id}/history.ndjson` };
    writeFileSync(path.join(this.folder, files.trace), lines(trace));
    writeFileSync(path.join(this.folder, files.history), lines(history));
    return files;
  }

  parts(): PartReport[] {
    return readdirSync(this.folder)
      .filter((file) => /^part-[A-Z]\.json$/.test(file))
      .sort()
      .map((file) => JSON.parse(readFileSync(path.join(this.folder, file), 'utf8')));
  }

  private write(file: string, value: unknown): void {
    const target = path.join(this.folder, file);
    const temporary = `${target}.${process.pid}.tmp`;
    writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(temporary, target);
  }
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

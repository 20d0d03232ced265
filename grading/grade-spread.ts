/** Grades one hand-in in several processes, one on each core, and puts their reports together. */
import { allScenarios } from '../../catalogue';
import { studentFiles } from '../hand-in/student-files';
import { isolationHere } from '../isolated/launch';
import { partReport, pending, reportOf } from '../report/report';
import type { Incident, ScenarioReport } from '../report/schema';
import type { GradeReport } from './grade';
import { Grader, type ToGrader } from './grade-apart';
import type { GradeJob } from './job';

export interface SpreadOptions extends ToGrader {
  readonly processes: number;
  /** Told after each scenario, and before the first. */
  readonly onProgress: (report: GradeReport) => void;
}

/** Rejects when the hand-in could not be graded, which is never the fault of the hand-in. */
export async function gradeSpread(options: SpreadOptions): Promise<GradeReport> {
  const { job, processes, onProgress, ...rest } = options;
  const ids = scenariosOf(job).map(({ id }) => id);
  // Turn by turn: the long ones stand together in the catalogue.
  const shares = Array.from({ length: Math.max(1, Math.min(processes, ids.length)) }, (_, lane) =>
    ids.filter((_id, index) => index % processes === lane),
  );
  const began = { startedAt: new Date().toISOString(), atMs: performance.now() };
  const latest = new Map<number, GradeReport>();
  const together = () => merge(job, began, [...latest.values()]);
  onProgress(together());
  const graders = shares.map((_, lane) => new Grader(lane));
  try {
    await Promise.all(
      graders.map(async (grader, lane) => {
        const share = { ...rest, job: { ...job, only: shares[lane] ?? [] } };
        const report = await grader.grade(share, (_done, soFar) => {
          latest.set(lane, soFar);
          onProgress(together());
        });
        latest.set(lane, report);
      }),
    );
    return together();
  } finally {
    for (const grader of graders) grader.stop();
  }
}

function scenariosOf({ parts, only }: GradeJob) {
  return allScenarios().filter(
    ({ id, part }) => parts.includes(part) && (only === undefined || only.includes(id)),
  );
}

/** What none of the reports has seen run is not passed. */
function merge(
  job: GradeJob,
  began: { readonly startedAt: string; readonly atMs: number },
  reports: readonly GradeReport[],
): GradeReport {
  const seen = new Map<string, ScenarioReport>();
  for (const { parts } of reports) {
    for (const scenario of parts.flatMap(({ scenarios }) => scenarios)) {
      if (scenario.runs > 0 || scenario.failure !== undefined) seen.set(scenario.id, scenario);
    }
  }
  const scenarios = scenariosOf(job);
  const parts = job.parts.map((part) => {
    const own = scenarios.filter((scenario) => scenario.part === part);
    return partReport(
      part,
      own.map((scenario) => seen.get(scenario.id) ?? pending(scenario)),
    );
  });
  const [first] = reports;
  const all = {
    ...{ startedAt: began.startedAt, wallMs: performance.now() - began.atMs },
    submission: job.submission,
    isolation: first?.isolation ?? isolationHere().summary,
    missing: first?.missing ?? studentFiles.filter((file) => !(file in job.files)),
    compile: first?.compile ?? [],
    incidents: sum(reports.flatMap(({ incidents }) => incidents)),
  };
  return { ...reportOf(parts, all), ...all };
}

function sum(incidents: readonly Incident[]): Incident[] {
  const byKind = new Map<string, Incident>();
  for (const incident of incidents) {
    const known = byKind.get(incident.kind);
    const count = incident.count + (known?.count ?? 0);
    byKind.set(incident.kind, { ...(known ?? incident), count });
  }
  return [...byKind.values()];
}

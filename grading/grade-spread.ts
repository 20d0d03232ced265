/** Grades one hand-in in several processes, one on each core, and puts their reports together. */
import { everyScenario } from '../labtests/catalogue';
import { labOf } from '../labtests/labs';
import { isolationHere } from '../nodes/apart/launch';
import { partReport, pending, reportOf } from '../report/report';
import type { Incident, ScenarioReport } from '../report/schema';
import type { GradeReport } from './grade';
import { Grader, type ToGrader } from './grade-apart';
import { ignoredIn, missingIn } from './hand-in/assemble';
import { filesOfJob, type GradeJob, usualProcessorSeconds } from './job';

/** More would need more memory than one hand-in may have. */
const maxProcesses = 3;

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
  const shares = Array.from(
    { length: Math.max(1, Math.min(processes, maxProcesses, ids.length)) },
    (_, lane) => ids.filter((_id, index) => index % Math.min(processes, maxProcesses) === lane),
  );
  const began = { startedAt: new Date().toISOString(), atMs: performance.now() };
  const latest = new Map<number, GradeReport>();
  const together = () => merge(job, began, [...latest.values()]);
  onProgress(together());
  const graders = shares.map((_, lane) => new Grader(lane));
  const { processorSeconds = usualProcessorSeconds } = job;
  const ownMs = (processorSeconds * 1_000) / shares.length;
  const taken = shares.map(() => ownMs);
  const onTaken = (lane: number, processorMs: number) => {
    taken[lane] = processorMs;
    const sum = taken.reduce((total, ms) => total + ms, 0);
    for (const [i, ms] of taken.entries()) graders[i]?.tell({ usedElsewhereMs: sum - ms });
  };
  try {
    await Promise.all(
      graders.map(async (grader, lane) => {
        const share = { ...rest, share: shares.length, job: { ...job, only: shares[lane] ?? [] } };
        const onPart = (_done: number, soFar: GradeReport) => {
          latest.set(lane, soFar);
          onProgress(together());
        };
        // Each has its part of the time, whatever the others do, and what those leave who are done.
        const onUsed = (ms: number) => onTaken(lane, Math.max(ms, ownMs));
        const report = await grader.grade(share, onPart, onUsed);
        onTaken(lane, report.used.processorMs);
        latest.set(lane, report);
      }),
    );
    return together();
  } finally {
    await Promise.all(graders.map((grader) => grader.stop()));
  }
}

function scenariosOf({ parts, only }: GradeJob) {
  return everyScenario().filter(
    ({ id, part }) => parts.includes(part) && (only === undefined || only.includes(id)),
  );
}

/** A scenario that none of the reports has seen run is not passed. */
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
      labOf(part),
      own.map((scenario) => seen.get(scenario.id) ?? pending(scenario)),
    );
  });
  const [first] = reports;
  const all = {
    ...{ startedAt: began.startedAt, wallMs: performance.now() - began.atMs },
    handIn: job.handIn,
    isolation: first?.isolation ?? isolationHere().summary,
    missing: first?.missing ?? missingIn(filesOfJob(job), job.parts),
    ignored: first?.ignored ?? ignoredIn(filesOfJob(job)),
    compile: first?.compile ?? [],
    incidents: sum(reports.flatMap(({ incidents }) => incidents)),
    used: usedBy(reports),
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

function usedBy(reports: readonly GradeReport[]): GradeReport['used'] {
  const all = reports.map(({ used }) => used);
  const memory = all.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  return {
    processorMs: all.reduce((total, { processorMs }) => total + processorMs, 0),
    ...(memory.length > 0 && { memoryBytes: memory.reduce((total, bytes) => total + bytes, 0) }),
  };
}

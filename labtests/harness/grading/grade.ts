/**
 * Grades a hand-in of a stranger. Its code runs only in the processes of its nodes, never here; all
 * that comes from there is plain data, which is checked.
 */
import { availableParallelism } from 'node:os';
import { allScenarios } from '../../catalogue';
import type { ExploredNodes } from '../campaign/campaign';
import { runCampaign } from '../campaign/run-campaign';
import { hiddenMemoryIn } from '../explored/hidden-memory';
import { assemble } from '../hand-in/assemble';
import type { HandedIn } from '../hand-in/read';
import { IsolatedHost } from '../isolated/isolated-host';
import { type Isolation, isolationHere } from '../isolated/launch';
import { type Staging, stage } from '../isolated/staging';
import { plainText } from '../report/plain-text';
import { partReport, pending, reportOf, reportOn } from '../report/report';
import type { Incident, Report, ScenarioReport } from '../report/schema';
import type { JobResult } from '../runner/job';
import { runSeeds } from '../runner/run-seeds';
import type { Part, Scenario } from '../scenario/scenario';
import { isolatedArena } from './isolated-arena';
import { type Rehearsal, rehearse } from './rehearsal';
import { runIsolated } from './run-isolated';

export interface GradeOptions {
  /** What the hand-in is called in the report. */
  readonly submission: string;
  readonly files: HandedIn;
  readonly parts: readonly Part[];
  /** The scenarios to run, by id; all of the parts unless told. */
  readonly only?: readonly string[];
  /** The seeds with which a scenario runs. */
  readonly seedsOf: (scenario: Scenario) => readonly number[];
  readonly isolation?: Isolation;
  /** How many scenarios run at a time; as many as there are cores, unless told. */
  readonly lanes?: number;
  /** Told after each scenario, and before the first. */
  readonly onProgress?: (report: GradeReport) => void;
  /** Told of each failure; returns the files that it kept of it, relative to the report. */
  readonly onFailure?: (id: string, result: JobResult) => { trace: string; history: string };
  /** False: as if every hand-in had found a way out of its sandbox. For tests of the wall. */
  readonly fence?: boolean;
}

/** The report of a graded hand-in. */
export type GradeReport = Report &
  Required<Pick<Report, 'submission' | 'isolation' | 'missing' | 'compile' | 'incidents'>>;

/** Rejects when this machine cannot grade; whatever the hand-in does is in the report. */
export async function grade(options: GradeOptions): Promise<GradeReport> {
  const { files, lanes = availableParallelism() } = options;
  const isolation = options.isolation ?? isolationHere();
  const assembled = assemble(files);
  let staged: Staging | undefined;
  try {
    const card = new Card(options, { isolation: isolation.summary, missing: assembled.missing });
    options.onProgress?.(card.report());
    staged = stage(assembled.root);
    card.compile = staged.compile.map(({ file, message }) => ({
      file,
      message: plainText(message),
    }));
    const { fence = true, seedsOf, onProgress } = options;
    const launch = { folder: staged.folder, isolation, fence };
    const unmerged = hiddenMemoryIn(assembled.root);
    const add = (scenario: Scenario, result: JobResult, incidents: readonly Incident[] = []) => {
      card.add(scenario, result, incidents);
      onProgress?.(card.report());
    };
    const rehearsed = await Promise.all(
      Array.from({ length: lanes }, (_, lane) => {
        const scenarios = card.scenarios.filter((_one, i) => i % lanes === lane);
        return rehearse({ launch, scenarios, seedsOf, onPassed: add });
      }),
    );
    const left = new Map(rehearsed.flatMap((each) => [...each]));
    // In order, so that a reader sees progress as in the report.
    const queue = card.scenarios.filter((scenario) => left.has(scenario));
    const work = async () => {
      if (queue.length === 0) return;
      const host = new IsolatedHost(launch);
      try {
        await host.warmUp();
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const known = { passes: new Map(), ...left.get(next), unmerged };
          const result = await judge(next, host, seedsOf(next), known);
          add(next, result, host.incidents.take());
        }
      } finally {
        await host.close();
        card.addIncidents(host.incidents.take());
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    return card.report();
  } finally {
    staged?.remove();
    assembled.remove();
  }
}

/** What is known so far: nothing is passed until it was. */
class Card {
  readonly scenarios: readonly Scenario[];
  compile: GradeReport['compile'] = [];
  private readonly options: GradeOptions;
  private readonly about: Pick<GradeReport, 'isolation' | 'missing'>;
  private readonly startedAt = new Date().toISOString();
  private readonly began = performance.now();
  private readonly done = new Map<string, ScenarioReport>();
  private readonly incidents = new Map<string, Incident>();

  constructor(options: GradeOptions, about: Pick<GradeReport, 'isolation' | 'missing'>) {
    this.options = options;
    this.about = about;
    const { parts, only } = options;
    this.scenarios = allScenarios().filter(
      ({ id, part }) => parts.includes(part) && (only === undefined || only.includes(id)),
    );
  }

  add(scenario: Scenario, result: JobResult, incidents: readonly Incident[]): void {
    const files = result.failure === null ? {} : this.options.onFailure?.(scenario.id, result);
    this.done.set(scenario.id, { ...reportOn(scenario, result), ...files });
    this.addIncidents(incidents, scenario.id);
  }

  addIncidents(incidents: readonly Incident[], scenario?: string): void {
    for (const { kind, count, example } of incidents) {
      const first = { kind, example: plainText(example), ...(scenario && { scenario }) };
      const known = this.incidents.get(kind) ?? { ...first, count: 0 };
      this.incidents.set(kind, { ...known, count: known.count + count });
    }
  }

  report(): GradeReport {
    const { submission, parts } = this.options;
    const reports = this.scenarios.map((each) => this.done.get(each.id) ?? pending(each));
    const done = parts.map((part) =>
      partReport(
        part,
        reports.filter((scenario) => scenario.part === part),
      ),
    );
    const { startedAt, about, compile } = this;
    const incidents = [...this.incidents.values()];
    const wallMs = performance.now() - this.began;
    const all = { startedAt, wallMs, submission, ...about, compile, incidents };
    return { ...reportOf(done, all), ...all };
  }
}

/** What is known before a scenario is judged. */
interface Known extends Rehearsal {
  readonly unmerged: ExploredNodes['unmerged'];
}

/** Runs a scenario by itself, but for what is known to pass, and what has failed before first. */
async function judge(
  scenario: Scenario,
  host: IsolatedHost,
  seeds: readonly number[],
  { passes, suspect, unmerged }: Known,
): Promise<JobResult> {
  if (scenario.campaign !== undefined) {
    const { campaign, id } = scenario;
    const arenaOf = (seed: number) => isolatedArena({ scenario: id, seed, host, unmerged });
    if (suspect !== undefined) {
      const { seed, choices } = suspect;
      const alone = await runCampaign(campaign, { seeds: [seed], arenaOf, choices });
      if (alone.failure !== null) return alone;
    }
    return runCampaign(campaign, { seeds, arenaOf });
  }
  return runSeeds({
    seeds,
    run: async (seed, tracing) => {
      const known = passes.get(seed);
      if (known !== undefined) return known;
      try {
        return await runIsolated(scenario, { host, seed, tracing });
      } finally {
        await host.endRun();
      }
    },
    // A process that broke out or hung proves enough, and may take its time to do so again.
    repeats: () => host.faultsOfLastRun === 0,
  });
}

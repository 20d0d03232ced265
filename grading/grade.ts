/**
 * Grades a hand-in of a stranger. Its code runs only in the processes of its nodes, never here; all
 * that comes from there is plain data, which is checked.
 */

import type { Failure } from '../judging/failure';
import { everyScenario } from '../labtests/catalogue';
import { labOf } from '../labtests/labs';
import { Account, Budget } from '../nodes/apart/budget';
import { IsolatedHost } from '../nodes/apart/isolated-host';
import type { Isolation } from '../nodes/apart/isolation';
import { isolationHere } from '../nodes/apart/launch';
import { endedChildrenMs, isMemoryTold } from '../nodes/apart/process-usage';
import { type Staging, stageFiles } from '../nodes/apart/staging';
import { hiddenMemoryIn } from '../nodes/hidden-memory';
import { plainText } from '../report/plain-text';
import { partReport, pending, reportOf, reportOn } from '../report/report';
import type { Incident, Report, ScenarioReport } from '../report/schema';
import { runCampaign } from '../suite/campaigns/run-campaign';
import type { JobResult } from '../suite/run/job';
import { runSeeds } from '../suite/run/run-seeds';
import type { ExploredNodes } from '../suite/scenario/campaign';
import type { Part, Scenario } from '../suite/scenario/scenario';
import { assemble } from './hand-in/assemble';
import type { HandedIn } from './hand-in/read';
import { isolatedArena } from './isolated-arena';
import { usualProcessorSeconds } from './job';
import { type Rehearsal, rehearse } from './rehearsal';
import { runIsolated } from './run-isolated';

export interface GradeOptions {
  /** The name of the hand-in in the report. */
  readonly handIn: string;
  readonly files: HandedIn;
  readonly parts: readonly Part[];
  /** The scenarios to run, by id; all of the parts unless told. */
  readonly only?: readonly string[];
  /** The seeds with which a scenario runs. */
  readonly seedsOf: (scenario: Scenario) => readonly number[];
  readonly isolation?: Isolation;
  /** The budget of the hand-in; unless told, the one that `budgetOf` gives when this process grades it alone. */
  readonly budget?: Budget;
  /** Processor time that each scenario may take, in milliseconds; a sixth of what all may, unless told. */
  readonly scenarioMs?: number;
  /** Told after each scenario, and before the first. */
  readonly onProgress?: (report: GradeReport) => void;
  /** Told of each failure; returns the files that it kept of it, relative to the report. */
  readonly onFailure?: (
    scenario: Scenario,
    result: JobResult,
  ) => { trace: string; history: string };
  /** False: as if every hand-in had found a way out of its sandbox. For tests of the wall. */
  readonly fence?: boolean;
}

/** Memory of all the nodes of a hand-in together, in MiB; those who grade it need about 200 each. */
const nodesMib = 2_200;
/** One scenario may take this part of it: several that take too long leave enough for all others. */
const scenarioShare = 1 / 6;
/** Runs of scenarios together may take this part of the budget, then each of the others is judged by itself. */
const rehearsalShare = 2 / 3;

/** The budget of a hand-in; `share`: the number of processes that grade it together, and divide what must not be used twice. */
export function budgetOf({
  processorSeconds = usualProcessorSeconds,
  share = 1,
}: {
  readonly processorSeconds?: number | undefined;
  readonly share?: number | undefined;
} = {}): Budget {
  const nodesBytes = (nodesMib * 2 ** 20) / share;
  const processorMs = processorSeconds * 1_000;
  return new Budget({
    nodesBytes,
    processorMs,
    togetherMs: (processorMs * rehearsalShare) / share,
  });
}

/** The report of a graded hand-in. */
export type GradeReport = Report &
  Required<
    Pick<Report, 'handIn' | 'isolation' | 'missing' | 'ignored' | 'compile' | 'incidents' | 'used'>
  >;

/** Rejects when this machine cannot grade; whatever the hand-in does is in the report. */
export async function grade(options: GradeOptions): Promise<GradeReport> {
  const { files, budget = budgetOf() } = options;
  const isolation = options.isolation ?? isolationHere();
  const assembled = assemble(files, options.parts);
  let staged: Staging | undefined;
  try {
    const { missing, ignored } = assembled;
    const about = { isolation: isolation.summary, missing, ignored };
    const card = new Card(options, about, budget);
    options.onProgress?.(card.report());
    const before = endedChildrenMs();
    staged = stageFiles(assembled.root);
    budget.spend(endedChildrenMs() - before);
    card.compile = staged.compile.map(({ file, message }) => ({
      file,
      message: plainText(message),
    }));
    const { fence = true, seedsOf, onProgress } = options;
    const launch = { folder: staged.folder, isolation, fence, budget };
    const add = (scenario: Scenario, result: JobResult, incidents: readonly Incident[] = []) => {
      card.add(scenario, result, incidents);
      onProgress?.(card.report());
    };
    const { scenarios } = card;
    const limitMs = options.scenarioMs ?? budget.limits.processorMs * scenarioShare;
    const accounts = new Map(scenarios.map((each) => [each, new Account(limitMs)] as const));
    const accountOf = (scenario: Scenario) => accounts.get(scenario) ?? new Account(limitMs);
    budget.charge(new Account(budget.limits.togetherMs));
    const left = await rehearse({ launch, scenarios, seedsOf, accountOf, onPassed: add });
    budget.charge(undefined);
    if (left.size === 0) return card.report();
    const unmerged = hiddenMemoryIn(assembled.root);
    const host = new IsolatedHost(launch);
    try {
      await host.warmUp();
      // Scenarios that took little so far come first: one that takes much is not to cost them their turn. Of a
      // scenario that explores nothing is known, and it takes longest.
      const cost = (scenario: Scenario) =>
        scenario.campaign !== undefined && scenario.campaign.onlySimulates !== true
          ? limitMs
          : accountOf(scenario).usedMs;
      for (const scenario of scenarios.toSorted((a, b) => cost(a) - cost(b))) {
        const rehearsal = left.get(scenario);
        if (rehearsal === undefined) continue;
        const account = accountOf(scenario);
        budget.charge(account);
        const known = { ...rehearsal, unmerged };
        const result = await withinBudget(budget, account, () =>
          whereThereIsRoom(host, () => judge(scenario, host, seedsOf(scenario), known)),
        );
        budget.charge(undefined);
        add(scenario, result, host.incidents.take());
      }
    } finally {
      await host.close();
      card.addIncidents(host.incidents.take());
    }
    return card.report();
  } finally {
    staged?.remove();
    assembled.remove();
  }
}

/** Judges a scenario for as long as there is processor time for it; what is beyond is its failure. */
async function withinBudget(
  budget: Budget,
  account: Account,
  attempt: () => Promise<JobResult>,
): Promise<JobResult> {
  const nothing = { seed: 0, runs: 0, delivered: 0, wallMs: 0, trace: [], history: [] };
  const before = budget.overdraft(account);
  if (before !== undefined) return { ...nothing, failure: before };
  const result = await attempt();
  // A scenario that has passed has passed, however little was left.
  return result.failure === null
    ? result
    : { ...result, failure: budget.overdraft(account) ?? result.failure };
}

/** The report before anything has run. */
type About = Pick<GradeReport, 'isolation' | 'missing' | 'ignored'>;

/** The report so far: nothing is passed until it was. */
class Card {
  readonly scenarios: readonly Scenario[];
  compile: GradeReport['compile'] = [];
  private readonly options: GradeOptions;
  private readonly about: About;
  private readonly startedAt = new Date().toISOString();
  private readonly began = performance.now();
  private readonly done = new Map<string, ScenarioReport>();
  private readonly incidents = new Map<string, Incident>();
  private readonly budget: Budget;

  constructor(options: GradeOptions, about: About, budget: Budget) {
    this.options = options;
    this.about = about;
    this.budget = budget;
    const { parts, only } = options;
    this.scenarios = everyScenario().filter(
      ({ id, part }) => parts.includes(part) && (only === undefined || only.includes(id)),
    );
  }

  add(scenario: Scenario, result: JobResult, incidents: readonly Incident[]): void {
    const files = result.failure === null ? {} : this.options.onFailure?.(scenario, result);
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
    const { handIn, parts } = this.options;
    const reports = this.scenarios.map((each) => this.done.get(each.id) ?? pending(each));
    const done = parts.map((part) =>
      partReport(
        labOf(part),
        reports.filter((scenario) => scenario.part === part),
      ),
    );
    const { startedAt, about, compile } = this;
    const incidents = [...this.incidents.values()];
    const wallMs = performance.now() - this.began;
    const { usedMs, peakBytes } = this.budget;
    const used = { processorMs: usedMs, ...(isMemoryTold && { memoryBytes: peakBytes }) };
    const all = { startedAt, wallMs, handIn, ...about, compile, incidents, used };
    return { ...reportOf(done, all), ...all };
  }
}

/** The entry of a scenario before it is judged. */
interface Known extends Rehearsal {
  readonly unmerged: ExploredNodes['unmerged'];
}

/**
 * Judges a scenario; once more when a process could not be started, as that may have been the machine's
 * fault, or the doing of those that run already. Rejects when none can be started on the emptied machine.
 */
async function whereThereIsRoom(
  host: IsolatedHost,
  attempt: () => Promise<JobResult>,
): Promise<JobResult> {
  let result = await attempt();
  for (let again = true; ; again = false) {
    const noRoom = host.takeNoRoom();
    if (noRoom === undefined) return result;
    await host.startOver();
    if (!again) return { ...result, failure: { ...roomTaken, actual: noRoom.message } };
    result = await attempt();
  }
}

const roomTaken: Failure = {
  kind: 'broken code',
  expected: 'nodes that leave room for the processes of the others',
  actual: '',
};

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
    run: async (seed, tracing, kept) => {
      const known = kept === undefined ? passes.get(seed) : undefined;
      if (known !== undefined) return known;
      try {
        return await runIsolated(scenario, { host, seed, tracing, kept });
      } finally {
        await host.endRun();
      }
    },
    // A process that broke out or hung proves enough, and may take its time to do so again.
    repeats: () => host.faultsOfLastRun === 0,
  });
}

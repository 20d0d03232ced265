/**
 * Finds out cheaply what passes: many runs go on at a time and cross to the processes of their nodes
 * together. A pass counts, since each node answered from a process that held no other node of its
 * run. Nothing else counts: whatever failed, broke out or was in bad company is run again by itself,
 * and only that is reported.
 */

import type { Account } from '../nodes/apart/budget';
import { InterleavedHost } from '../nodes/apart/interleaved-host';
import type { NodeLaunch } from '../nodes/apart/launch';
import { runCampaign } from '../suite/campaigns/run-campaign';
import type { JobResult } from '../suite/run/job';
import type { RunResult } from '../suite/scenario/run-result';
import type { CampaignScenario, Scenario, SingleScenario } from '../suite/scenario/scenario';
import { interleavedArena } from './interleaved-arena';
import { runIsolated } from './run-isolated';

/** More make crossings cheaper still, and incarnations and worlds are memory. */
const runsAtATime = 64;

/** The record of a scenario that has not passed. */
export interface Rehearsal {
  /** The runs that have passed all the same, by seed. */
  readonly passes: ReadonlyMap<number, RunResult>;
  /** Of a campaign: the run that did not pass, as its schedule says it. */
  readonly suspect?: { readonly seed: number; readonly choices: string };
}

export interface RehearsalOptions {
  readonly launch: NodeLaunch;
  readonly scenarios: readonly Scenario[];
  readonly seedsOf: (scenario: Scenario) => readonly number[];
  /** The account of a scenario; it does not run on once that is overdrawn. */
  readonly accountOf: (scenario: Scenario) => Account;
  /** Told of each scenario that passed with all its seeds. */
  readonly onPassed: (scenario: Scenario, result: JobResult) => void;
}

/** Resolves with what is known of all other scenarios. Never rejects. */
export async function rehearse(options: RehearsalOptions): Promise<Map<Scenario, Rehearsal>> {
  const host = new InterleavedHost(options.launch);
  // Each world listens for rejections that nobody awaits.
  process.setMaxListeners(process.getMaxListeners() + runsAtATime);
  try {
    const left = await rehearseSingle(host, options);
    for (const scenario of options.scenarios) {
      if (!isCampaign(scenario)) continue;
      const suspect = await rehearseCampaign(host, scenario, options);
      if (suspect !== null) left.set(scenario, { passes: new Map(), ...suspect });
    }
    return left;
  } finally {
    process.setMaxListeners(process.getMaxListeners() - runsAtATime);
    await host.close();
  }
}

async function rehearseSingle(
  host: InterleavedHost,
  { scenarios: all, seedsOf, accountOf, onPassed }: RehearsalOptions,
): Promise<Map<Scenario, Rehearsal>> {
  const scenarios = all.filter(isSingle);
  const parts = scenarios.map(
    (scenario) => new Rehearsed(scenario, seedsOf(scenario), accountOf(scenario)),
  );
  const run = async ({ of, seed }: { readonly of: Rehearsed; readonly seed: number }) => {
    if (of.failed || host.isBroken) return;
    await of.run(host, seed);
    if (of.isComplete && (await host.isClean())) onPassed(of.scenario, of.finish());
  };
  // One of each first: most of what is wrong shows at once, and its other seeds need not run.
  await inTurn(
    parts.flatMap((of) => of.seeds.slice(0, 1).map((seed) => ({ of, seed }))),
    run,
  );
  await inTurn(
    parts.flatMap((of) => of.seeds.slice(1).map((seed) => ({ of, seed }))),
    run,
  );
  const left = parts.filter(({ isFinished }) => !isFinished);
  const clean = await host.isClean();
  return new Map(
    left.map(({ scenario, passes }) => [scenario, { passes: clean ? passes : new Map() }]),
  );
}

/** null: it has passed. */
async function rehearseCampaign(
  host: InterleavedHost,
  scenario: CampaignScenario,
  { seedsOf, accountOf, onPassed }: RehearsalOptions,
): Promise<Pick<Rehearsal, 'suspect'> | null> {
  const { campaign, id } = scenario;
  if (campaign.onlySimulates !== true || host.isBroken) return {};
  const account = accountOf(scenario);
  const arenaOf = (seed: number) =>
    interleavedArena({ scenario: id, seed, host, account, atATime: runsAtATime });
  const result = await runCampaign(campaign, { seeds: seedsOf(scenario), arenaOf });
  const { failure, seed, schedule } = result;
  if (failure === null && (await host.isClean())) {
    onPassed(scenario, result);
    return null;
  }
  const choices = schedule?.split(':').slice(2).join(':');
  return choices === undefined ? {} : { suspect: { seed, choices } };
}

function isSingle(scenario: Scenario): scenario is SingleScenario {
  return scenario.campaign === undefined;
}

function isCampaign(scenario: Scenario): scenario is CampaignScenario {
  return scenario.campaign !== undefined;
}

/** Does these things, many at a time, in order. */
async function inTurn<T>(things: readonly T[], run: (thing: T) => Promise<void>): Promise<void> {
  const queue = [...things];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
  };
  await Promise.all(Array.from({ length: runsAtATime }, work));
}

/** One scenario. */
class Rehearsed {
  readonly scenario: SingleScenario;
  readonly seeds: readonly number[];
  readonly passes = new Map<number, RunResult>();
  failed = false;
  isFinished = false;
  private readonly account: Account;
  private spentMs = 0;

  constructor(scenario: SingleScenario, seeds: readonly number[], account: Account) {
    this.scenario = scenario;
    this.seeds = seeds;
    this.account = account;
  }

  /** All its seeds have passed. */
  get isComplete(): boolean {
    return this.seeds.length > 0 && this.seeds.every((seed) => this.passes.has(seed));
  }

  async run(host: InterleavedHost, seed: number): Promise<void> {
    const nodes = host.begin(this.account);
    const startedAt = performance.now();
    const result = await runIsolated(this.scenario, { host: nodes, seed, tracing: false });
    this.spentMs += (performance.now() - startedAt) / runsAtATime;
    if (!nodes.end() || result.failure !== null) this.failed = true;
    // Nobody asks for the history of what passed.
    else this.passes.set(seed, { ...result, history: [] });
  }

  finish(): JobResult {
    this.isFinished = true;
    const results = [...this.passes.values()];
    const delivered = results.reduce((sum, result) => sum + result.delivered, 0);
    const all = { runs: results.length, delivered, wallMs: this.spentMs };
    return { failure: null, seed: this.seeds.at(-1) ?? 0, ...all, trace: [], history: [] };
  }
}

/**
 * Explorations that are graded: systems, each with a bound given as numbers of states and samples, so
 * that the verdict does not depend on how quick a machine is. What fails is shrunk, walked anew from
 * its start, and reported as any other run.
 */
import type { Arena, Campaign, CampaignResult, ExploredNodes } from '../campaign/campaign';
import type { HistoryEvent } from '../history/history';
import { judgeHistory } from '../run-scenario';
import type { PassingRun } from '../runner/nearest';
import { runSeeds } from '../runner/run-seeds';
import type { Failure } from '../scenario/failure';
import type { Lab } from '../scenario/lab';
import { plural } from './coverage';
import { type Exploration, type ExploreOptions, explore, type FoundViolation } from './explore';
import { historyOf } from './graded-history';
import { formatSchedule, parseSchedule, type Schedule, type Setting } from './schedule';
import { shrink } from './shrink';
import { type WalkResult, walk } from './walk';

export interface GradedExploration extends Omit<Setting, 'seed'> {
  /** All schedules with so many deviations are explored. */
  readonly deviations: number;
  /** So many with more deviations are drawn by chance. */
  readonly samples: number;
}

/** How often the code of nodes runs at the most in one exploration: many times what it takes. */
const usualExecutions = 25_000;
/** The same of each smaller system that is tried to make a counterexample shorter. */
const maxShrinkExecutions = 3_000;
/** Seeds of the explored world have at most nine digits. */
const seedRange = 1_000_000_000;

/** Explores one system after the other. */
export function exploration(
  systems: readonly GradedExploration[],
  maxExecutions = usualExecutions,
): Campaign {
  return {
    async run(arena) {
      const basics = await faultFree(arena);
      if (basics !== null) return basics;
      return arena.explore((nodes) => exploreAll(arena, nodes, systems, maxExecutions));
    },
  };
}

/** What does not even work without faults, a stub most likely, is told as other scenarios tell it. */
async function faultFree(arena: Arena): Promise<CampaignResult | null> {
  const { seed, mayRepeat } = arena;
  const run = (_seed: number, tracing: boolean) => arena.simulate({ seed, tracing }, writeAndRead);
  const result = await runSeeds({ seeds: [seed], run, repeats: mayRepeat });
  return result.failure === null ? null : { ...result, remark: '' };
}

async function writeAndRead(lab: Lab): Promise<void> {
  await lab.startReplicas(2);
  const clerk = lab.clerk();
  await lab.finish(clerk.append('x', 'a').then(() => clerk.get('x')));
}

async function exploreAll(
  arena: Arena,
  nodes: ExploredNodes,
  systems: readonly GradedExploration[],
  maxExecutions: number,
): Promise<CampaignResult> {
  const remarks: string[] = [];
  let delivered = 0;
  for (const { deviations, samples, ...system } of systems) {
    const setting = { ...system, seed: arena.seed % seedRange };
    const limits = { seconds: Number.POSITIVE_INFINITY, memoryMib: Number.POSITIVE_INFINITY };
    // A watchdog must not take a long search for a node that hangs.
    const onProgress = () => {
      nodes.onInput?.('the explorer', 'its search');
      return false;
    };
    const bounds = { setting, deviations, samples, maxExecutions };
    const options = { ...nodes, ...limits, ...bounds, onProgress };
    const { result, found } = await exploreSurely(arena, nodes, options);
    delivered += result.transitions;
    if (found !== null) return { ...found, remark: '', delivered };
    remarks.push(remarkOf(result, deviations));
  }
  return { failure: null, remark: remarks.join('; '), delivered, trace: [], history: [] };
}

type Found = Omit<CampaignResult, 'remark' | 'delivered'>;

/** A violation counts when it shows again in nodes that are new and share no past. */
async function exploreSurely(
  { mayRepeat }: Arena,
  nodes: ExploredNodes,
  options: ExploreOptions,
): Promise<{ readonly result: Exploration; readonly found: Found | null }> {
  for (let merging = true; ; merging = false) {
    const result = await explore({ ...options, merging });
    const { violation, stopped, exhausted } = result;
    if (violation === null && stopped !== null && exhausted < 0) {
      return { result, found: { failure: tooLarge(stopped), trace: [], history: [] } };
    }
    if (violation === null) return { result, found: null };
    // Whoever hangs or ends a process does so again, and proves enough.
    if (!mayRepeat()) return { result, found: { ...violation, trace: [], history: [] } };
    const small = { ...options, merging, maxExecutions: maxShrinkExecutions };
    const least = await shrink(small, violation, Number.POSITIVE_INFINITY);
    const found = await confirmed(nodes, least.violation);
    if (found !== null) return { result, found };
    // Perhaps two histories were taken for one that are not: then it takes longer.
    if (!merging) return { result, found: notRepeatable(least.violation) };
  }
}

async function confirmed(
  { inNewNodes, onInput }: ExploredNodes,
  { failure, schedule }: FoundViolation,
): Promise<Found | null> {
  const parsed = parseSchedule(schedule);
  if (parsed === undefined) throw new Error(`${schedule} is no schedule`);
  onInput?.('the explorer', 'a walk');
  const walked = () => inNewNodes((host) => walk(parsed, host));
  const [one, other] = [await walked(), await walked()];
  if (!one.fits || !other.fits || one.failure?.kind !== failure.kind) return null;
  if (JSON.stringify(one) !== JSON.stringify(other)) return null;
  const history = historyOf(one.trace);
  const nearest = await withFewer(parsed, (fewer) => inNewNodes((host) => walk(fewer, host)));
  const run = { schedule, trace: one.trace, history, ...(nearest && { nearest }) };
  return { failure: timed(one.failure, history), ...run };
}

/** The run that passes once the last choice is left out, or more of them. */
async function withFewer(
  { setting, choices }: Schedule,
  walked: (schedule: Schedule) => Promise<WalkResult>,
): Promise<PassingRun | undefined> {
  for (let kept = choices.length - 1; kept >= 0; kept -= 1) {
    const fewer = { setting, choices: choices.slice(0, kept) };
    const outcome = await walked(fewer);
    if (!outcome.fits || outcome.failure !== null) continue;
    const { trace } = outcome;
    return { name: formatSchedule(fewer), trace, history: historyOf(trace) };
  }
  return undefined;
}

/** The explorer has no times in what it judges; the trace has. */
function timed(failure: Failure, history: readonly HistoryEvent[]): Failure {
  const { atMs: _atMs, ...plain } = failure;
  return failure.kind === 'not linearizable' ? (judgeHistory(history) ?? plain) : plain;
}

function notRepeatable({ failure, schedule }: FoundViolation): Found {
  const repeated: Failure = {
    kind: 'not repeatable',
    expected: 'two runs of one schedule to be the same, event for event',
    actual: 'only one of them failed, or each in another way',
    details: [failure.actual],
  };
  return { failure: repeated, schedule, trace: [], history: [] };
}

function tooLarge(stopped: string): Failure {
  return {
    kind: 'expectation',
    expected: 'the few nodes of a small system to be within the limits of the explorer',
    actual: stopped,
  };
}

function remarkOf(result: Exploration, deviations: number): string {
  const { exhausted, states, sampled, stopped } = result;
  const count = plural(states, 'state');
  if (exhausted < deviations) {
    return `${count}, <= ${plural(exhausted, 'deviation')} exhaustive; ${stopped}`;
  }
  const beyond = sampled === 0 ? '' : `, ${plural(sampled, 'sample')}`;
  return stopped === null
    ? `${count} exhaustive${beyond}`
    : `${count} exhaustive${beyond}; ${stopped}`;
}

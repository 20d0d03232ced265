/**
 * Explorations that are graded: systems, each with a bound given as numbers of states and samples, so
 * that the verdict does not depend on how quick a machine is, and judged from outside, so that it is the same
 * wherever nodes run. What fails is shrunk, walked anew from
 * its start, and reported as any other run.
 */

import type { Failure } from '../../judging/failure';
import type { HistoryEvent } from '../../judging/history/model/history';
import { judgeHistory } from '../../judging/judge-history';
import { plural } from '../../worlds/explored/coverage';
import {
  type Exploration,
  type ExploreOptions,
  explore,
  type FoundViolation,
} from '../../worlds/explored/explore';
import { historyOf } from '../../worlds/explored/graded-history';
import {
  formatSchedule,
  parseSchedule,
  type Schedule,
  type Step,
} from '../../worlds/explored/schedule';
import type { Setting } from '../../worlds/explored/setting';
import { shrink } from '../../worlds/explored/shrink';
import { type WalkResult, walk } from '../../worlds/explored/walk';
import { runSeeds } from '../run/run-seeds';
import type { Arena, Campaign, CampaignResult, ExploredNodes } from '../scenario/campaign';
import type { PassingRun } from '../scenario/run-result';
import type { Body } from '../scenario/stage';

export interface GradedExploration extends Omit<Setting, 'seed'> {
  /** All schedules with so many deviations are explored. */
  readonly deviations: number;
  /** The number of schedules with more deviations that are drawn by chance. */
  readonly samples: number;
}

/** How often the code of nodes runs at the most in one exploration: many times what it takes. */
const usualExecutions = 25_000;
/** The same of each smaller system that is tried to make a counterexample shorter. */
const maxShrinkExecutions = 3_000;
/** Seeds of the explored world have at most nine digits. */
const seedRange = 1_000_000_000;
/** No points hang on what nodes say of themselves; in a process apart they are not even asked. */
const onlooker = { fromOutside: true };

export interface ExplorationOptions {
  /** How often the code of nodes may run in one exploration; many times what it takes unless told. */
  readonly maxExecutions?: number;
  /** The scenario that must pass without any fault before there is anything to explore. */
  readonly basics: Body;
}

/** Explores one system after the other. */
export function exploration(
  systems: readonly GradedExploration[],
  { maxExecutions = usualExecutions, basics }: ExplorationOptions,
): Campaign {
  return {
    async run(arena) {
      const broken = await faultFree(arena, basics);
      if (broken !== null) return broken;
      return arena.explore((nodes) => exploreAll(arena, nodes, systems, maxExecutions));
    },
  };
}

/** A failure without any faults, of a stub most likely, is told as other scenarios tell it. */
async function faultFree(arena: Arena, basics: Body): Promise<CampaignResult | null> {
  const { seed, mayRepeat } = arena;
  const run = (_seed: number, tracing: boolean) => arena.simulate({ seed, tracing }, basics);
  const result = await runSeeds({ seeds: [seed], run, repeats: mayRepeat });
  return result.failure === null ? null : { ...result, remark: '' };
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
      nodes.onInput?.('', 'the search of the explorer');
      return false;
    };
    const bounds = { setting, deviations, samples, maxExecutions };
    const options = { ...nodes, ...limits, ...bounds, ...onlooker, onProgress };
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
    // Code that hangs or ends a process does so again, and proves enough.
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
  onInput?.('', 'a walk of the explorer');
  const walked = () => inNewNodes((host) => walk(parsed, host, onlooker));
  const [one, other] = [await walked(), await walked()];
  if (!one.fits || !other.fits || one.failure?.kind !== failure.kind) return null;
  if (JSON.stringify(one) !== JSON.stringify(other)) return null;
  const history = historyOf(one.trace);
  const nearest = await withFewer(parsed, (fewer) =>
    inNewNodes((host) => walk(fewer, host, onlooker)),
  );
  const run = { schedule, trace: one.trace, history, ...(nearest && { nearest }) };
  return { failure: timed(one.failure, history), ...run };
}

/** The run that passes once the last choice is left out, or more of them. */
async function withFewer(
  { steps, ...schedule }: Schedule,
  walked: (schedule: Schedule) => Promise<WalkResult>,
): Promise<PassingRun | undefined> {
  for (let kept = steps.length - 1; kept >= 0; kept -= 1) {
    const isLast = kept > 0 && 'usual' in (steps[kept - 1] as Step);
    if (isLast) continue;
    const fewer = { ...schedule, steps: steps.slice(0, kept) };
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

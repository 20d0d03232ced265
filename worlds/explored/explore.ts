/** Explores a system within a bound, within limits of time and memory, and says how far it came. */

import type { Failure } from '../../judging/failure';
import type { NodeHost } from '../../nodes/node-host';
import { BeyondExplorer } from './incarnations';
import { brokenInvariant } from './invariants';
import { HiddenMemory } from './merge-check';
import { nameOfMove } from './move-names';
import { considered, endings, isDeviation, makeMove, moveKind } from './moves';
import { Sampler, type Way } from './sampler';
import { formatSchedule, type NamedChoice, stepsOf } from './schedule';
import { type Choice, needsExecution, Search, type Violation } from './search';
import type { Setting } from './setting';
import { stageSystem } from './staging';
import { makeSystem, type Onlooker, type System } from './system';

export interface ExploreOptions extends Onlooker {
  readonly setting: Setting;
  readonly deviations: number;
  readonly host: NodeHost;
  /** Programs, by their files, whose histories must not be merged, and why. */
  readonly unmerged?: ReadonlyMap<string, string>;
  readonly seconds: number;
  readonly memoryMib: number;
  /** How often the code of nodes may run: a limit that does not depend on the machine. */
  readonly maxExecutions?: number;
  /** How many schedules beyond the bound are drawn by chance once it is exhausted. */
  readonly samples?: number;
  /** Draws all of them in this way; unless told, the ways take turns. */
  readonly way?: Way;
  /** Off: every history is a state of its own. */
  readonly merging?: boolean;
  /** Told now and then how far it is; `true` from it stops the search. */
  readonly onProgress?: (progress: Coverage) => boolean;
}

export interface Coverage {
  readonly states: number;
  readonly transitions: number;
  /** How often the code of a node had to run: for pairs of state and input that were new. */
  readonly handlerExecutions: number;
  readonly seconds: number;
  /** Of them the processor worked so long for it; on a busy machine that is less. */
  readonly cpuSeconds: number;
  readonly peakRssMib: number;
  /** All schedules with so many deviations have been explored; -1: not even the fault-free one. */
  readonly exhausted: number;
  /** Schedules followed to their end. */
  readonly ends: number;
  /** Schedules beyond the bound, drawn by chance. */
  readonly sampled: number;
  /** Bytes of the tables for each state. */
  readonly bytesPerState: number;
}

export interface Exploration extends Coverage {
  /** Why it ended before the bound was exhausted. */
  readonly stopped: string | null;
  readonly notes: readonly string[];
  readonly violation: FoundViolation | null;
}

export interface FoundViolation {
  readonly failure: Failure;
  readonly schedule: string;
  readonly choices: readonly NamedChoice[];
}

interface Start {
  readonly at: number;
  readonly cpu: NodeJS.CpuUsage;
}

const progressIntervalMs = 250;
const bytesPerMib = 2 ** 20;

export async function explore(options: ExploreOptions): Promise<Exploration> {
  const unmerged = new Map(options.unmerged);
  const start = { at: performance.now(), cpu: process.cpuUsage() };
  for (;;) {
    try {
      return await exploreOnce(options, unmerged, start);
    } catch (error) {
      if (!(error instanceof HiddenMemory)) throw error;
      unmerged.set(error.program, error.message);
    }
  }
}

async function exploreOnce(
  options: ExploreOptions,
  unmerged: ReadonlyMap<string, string>,
  start: Start,
): Promise<Exploration> {
  const { setting, deviations, merging = true } = options;
  const system = makeSystem({ ...options, merging, unmerged: new Set(unmerged.keys()) });
  const bound = { deviations, crashes: setting.crashes };
  const judge = system.kind.invariants && (() => invariantsHold(system));
  const search = new Search(system, bound, { ...(judge && { judge }) });
  const sampler = new Sampler(system, bound, search, options.way);
  const notes = [...unmerged].map(
    ([program, why]) => `histories of nodes of ${program} are not merged: ${why}`,
  );
  let peakRss = 0;
  const coverage = (): Coverage => {
    peakRss = Math.max(peakRss, process.memoryUsage.rss());
    const states = search.visited.size;
    const { user, system: kernel } = process.cpuUsage(start.cpu);
    return {
      states,
      transitions: search.transitions + search.closing.transitions,
      handlerExecutions: system.locals.executions,
      seconds: (performance.now() - start.at) / 1_000,
      cpuSeconds: (user + kernel) / 1_000_000,
      peakRssMib: Math.round(peakRss / bytesPerMib),
      exhausted: search.exhausted,
      ends: search.ends,
      sampled: sampler.samples,
      bytesPerState: Math.round((search.sizeBytes + system.locals.sizeBytes) / Math.max(1, states)),
    };
  };
  const ended = (stopped: string | null, violation: FoundViolation | null = null) => {
    return { ...coverage(), stopped, notes, violation };
  };
  try {
    const failure = await stageSystem(system);
    if (failure !== null) {
      const schedule = formatSchedule({ setting, steps: [], toEnd: true });
      return ended(null, { failure, schedule, choices: [] });
    }
    const { state } = system;
    const staged = { words: state.packed.slice(0, state.pack()), now: state.now };
    let stopped = await drive(search.run(), system, options, start.at, coverage);
    if (stopped === null && search.found === null) {
      const sampling = sampler.run(staged, options.samples ?? 0, setting.seed);
      stopped = await drive(sampling, system, options, start.at, coverage);
    }
    const found = search.found ?? sampler.found;
    if (found === null) return ended(stopped);
    state.unpack(staged.words, 0);
    state.now = staged.now;
    return ended(stopped, named(found, system, setting));
  } catch (error) {
    if (error instanceof BeyondExplorer) return ended(error.message);
    throw error;
  } finally {
    system.locals.close();
  }
}

// biome-ignore lint/correctness/useYield: what nodes show is known in every state
function* invariantsHold(system: System): Generator<number, Failure | null> {
  return brokenInvariant(system);
}

/** Runs a search to its end; why it stopped before, or null. */
async function drive(
  run: Generator<number, void>,
  { locals, state }: System,
  { seconds, memoryMib, onProgress, maxExecutions = Number.POSITIVE_INFINITY }: ExploreOptions,
  startedAt: number,
  coverage: () => Coverage,
): Promise<string | null> {
  let toldAt = 0;
  for (;;) {
    const step = run.next();
    if (step.done === true) return null;
    if (locals.executions >= maxExecutions) {
      return `the limit of ${maxExecutions.toLocaleString('en-US')} handler executions was reached`;
    }
    if (step.value === needsExecution) await locals.execute(state.missingState, state.missingInput);
    const now = performance.now();
    if (now < toldAt + progressIntervalMs) continue;
    toldAt = now;
    // Signals are heard of, and a terminal gets its line.
    await new Promise((resolve) => setImmediate(resolve));
    const reached = coverage();
    if (now - startedAt > 1_000 * seconds) return `the time of ${seconds} s was over`;
    if (reached.peakRssMib > memoryMib) return `the limit of ${memoryMib} MiB was reached`;
    if (onProgress?.(reached) === true) return 'it was interrupted';
  }
}

/** Goes the way again to see what each choice was about. All its transitions are known. */
function named(violation: Violation, system: System, setting: Setting): FoundViolation {
  const { state } = system;
  const marks = new Int32Array(256);
  const choices = violation.choices.map(({ after, choice }: Choice) => {
    for (let event = 0; event < after; event += 1) {
      state.peek();
      state.apply();
      considered(state, marks, endings(state, marks));
    }
    if (isDeviation(moveKind(choice))) state.peek();
    const [, ...whom] = nameOfMove(system, choice).split('.');
    makeMove(state, choice);
    return { after, kind: moveKind(choice), whom: whom.join('.') };
  });
  const schedule = formatSchedule({ setting, steps: stepsOf(choices), toEnd: true });
  return { failure: violation.failure, schedule, choices };
}

/**
 * A sweep: one fixed piece of work, and then the same again with each single fault at each step. A
 * step is a message that arrives while the work goes on: between two of them nothing happens that a
 * fault could tell apart. After the work the faults end, and what was acknowledged must be there: the
 * closing of the lab looks. See decision S5.
 */

import { between, pick, type Random, seededRandom } from '../../../runtime/seeded-random';
import type { Arriving } from '../../../worlds/simulated/delivery';
import { runSeeds } from '../../run/run-seeds';
import type { Arena, Campaign, CampaignResult, ScheduleMisfit } from '../../scenario/campaign';
import type { RunResult } from '../../scenario/run-result';
import type { Body } from '../../scenario/stage';
import {
  faultsOf,
  mayMeet,
  nameOfArrival,
  type Struck,
  type SweptFault,
  strike,
  usualSilenceMs,
} from './faults';
import { formatFaults, type NamedFault, named, parseFaults } from './schedule';

/** When the work is done, what it has sent still arrives for so long. */
const arrivingMs = 10;

/** A fixed piece of work: how it begins, without faults; then what goes on while they strike. */
export type SweptWork<L extends Struck> = (lab: L) => Promise<() => Promise<unknown>>;

export interface SweepOptions<L extends Struck> {
  /** Makes a body of what is told in the language of the lab. */
  readonly tell: (told: (lab: L) => Promise<void>) => Body;
  readonly work: readonly SweptWork<L>[];
  /** The faults are over: everybody finishes, and what was acknowledged is there. */
  readonly closing: (lab: L) => Promise<void>;
  /** Instead of all single faults: so many pairs of them, drawn by chance. */
  readonly pairs?: number;
  /** How long a server is paused, or a link cut, in milliseconds. */
  readonly silenceMs?: number;
  /** The acts after the work, until the faults have ended. Default: none. */
  readonly until?: (lab: L, ended: Promise<unknown>) => Promise<void>;
}

/** A message that is about to arrive, and the faults that may strike then. */
interface Step {
  readonly message: Arriving;
  readonly words: readonly SweptFault[];
}

/** Which fault strikes at a step, counted from 1. */
type Plan = (number: number, step: Step) => SweptFault | undefined;

interface Attempt {
  readonly result: RunResult;
  readonly steps: readonly Step[];
  readonly faults: readonly NamedFault[];
}

export function sweep<L extends Struck>(options: SweepOptions<L>): Campaign {
  return {
    onlySimulates: true,
    run: (arena) => new Sweep(arena, options).run(),
    replay: (arena, text) => {
      const [, number = '', list = ''] = /^w(\d)\.(.*)$/.exec(text) ?? [];
      const work = options.work[Number(number) - 1];
      const faults = list === '' ? [] : parseFaults(list);
      if (work === undefined || faults === undefined) return undefined;
      return new Sweep(arena, options).replay(work, faults);
    },
  };
}

class Sweep<L extends Struck> {
  private readonly arena: Arena;
  private readonly options: SweepOptions<L>;
  private runs = 0;
  private delivered = 0;

  constructor(arena: Arena, options: SweepOptions<L>) {
    this.arena = arena;
    this.options = options;
  }

  async run(): Promise<CampaignResult> {
    const { work, pairs } = this.options;
    const { share } = this.arena;
    for (const each of work) {
      const free = await this.attempt(each, () => undefined);
      if (free.result.failure !== null) return this.confirmed(each, free);
      const failed = await this.firstFailure(
        each,
        pairs === undefined ? this.singles(free) : this.pairs(free, (share * pairs) / work.length),
      );
      if (failed !== undefined) return this.confirmed(each, failed);
    }
    const { runs, delivered } = this;
    const every = share === 1 ? 'every fault at every step' : `a part of ${1 / share}, drawn`;
    const remark = `${runs} runs: ${pairs === undefined ? every : 'pairs of faults, drawn'}`;
    return { failure: null, remark, delivered, trace: [], history: [] };
  }

  /** Of those that fail the first in the order of the plans, however many go on at a time. */
  private async firstFailure(
    work: SweptWork<L>,
    plans: readonly Plan[],
  ): Promise<Attempt | undefined> {
    let first: { readonly number: number; readonly attempt: Attempt } | undefined;
    const queue = [...plans.entries()];
    const goOn = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [number, plan] = next;
        const attempt = await this.attempt(work, plan);
        if (attempt.result.failure === null) continue;
        // All before this one have begun, and those that go on come to their end.
        queue.length = 0;
        if (first === undefined || number < first.number) first = { number, attempt };
      }
    };
    await Promise.all(Array.from({ length: this.arena.atATime }, goOn));
    return first?.attempt;
  }

  async replay(
    work: SweptWork<L>,
    faults: readonly NamedFault[],
  ): Promise<CampaignResult | ScheduleMisfit> {
    const attempt = await this.attempt(work, planOf(faults), true);
    for (const fault of faults) {
      const step = attempt.steps[fault.step - 1];
      const got = step === undefined ? 'the end of the work' : nameOfArrival(step.message);
      if (got === fault.message && step?.words.includes(fault.word)) continue;
      const misfit = `step ${fault.step} is about ${fault.word}.${fault.message}, but then comes ${got}`;
      return { misfit };
    }
    return this.confirmed(work, attempt);
  }

  /** A failure is believed when it can be repeated. */
  private async confirmed(
    work: SweptWork<L>,
    { faults, result }: Attempt,
  ): Promise<CampaignResult> {
    const { seed, scenario } = this.arena;
    const plan = planOf(faults);
    let first: RunResult | undefined = result;
    const confirmed = await runSeeds({
      seeds: [seed],
      run: async (_seed, tracing) => {
        const known = first;
        first = undefined;
        return known ?? (await this.attempt(work, plan, tracing)).result;
      },
      repeats: () => this.arena.mayRepeat(),
    });
    const { failure, trace, history } = confirmed;
    const nearest = failure === null ? undefined : await this.withFewer(work, faults);
    const number = this.options.work.indexOf(work) + 1;
    const schedule = `${scenario}:${seed}:w${number}.${formatFaults(faults)}`;
    const about = { schedule, ...(nearest && { nearest }) };
    return { failure, remark: '', delivered: this.delivered, ...about, trace, history };
  }

  /** The run that passes once the last fault is left out, or more of them. */
  private async withFewer(work: SweptWork<L>, faults: readonly NamedFault[]) {
    if (!this.arena.mayRepeat()) return undefined;
    for (let kept = faults.length - 1; kept >= 0; kept -= 1) {
      const { result } = await this.attempt(work, planOf(faults.slice(0, kept)), true);
      const { failure, trace, history } = result;
      const name = `the same without ${formatFaults(faults.slice(kept))}`;
      if (failure === null) return { name, trace, history };
    }
    return undefined;
  }

  /** Every fault at every step, or the share of them that there is time for. */
  private singles(free: Attempt): Plan[] {
    const { seed, share } = this.arena;
    const random = seededRandom(seed, 1);
    return faultsIn(free)
      .filter(() => share === 1 || random() < share)
      .map(
        ({ step, word }) =>
          (number) =>
            number === step ? word : undefined,
      );
  }

  /** The second of two faults strikes among what has come of the first. */
  private pairs(free: Attempt, count: number): Plan[] {
    const all = faultsIn(free);
    return Array.from({ length: Math.ceil(count) }, (_, drawn) => {
      const random = seededRandom(this.arena.seed, 2 + drawn);
      const { step, word } = pick(random, all);
      const second = between(random, step + 1, Math.max(step + 1, free.steps.length));
      return this.pair(step, word, second, random);
    });
  }

  private pair(first: number, word: SweptFault, second: number, random: Random): Plan {
    let at: Arriving | undefined;
    return (number, { message, words }) => {
      if (number === first) {
        at = message;
        return word;
      }
      if (number !== second || at === undefined) return undefined;
      const one = at;
      const possible = words.filter((other) => mayMeet(word, one, other, message));
      return possible.length === 0 ? undefined : pick(random, possible);
    };
  }

  private async attempt(work: SweptWork<L>, plan: Plan, tracing = false): Promise<Attempt> {
    const steps: Step[] = [];
    const faults: NamedFault[] = [];
    const endings: Promise<void>[] = [];
    let during: L | undefined;
    const onArrival = (message: Arriving) => {
      if (during === undefined) return undefined;
      const step = { message, words: faultsOf(during, message) };
      steps.push(step);
      const word = plan(steps.length, step);
      if (word === undefined || !step.words.includes(word)) return undefined;
      faults.push(named(steps.length, word, message));
      const { silenceMs = usualSilenceMs } = this.options;
      const { fate, ended } = strike(during, word, message, silenceMs);
      endings.push(ended);
      return fate;
    };
    const { seed } = this.arena;
    const play = this.options.tell(async (lab) => {
      const begin = await work(lab);
      during = lab;
      await lab.finish(begin());
      await lab.sleep(arrivingMs);
      during = undefined;
      const ended = Promise.all(endings);
      await (this.options.until?.(lab, ended) ?? ended);
      await this.options.closing(lab);
    });
    const result = await this.arena.simulate({ seed, tracing, onArrival }, play);
    this.runs += 1;
    this.delivered += result.delivered;
    return { result, steps, faults };
  }
}

function planOf(faults: readonly NamedFault[]): Plan {
  return (number) => faults.find(({ step }) => step === number)?.word;
}

function faultsIn({ steps }: Attempt): { readonly step: number; readonly word: SweptFault }[] {
  return steps.flatMap(({ words }, i) => words.map((word) => ({ step: i + 1, word })));
}

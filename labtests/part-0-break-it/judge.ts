/** Judges the schedules of part 0: the history checker must find what the schedule is to cause. */
import path from 'node:path';
import { check } from '../../judging/history/checker';
import { type Explanation, explain, type ViolationKind } from '../../judging/history/explain';
import { operationsOf } from '../../judging/history/model/history';
import { renderExplanation } from '../../judging/history/render';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { columnTrace } from '../../report/columns';
import { runIn } from '../../suite/run/run-scenario';
import type { RunResult } from '../../suite/scenario/run-result';
import { SimulatedWorld } from '../../worlds/simulated/world';
import { inLab, type Lab } from '../primary-backup/lab';
import { loseAcknowledgedWrite, serveStaleRead } from './break-it';

export type BreakingSchedule = (lab: Lab) => Promise<void>;

export interface Task {
  /** The name of the schedule in the students' file. */
  readonly name: string;
  /** The anomaly that the schedule is to cause. */
  readonly effect: string;
  /** The names that the checker may have for it. */
  readonly kinds: readonly ViolationKind[];
  readonly hint: string;
  readonly schedule: BreakingSchedule;
}

export const tasks: readonly Task[] = [
  {
    name: 'loseAcknowledgedWrite',
    effect: 'a lost acknowledged write',
    kinds: ['lost acknowledged write', 'lost append'],
    hint:
      'Who acknowledges alone, and whose state is thrown away when the two meet again? Read the key ' +
      'after that, twice, with a clerk that did not write it: one read may be of an old copy.',
    schedule: loseAcknowledgedWrite,
  },
  {
    name: 'serveStaleRead',
    effect: 'a stale read',
    kinds: ['stale read'],
    hint:
      'A server that believes it is primary answers reads from its own memory. Let the key have an ' +
      'old value first, and let somebody read the new one before you read the old one.',
    schedule: serveStaleRead,
  },
];

/** The result of a schedule. */
export interface TaskVerdict {
  readonly passed: boolean;
  /** One line: what the checker found, or what is missing. */
  readonly sentence: string;
  /** More lines: the proof, or the run that does not prove it. */
  readonly details: readonly string[];
  /** The seed of the run that they are about. */
  readonly seed: number;
  /** How long the longest run took, in simulated and in real milliseconds, checker included. */
  readonly virtualMs: number;
  readonly wallMs: number;
}

/** A schedule has to work with all of them: it must not rely on luck. */
export const seeds: readonly number[] = [1, 2, 3, 4, 5];

const host = new InProcessHost(new Solution(path.join(__dirname, '../..')));
const maxCheckerSteps = 2_000_000;
/** Lines of a run that are shown when it does not prove what it should. */
const shownEvents = 40;

/** Runs a schedule with one seed after the other, and stops at the first that does not work. */
export async function judge(task: Task): Promise<TaskVerdict> {
  const verdicts: TaskVerdict[] = [];
  for (const seed of seeds) {
    verdicts.push(await judgeOnce(task, seed));
    if (verdicts.at(-1)?.passed === false) break;
  }
  return {
    ...(verdicts.at(-1) as TaskVerdict),
    virtualMs: Math.max(...verdicts.map(({ virtualMs }) => virtualMs)),
    wallMs: Math.max(...verdicts.map(({ wallMs }) => wallMs)),
  };
}

async function judgeOnce(task: Task, seed: number): Promise<TaskVerdict> {
  const startedAt = performance.now();
  const world = new SimulatedWorld({ seed, host, tracing: true });
  const result = await runIn(world, seed, inLab(task.schedule));
  const violation = violationIn(result);
  const { virtualMs } = result;
  const done = (passed: boolean, sentence: string, details: readonly string[]): TaskVerdict => {
    return { passed, sentence, details, seed, virtualMs, wallMs: performance.now() - startedAt };
  };
  const problem = problemOf(task, result, violation);
  if (problem === undefined && violation !== undefined) {
    return done(true, violation.sentence, renderExplanation(violation).split('\n').slice(1));
  }
  const isRunOfInterest = result.failure?.kind !== 'not implemented' && result.trace.length > 0;
  const columns = isRunOfInterest ? columnTrace(result.trace, { most: shownEvents }) : [];
  return done(false, problem ?? '', columns);
}

/** The reason why the run is not what the task asks for; undefined: it is. */
function problemOf(
  { effect, kinds }: Task,
  { failure, trace, history }: RunResult,
  violation: Explanation | undefined,
): string | undefined {
  if (failure !== null && failure.kind !== 'not linearizable') {
    if (failure.kind === 'framework') {
      return isStub(failure.actual) ? failure.actual : `the schedule threw: ${failure.actual}`;
    }
    if (failure.kind !== 'not implemented') {
      return `expected ${failure.expected}, got ${failure.actual}`;
    }
    return `${failure.actual}: the pair runs on your StateMachine and your Clerk, write these first`;
  }
  const crashed = new Set(trace.filter(({ type }) => type === 'crash').map(({ node }) => node));
  if (crashed.has('s1') && crashed.has('s2')) {
    return 'both servers crashed: what is in no memory any more is lost in every design without a disk';
  }
  if (history.length === 0) return 'no client did anything';
  if (violation === undefined) {
    const count = history.filter(({ type }) => type === 'invoke').length;
    return `the checker found nothing wrong with what the clients saw in ${count} operations`;
  }
  if (kinds.includes(violation.kind)) return undefined;
  const advice =
    violation.kind === 'no order works'
      ? '; it can give names to what put, get and append do, not to putHash'
      : '';
  return `expected ${effect}, but what the checker found is: ${violation.sentence}${advice}`;
}

export function isStub(message: string): boolean {
  return / is not implemented yet(:|$)/.test(message);
}

function violationIn({ history }: RunResult): Explanation | undefined {
  if (history.length === 0) return undefined;
  const result = check('kv', operationsOf(history, 'kv'), { maxSteps: maxCheckerSteps });
  return result.verdict === 'not-linearizable' ? explain('kv', result.operations) : undefined;
}

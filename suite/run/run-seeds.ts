/** Runs something with one seed after the other until it fails, and makes sure of a failure. */

import type { AnomalyKind } from '../../judging/anomaly';
import { withCause } from '../../judging/causes/proven-cause';
import type { Failure } from '../../judging/failure';
import { isPlainFailover } from '../../judging/plain-failover';
import { wrongServers } from '../../judging/wrong-servers';
import type { PassingRun, RunResult } from '../scenario/run-result';
import type { JobResult } from './job';
import { nearestPassing } from './nearest-run';
import { withSetting } from './setting-of-failure';

export interface SeedRuns {
  readonly seeds: readonly number[];
  /** Keeps the trace of the last run even if it passes. */
  readonly keepTrace?: boolean | undefined;
  /** Of a failure that can be repeated: looks for the nearest run that passes. */
  readonly findsNearest?: boolean | undefined;
  /** Runs the scenario once; `kept`: the dimensions of its setting that are drawn, all unless told. */
  readonly run: (seed: number, tracing: boolean, kept?: readonly string[]) => Promise<RunResult>;
  /** Whether a failure should be repeated before it is believed; always, unless told. */
  readonly repeats?: () => boolean;
}

export async function runSeeds(options: SeedRuns): Promise<JobResult> {
  const { seeds, keepTrace = false, findsNearest = false, run, repeats = () => true } = options;
  const startedAt = performance.now();
  let delivered = 0;
  let runs = 0;
  let last: RunResult | undefined;
  let nearest: PassingRun | undefined;
  for (const seed of seeds) {
    last = await run(seed, keepTrace);
    delivered += last.delivered;
    runs += 1;
    if (last.failure === null) continue;
    if (!repeats()) break;
    // A failure is reported only when it can be repeated; these runs also keep the trace.
    const second = await run(seed, true);
    // A node that does not come to rest takes long, and shows nothing else a third time.
    const third = last.failure.kind === 'did not settle' ? second : await run(seed, true);
    const different = difference(last, second, third);
    const failure =
      different ?? (await withSetting({ ...second, failure: withTrace(second) }, run));
    last = { ...second, failure };
    if (findsNearest && isComparable(last)) {
      const passed = seeds.slice(0, runs - 1);
      nearest = await nearestPassing(last, { passed, others: seeds.slice(runs) }, run);
    }
    break;
  }
  if (last === undefined) throw new Error('a job needs at least one seed');
  const wallMs = performance.now() - startedAt;
  const { failure, seed, trace, history } = last;
  return { failure, seed, runs, delivered, wallMs, trace, history, ...(nearest && { nearest }) };
}

/** Whether it helps to see what went otherwise in another run. */
function isComparable({ failure, trace }: RunResult): boolean {
  const others: readonly (Failure['kind'] | undefined)[] = [
    'framework',
    'not implemented',
    'not repeatable',
    'did not settle',
  ];
  return trace.length > 0 && !others.includes(failure?.kind);
}

/** The failure, with all that only the trace shows: the cause, more anomalies, and whether nothing but servers failed. */
function withTrace({ failure, trace }: RunResult): Failure | null {
  if (failure === null) return null;
  const isPlain = isPlainFailover(trace);
  const brokeDown =
    isPlain && (failure.kind === 'broken code' || failure.kind === 'did not settle');
  const wrong = wrongServers(trace);
  const seen: AnomalyKind[] = [...(failure.anomalies ?? []), ...wrong];
  const anomalies = [...new Set(brokeDown ? [...seen, 'node broke down' as const] : seen)];
  return {
    ...(wrong.length > 0 && { component: 'the servers' as const }),
    ...withCause(failure, trace),
    ...(anomalies.length > 0 && { anomalies }),
    ...(isPlain && { plainFailover: true }),
  };
}

/** The failure when runs with the same seed were not the same. */
function difference(first: RunResult, second: RunResult, third: RunResult): Failure | null {
  const expected = 'two runs with the same seed to be the same, event for event';
  for (let i = 0; i < Math.max(second.trace.length, third.trace.length); i += 1) {
    const one = JSON.stringify(second.trace[i] ?? 'the end of the run');
    const other = JSON.stringify(third.trace[i] ?? 'the end of the run');
    if (one === other) continue;
    return {
      kind: 'not repeatable',
      expected,
      actual: `they differ from event ${i + 1} on`,
      details: [`one run:   ${one}`, `the other: ${other}`],
    };
  }
  if (JSON.stringify(first.failure) === JSON.stringify(second.failure)) return null;
  return {
    kind: 'not repeatable',
    expected,
    actual: 'one of them failed otherwise, or not at all',
    details: [JSON.stringify(first.failure), JSON.stringify(second.failure)],
  };
}

/**
 * One case of `npm run bench -- checker`, in a process of its own, so that its memory is its own.
 * Takes a history file and a model as arguments, prints a CheckerResult.
 */
import { createReadStream } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { type CheckResult, check } from '../../judging/history/checker';
import { explain } from '../../judging/history/explain';
import { readHistory } from '../../judging/history/history-reader';
import type { ModelName } from '../../judging/history/model/history';

export interface CheckerResult {
  readonly verdict: CheckResult['verdict'];
  readonly readSeconds: number;
  readonly checkSeconds: number;
  /** 0 where there is nothing to explain. */
  readonly explainSeconds: number;
  /** Of the whole process. */
  readonly peakMib: number;
}

async function measure(file: string, model: ModelName): Promise<CheckerResult> {
  const start = performance.now();
  const operations = await readHistory(createReadStream(file), model);
  const afterReading = performance.now();
  const result = check(model, operations, { timeLimitMs: 60_000 });
  const afterChecking = performance.now();
  if (result.verdict === 'not-linearizable') explain(model, result.operations);
  return {
    verdict: result.verdict,
    readSeconds: (afterReading - start) / 1_000,
    checkSeconds: (afterChecking - afterReading) / 1_000,
    explainSeconds: (performance.now() - afterChecking) / 1_000,
    peakMib: process.resourceUsage().maxRSS / 1_024,
  };
}

const [file = '', model = 'kv'] = process.argv.slice(2);
void measure(file, model as ModelName).then((result) => console.log(JSON.stringify(result)));

/**
 * One case of `npm run bench -- checker`, in a process of its own, so that its memory is its own.
 * Takes a history file and a model as arguments, prints a CheckerResult.
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { type CheckResult, check } from '../../labtests/harness/history/checker';
import { type ModelName, parseHistory } from '../../labtests/harness/history/history';

export interface CheckerResult {
  readonly verdict: CheckResult['verdict'];
  readonly readSeconds: number;
  readonly checkSeconds: number;
  /** Of the whole process. */
  readonly peakMib: number;
}

const [file = '', model = 'kv'] = process.argv.slice(2);
const start = performance.now();
const operations = parseHistory(readFileSync(file, 'utf8'), model as ModelName);
const afterReading = performance.now();
const { verdict } = check(model as ModelName, operations, { timeLimitMs: 60_000 });
const end = performance.now();
const result: CheckerResult = {
  verdict,
  readSeconds: (afterReading - start) / 1_000,
  checkSeconds: (end - afterReading) / 1_000,
  peakMib: process.resourceUsage().maxRSS / 1_024,
};
console.log(JSON.stringify(result));

/** npm run bench -- checker: how long the history checker takes, and how much memory. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type GenerateOptions, generateHistory } from '../../labtests/harness/history/generate';
import { formatHistory } from '../../labtests/harness/history/history';
import type { CheckerResult } from './checker-case';
import { median, table } from './statistics';

export interface CheckerBenchOptions {
  /** Where to write the rows; without it nowhere. */
  readonly json?: string | undefined;
  /** The small histories only, each once. Default false. */
  readonly quick?: boolean | undefined;
}

export interface CheckerRow extends CheckerResult {
  readonly history: string;
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
}

interface Case {
  readonly history: string;
  readonly options: GenerateOptions;
}

const rounds = 3;
const run = promisify(execFile);
const launcher = path.resolve(__dirname, '..', 'run.cjs');

/**
 * Measures all cases, one after the other, prints a table, and writes the rows if asked to. Times
 * are medians of three runs, the memory is the most that any of them used.
 */
export async function benchChecker({ json, quick = false }: CheckerBenchOptions): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viewlab-bench-'));
  try {
    const rows: CheckerRow[] = [];
    for (const each of quick ? cases([1_000]) : cases([1_000, 10_000, 100_000])) {
      rows.push(await measure(each, path.join(folder, 'history.ndjson'), quick ? 1 : rounds));
    }
    console.log(checkerTable(rows));
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function cases(sizes: readonly number[]): Case[] {
  const kv = sizes.flatMap((operations) =>
    [5, 50].flatMap((clients) =>
      [10, 1].flatMap((keys) => {
        const options: GenerateOptions = {
          model: 'kv',
          seed: 1,
          operations,
          clients,
          keys,
          infoShare: 0.01,
        };
        return [
          { history: 'kv', options },
          { history: 'kv, a stale read', options: { ...options, violation: 'stale' as const } },
        ];
      }),
    ),
  );
  return [...kv, ...hardRegisters()];
}

/** 80 operations, 20 clients, 15 of the operations without a return. */
function hardRegisters(): Case[] {
  const options: GenerateOptions = {
    model: 'register',
    seed: 1,
    operations: 80,
    clients: 20,
    infoShare: 15 / 80,
  };
  return [
    { history: 'register', options },
    { history: 'register, a stale read', options: { ...options, violation: 'stale' } },
    { history: 'register, few values', options: { ...options, values: 10 } },
    // With few values the read is impossible for some seeds only.
    {
      history: 'register, few values, a stale read',
      options: { ...options, values: 10, violation: 'stale', seed: 34 },
    },
  ];
}

async function measure(each: Case, file: string, times: number): Promise<CheckerRow> {
  const { operations, clients, keys = 1, model } = each.options;
  writeFileSync(file, formatHistory(generateHistory(each.options)));
  const results: CheckerResult[] = [];
  for (let round = 0; round < times; round += 1) {
    const program = [launcher, 'scripts/bench/checker-case', file, model];
    const { stdout } = await run(process.execPath, program);
    results.push(JSON.parse(stdout));
  }
  const { verdict } = results[0] as CheckerResult;
  return {
    history: each.history,
    operations,
    clients,
    keys,
    verdict,
    readSeconds: median(results.map(({ readSeconds }) => readSeconds)),
    checkSeconds: median(results.map(({ checkSeconds }) => checkSeconds)),
    peakMib: Math.max(...results.map(({ peakMib }) => peakMib)),
  };
}

export function checkerTable(rows: readonly CheckerRow[]): string {
  const heading = ['history', 'operations', 'clients', 'keys', 'verdict'];
  return table(
    [...heading, 'read s', 'check s', 'peak MiB'],
    rows.map((row) => [
      row.history,
      `${row.operations}`,
      `${row.clients}`,
      `${row.keys}`,
      row.verdict,
      row.readSeconds.toFixed(3),
      row.checkSeconds.toFixed(3),
      row.peakMib.toFixed(0),
    ]),
  );
}

/** npm run bench -- checker: how long the history checker takes, and how much memory. */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type GenerateOptions, generateHistory } from '../../judging/history/generate';
import {
  type FunctionName,
  formatHistory,
  type HistoryEvent,
} from '../../judging/history/model/history';
import { chainedHash } from '../../pbservice/chained-hash';
import { replaceFile } from '../../runtime/replace-file';
import { temporaryFolder } from '../../runtime/temporary-folder';
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
  /** Instead of what the options would generate. */
  readonly events?: readonly HistoryEvent[];
}

const rounds = 3;
const run = promisify(execFile);
const launcher = path.resolve(__dirname, '..', '..', 'scripts', 'run.cjs');

/**
 * Measures all cases, one after the other, prints a table, and writes the rows if asked to. Times
 * are medians of three runs, the memory is the most that any of them used.
 */
export async function benchChecker({ json, quick = false }: CheckerBenchOptions): Promise<void> {
  const folder = temporaryFolder('viewlab-bench-');
  try {
    const rows: CheckerRow[] = [];
    for (const each of quick ? cases([1_000]) : cases([1_000, 10_000, 100_000])) {
      rows.push(await measure(each, path.join(folder, 'history.ndjson'), quick ? 1 : rounds));
    }
    console.log(checkerTable(rows));
    if (json !== undefined) replaceFile(json, `${JSON.stringify(rows, null, 2)}\n`);
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
  const hashes = sizes.map((operations): Case => {
    const functions: FunctionName[] = ['putHash', 'get'];
    const options = { model: 'kv', seed: 1, operations, clients: 5, functions } as const;
    return { history: 'putHash, a stale read', options: { ...options, violation: 'stale' } };
  });
  return [...kv, ...hashes, ...wrongReads(), ...hardRegisters()];
}

/** Putting 12 operations into every order would take half an hour; the read is of no possible value. */
function wrongReads(): Case[] {
  return [9, 12].map((clients): Case => {
    const call = (process: number) => ({ process, f: 'putHash', key: 'x', value: `${process}` });
    const processes = Array.from({ length: clients }, (_, process) => process);
    let found = '';
    const returns = processes.map((process) => {
      const event = { ...call(process), type: 'ok', value: found };
      found = chainedHash(found, `${process}`);
      return event;
    });
    const get = { process: clients, f: 'get', key: 'x' };
    const events = [
      ...processes.map((process) => ({ ...call(process), type: 'invoke' })),
      { ...get, type: 'invoke', value: null },
      ...returns.slice(0, 1),
      { ...get, type: 'ok', value: '12345' },
      ...returns.slice(1),
    ] as HistoryEvent[];
    const history = `${clients} putHash at once, a wrong read`;
    return { history, options: { model: 'kv', seed: 1, operations: clients + 1, clients }, events };
  });
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
  writeFileSync(file, formatHistory(each.events ?? generateHistory(each.options)));
  const results: CheckerResult[] = [];
  for (let round = 0; round < times; round += 1) {
    const program = [launcher, 'commands/bench/checker-case', file, model];
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
    explainSeconds: median(results.map(({ explainSeconds }) => explainSeconds)),
    peakMib: Math.max(...results.map(({ peakMib }) => peakMib)),
  };
}

export function checkerTable(rows: readonly CheckerRow[]): string {
  const heading = ['history', 'operations', 'clients', 'keys', 'verdict'];
  return table(
    [...heading, 'read s', 'check s', 'explain s', 'peak MiB'],
    rows.map((row) => [
      row.history,
      `${row.operations}`,
      `${row.clients}`,
      `${row.keys}`,
      row.verdict,
      row.readSeconds.toFixed(3),
      row.checkSeconds.toFixed(3),
      row.explainSeconds.toFixed(3),
      row.peakMib.toFixed(0),
    ]),
  );
}

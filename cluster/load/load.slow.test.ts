/** The load generator, in sessions of the prompt. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { endPrograms, runProgram } from '../../runtime/terminal/programs.testing';
import { LoadJudge, loadHistoryFile } from './judge';

afterEach(endPrograms);

function session(args: readonly string[], script: readonly string[]) {
  const input = script.map((line) => `${line}\n`).join('');
  return runProgram('scripts/cluster', ['--no-page', ...args], { input });
}

test('clients that saw a failover, and wrote through it, saw a linearizable store', async () => {
  const { exitCode, stdout } = await session(
    [],
    ['load 3 200', 'wait 0.5', 'kill primary', 'get a', 'wait 0.5', 'load stop'],
  );
  expect(stdout).toContain('load: 3 clients, 200 operations a second, until "load stop"\n');
  expect(stdout).toMatch(
    /load 1: what its clients saw is linearizable: \d\d+ operations on 5 keys/,
  );
  expect(stdout).not.toContain('In a browser');
  expect(exitCode).toBe(0);
});

test('clients on both sides of a split brain see that writes are lost', async () => {
  const { exitCode, stdout } = await session(
    ['--arbiter', 'none'],
    [
      ...['load 2 200 spread', 'wait 0.5', 'partition s1 | s2', 'put a 1 @s2', 'wait 1'],
      ...['heal', 'load stop'],
    ],
  );
  expect(stdout).toContain('load: 2 clients, beside the servers in turn, 200 operations');
  expect(stdout).toMatch(/load 1: what its clients saw is not linearizable\n/);
  expect(stdout).toContain(`npm run check-history -- ${loadHistoryFile} --model kv\n`);
  expect(exitCode).toBe(1);
});

test('wrong loads are explained; one that is not stopped ends with the cluster', async () => {
  const { stdout, exitCode } = await session(
    ['--replicas', '1'],
    [
      ...['load stop', 'load', 'load 0 1', 'load 17 1', 'load 1 1001', 'load 1 1 everywhere'],
      ...['load 1 10', 'load 1 10'],
    ],
  );
  const expected = 'expected load CLIENTS RATE \\[spread\\] or load stop: 1 to 16 clients, .*';
  for (const sentence of [
    /> load stop\nno load runs; try: load 4 100\n/,
    new RegExp(`> load\n${expected}; got nothing\n`),
    new RegExp(`> load 0 1\n${expected}; got "0 1"\n`),
    new RegExp(`> load 17 1\n${expected}`),
    new RegExp(`> load 1 1001\n${expected}`),
    new RegExp(`> load 1 1 everywhere\n${expected}`),
    /a load runs already: "load stop" ends it, and has it judged\n/,
    /All processes of the cluster have ended\.\n$/,
  ]) {
    expect(stdout).toMatch(sentence);
  }
  expect(exitCode).toBe(1);
});

describe('the judge', () => {
  const put = { process: '1', type: 'invoke', f: 'put', key: 'k', value: '1' } as const;
  const get = { process: '1', f: 'get', key: 'k' } as const;

  test('explains what is wrong, and leaves the history for everybody', async () => {
    const history = [
      ...[put, { ...put, type: 'ok' } as const],
      ...[{ ...get, type: 'invoke', value: null } as const],
      ...[{ ...get, type: 'ok', value: null } as const],
    ];
    const { verdict, lines } = await new LoadJudge().judge(7, history);
    expect(verdict).toBe('not linearizable');
    expect(lines.join('\n')).toMatch(/^stale read: .* key "k".* or lost$/m);
    const root = path.resolve(__dirname, '../..');
    const kept = readFileSync(path.join(root, loadHistoryFile), 'utf8');
    expect(kept.trim().split('\n')).toHaveLength(4);
  });

  test('of nothing it says nothing', async () => {
    expect(await new LoadJudge().judge(1, [])).toMatchObject({ verdict: 'unknown' });
  });
});

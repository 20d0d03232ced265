import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { temporaryFolder } from '../../runtime/temporary-folder';
import {
  endPrograms,
  type Program,
  runProgram,
  startProgram,
  untilGone,
} from '../../runtime/terminal/programs.testing';

afterEach(endPrograms);

const program = 'scripts/cluster';

/** The pids of the members, from the table that `status` prints. */
function pidsIn(output: string): number[] {
  return [...output.matchAll(/ pid (\d+) /g)].map(([, pid]) => Number(pid));
}

/** What the cluster itself said, without the log of its members, which comes when it comes. */
function conversation(output: string): string {
  return output.replace(/^\d\d:\d\d:\d\d\.\d{3} .*\n/gm, '');
}

async function start(replicas: number): Promise<{ cluster: Program; pids: number[] }> {
  const cluster = startProgram(program, ['--replicas', String(replicas)]);
  await cluster.until(/Everything runs/);
  cluster.child.stdin?.write('status\n');
  await cluster.until(new RegExp(`\n  s${replicas} .*\n`));
  return { cluster, pids: pidsIn(cluster.stdout()) };
}

async function livesOf(pids: readonly number[]): Promise<boolean[]> {
  return Promise.all(pids.map(async (pid) => !(await untilGone(pid))));
}

test('a script: put, kill the primary, get, restart, view, quit', async () => {
  const script = [
    ...['status', 'put a "one two"', 'kill s1', 'view', 'get a', 'restart s1', 'status'],
    ...['append a !', 'wait 0.3', 'view', 'puthash a x', 'quit', 'get a'],
  ];
  const { exitCode, stdout, stderr } = await runProgram(program, [], {
    input: script.map((line) => `${line}\n`).join(''),
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const inOrder = [
    'Everything runs. From another terminal: npm run client -- --viewservice 127.0.0.1:',
    '> put a "one two"\nput a "one two": ok (',
    '> kill s1\ns1 (primary) killed: kill -9 ',
    '> view\nview 2: primary s1 (dead), backup s2, idle s3\n',
    '> get a\n',
    'get a: "one two" (',
    's1 restarted with empty memory, pid ',
    'append a !: ok (',
    '> view\nview 3: primary s2, backup s3, idle s1\n',
    'puthash a x: ok, the old value was "one two!" (',
    '> quit\nAll processes of the cluster have ended.\n',
  ];
  let rest = conversation(stdout);
  for (const text of inOrder) {
    expect(rest).toContain(text);
    rest = rest.slice(rest.indexOf(text) + text.length);
  }
  expect(stdout).toMatch(/^\S+ vs {2}view 3: primary s2, backup s3$/m);
  // Names everywhere: an address stands only where one needs it, and in the table of `status`.
  const log = stdout.split('\n').filter((line) => /^\d\d:\d\d:\d\d/.test(line));
  expect(log.filter((line) => line.includes('127.0.0.1'))).toEqual([]);
  const pids = pidsIn(stdout);
  expect(new Set(pids).size).toBe(5);
  expect(await livesOf(pids)).not.toContain(true);
});

test('the address stays over a restart', async () => {
  const { stdout } = await runProgram(program, ['--replicas', '1'], {
    input: 'status\nrestart s1\nstatus\nkill vs\nrestart vs\nstatus\n',
  });
  const addresses = (name: string) => stdout.match(new RegExp(`(?<= {2}${name} .*)127\\S+`, 'g'));
  for (const name of ['vs', 's1']) {
    expect(addresses(name)).toHaveLength(3);
    expect(new Set(addresses(name)).size).toBe(1);
  }
});

test('a paused primary is deposed, and comes back as the backup', async () => {
  const { exitCode, stdout } = await runProgram(program, ['--replicas', '2'], {
    input: 'pause primary\nput a 1\nstatus\nresume s1\nwait 1\nview\nget a\n',
  });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('s1 (primary) paused: kill -STOP ');
  expect(stdout).toMatch(/view 3: primary s2, no backup\n[\s\S]*put a 1: ok/);
  expect(stdout).toMatch(/ {2}s1 {3}paused .* idle, but believes it is primary of view 2\n/);
  expect(conversation(stdout)).toContain('> view\nview 4: primary s2, backup s1\n');
  expect(stdout).toContain('get a: "1" (');
});

test('where the system cannot pause a process, that is said, and the cluster goes on', async () => {
  // As Windows does it.
  const folder = temporaryFolder('viewlab-no-pause-');
  const standIn = path.join(folder, 'no-pause.cjs');
  writeFileSync(
    standIn,
    `const { ChildProcess } = require('node:child_process');
    const { kill } = ChildProcess.prototype;
    ChildProcess.prototype.kill = function (signal) {
      if (/STOP|CONT/.test(signal)) throw new TypeError('Unknown signal: ' + signal);
      return kill.call(this, signal);
    };`,
  );
  try {
    const { exitCode, stdout, stderr } = await runProgram(program, ['--replicas', '1'], {
      input: 'pause s1\nput a 1\nstatus\n',
      env: { NODE_OPTIONS: `--require ${standIn}` },
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toContain('> pause s1\nthis system cannot stop a process and let it go on: ');
    expect(stdout).toContain('put a 1: ok (');
    expect(stdout).toMatch(/ {2}s1 {3}running /);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('wrong commands are explained, the others go on, and the exit code is 1', async () => {
  const { exitCode, stdout } = await runProgram(program, ['--replicas', '1'], {
    input: 'frob\nkill s7\nkill\nkill backup\nresume s1\nput a\nput "a\nwait x\nview now\nget a\n',
  });
  expect(exitCode).toBe(1);
  for (const sentence of [
    /> frob\nexpected one of put, get, .*, quit, got "frob"/,
    /> kill s7\nkill: expected one of vs, s1, primary, backup, got "s7"/,
    /> kill\nkill: expected one of .*, got nothing/,
    /> kill backup\nthere is no backup: view 1: primary s1, no backup/,
    /> resume s1\ns1 is running, not paused/,
    /> put a\nexpected put KEY VALUE, got 1 word/,
    /> put "a\nthe quote " is not closed/,
    /> wait x\nexpected wait SECONDS/,
    /> view now\nexpected view alone, got "now" after it/,
    /> get a\nget a: a has no value/,
  ]) {
    expect(conversation(stdout)).toMatch(sentence);
  }
});

test('says what an operation waits for', async () => {
  const { cluster } = await start(2);
  cluster.child.stdin?.write('pause vs\nkill primary\nget a\n');
  await cluster.until(
    /get a: still waiting: s1, primary of view 2, is dead, and the view service is paused/,
  );
});

test('a member that ends by itself is announced', async () => {
  const { cluster, pids } = await start(2);
  process.kill(pids[2] as number, 'SIGKILL');
  await cluster.until(/s2 ended by itself \(SIGKILL\); "restart s2" starts it/);
});

describe('no process outlives the cluster', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('at %s', async (signal) => {
    const { cluster, pids } = await start(3);
    cluster.child.stdin?.write('pause s2\n');
    await cluster.until(/s2 .* paused/);
    cluster.child.kill(signal);
    expect(await cluster.ended()).toBe(0);
    expect(cluster.stdout()).toMatch(/All processes of the cluster have ended\.\n$/);
    expect(pids).toHaveLength(4);
    expect(await livesOf(pids)).toEqual([false, false, false, false]);
  });

  test('at a signal to the npm that started it, which tells only a shell', async () => {
    // Its standard input (3) stays open, so that it has no other reason to end.
    const command = `echo $$; exec "$0" scripts/run.cjs ${program} --replicas 1 <&3`;
    const shell = spawn('/bin/sh', ['-c', `sh -c '${command}' "$0"; true`, process.execPath], {
      env: { ...process.env, npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    });
    let output = '';
    shell.stdout?.on('data', (data) => {
      output += data;
    });
    while (!output.includes('Everything runs')) await once(shell.stdout as Readable, 'data');
    shell.kill('SIGTERM');
    const cluster = Number(/^\d+/.exec(output)?.[0]);
    const gone = await untilGone(cluster);
    if (!gone) process.kill(cluster, 'SIGKILL');
    expect(gone).toBe(true);
  });

  test('at kill -9, not even one that is paused', async () => {
    const { cluster, pids } = await start(3);
    cluster.child.stdin?.write('pause s2\n');
    await cluster.until(/s2 .* paused/);
    cluster.child.kill('SIGKILL');
    expect(await cluster.ended()).toBe('SIGKILL');
    expect(await livesOf(pids)).toEqual([false, false, false, false]);
  });
});

test('a view service that forgot makes no view beside the one that is served, and says so', async () => {
  const { cluster } = await start(3);
  const say = (...lines: string[]) => cluster.child.stdin?.write(`${lines.join('\n')}\n`);
  // A server that has heard of no view might be the first to ping, and get view 1 (see chapter 3).
  for (let asked = 1; !/idle s3\n/.test(cluster.stdout()); asked += 1) {
    say('wait 0.1', 'view');
    await cluster.until(new RegExp(`(?:> view\n[^]*?){${asked}}`));
  }
  say('put a 1', 'kill vs', 'restart vs', 'wait 1', 'kill s3', 'restart s3', 'wait 1');
  say('view', 'status', 'get a', 'quit');
  await cluster.ended();
  const stdout = cluster.stdout();
  expect(stdout).toMatch(/vs {2}s\d knows view 2, but this view service has restarted/);
  expect(stdout).not.toContain('view 1: primary s3');
  const said = conversation(stdout);
  expect(said).toContain(
    '> view\nthe view service has restarted and forgotten view 2, so it makes',
  );
  expect(said).toMatch(/ {2}vs .* view service, has forgotten view 2: makes none any more\n/);
  expect(said).toContain('get a: "1" (');
});

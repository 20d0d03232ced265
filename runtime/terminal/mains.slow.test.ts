import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { temporaryFolder } from '../temporary-folder';
import { endPrograms, runProgram, startProgram } from './programs.testing';

const viewService = 'viewservice/main';
const replica = 'pbservice/main';
const client = 'client/main';
const pair = 'pbservice/heartbeat-pair/main';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-mains-');
});
afterEach(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true });
});

function fileWith(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const readyPattern = /ready on (\S+:(\d+))[.,]/;

async function startViewService(...args: string[]) {
  const program = startProgram(viewService, ['--port', '0', ...args]);
  const [, address = '', port = ''] = await program.until(readyPattern);
  return { program, address, port };
}

async function startReplica(address: string, ...args: string[]) {
  const program = startProgram(replica, ['--viewservice', address, ...args]);
  await program.until(readyPattern);
  return program;
}

describe('every program', () => {
  const programs = [viewService, replica, client, pair, 'scripts/cluster'];

  test.each(programs)('%s --help shows examples and ends with 0', async (program) => {
    const { exitCode, stdout } = await runProgram(program, ['--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}npm (run|start)/);
    expect(stdout).toMatch(/Exit codes: 0/);
    expect(stdout).not.toContain('--log');
  });

  test.each(programs)('%s --version prints the version of the package', async (program) => {
    const { exitCode, stdout } = await runProgram(program, ['--version']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each(programs)('%s refuses an unknown option, and names those it knows', async (program) => {
    const { exitCode, stderr } = await runProgram(program, ['--prot', '1']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^\w+: unknown option --prot; expected .*--help/);
    expect(stderr).toMatch(/\nHow to use it: npm .* --help\n$/);
  });
});

describe('wrong use: exit code 2 and a sentence', () => {
  const wrong: [program: string, args: string[], sentence: string][] = [
    [viewService, ['--port', 'abc'], '--port: expected a whole number from 0 to 65535, got "abc"'],
    [viewService, ['--port', '65536'], '--port: expected a whole number from 0 to 65535'],
    [viewService, ['--port', '1.5'], '--port: expected a whole number'],
    [viewService, ['--port'], '--port: expected a value after it, got nothing'],
    [
      viewService,
      ['--ping-interval-ms', '0'],
      '--ping-interval-ms: expected a whole number from 1',
    ],
    [viewService, ['--dead-pings=-1'], '--dead-pings: expected a whole number from 1'],
    [pair, [], 'expected --pair HOST:PORT,HOST:PORT, for instance --pair 127.0.0.1:8001,'],
    [pair, ['--pair', '127.0.0.1:1'], '--pair: expected two addresses like 127.0.0.1:8001,'],
    [pair, ['--pair', '127.0.0.1:1,127.0.0.1:1'], '--pair: expected two addresses like'],
    [pair, ['--pair', '127.0.0.1:1,x'], '--pair: expected an address like 127.0.0.1:8000, got "x"'],
    [
      pair,
      ['--pair', '127.0.0.1:1,127.0.0.1:2', '--port', '3'],
      '--pair: expected 127.0.0.1:3, where this server is reached, in it; got 127.0.0.1:1 and',
    ],
    [viewService, ['8000'], 'expected options only, got the word "8000"'],
    [viewService, ['--host', '0.0.0.0'], '--host 0.0.0.0 can be reached from other machines, so'],
    [viewService, ['--token-file', '/nowhere/secret'], '--token-file: cannot read /nowhere/secret'],
    [viewService, ['--trace', '/nowhere/trace'], '--trace: cannot write /nowhere/trace'],
    [replica, ['--viewservice', 'localhost'], 'expected an address like 127.0.0.1:8000'],
    [replica, ['--arbiter', 'consul://127.0.0.1:8500/pb'], 'expected etcd://HOST:PORT,.../NAME'],
    [client, ['--arbiter', 'etcd://localhost/pb', 'get', 'k'], 'expected an address like'],
    [replica, ['--viewservice', '127.0.0.1:99999'], 'expected an address like 127.0.0.1:8000'],
    [replica, ['--host', '10.1.2.3'], 'needs --token-file'],
    [replica, ['--host', '::'], '--host :: is no address that others could call'],
    [client, ['frobnicate'], 'expected one of put, get, append, puthash, got "frobnicate"'],
    [client, ['put', 'k'], 'expected put KEY VALUE, got 1 word after it'],
    [client, ['put', 'k', 'two', 'words'], 'Quote what has spaces'],
    [client, ['--timeout', '0', 'get', 'k'], '--timeout: expected a whole number from 1'],
    [client, ['--json'], '--json needs an operation'],
    ['scripts/cluster', ['--replicas', '10'], '--replicas: expected a whole number from 1 to 9'],
  ];

  test.each(wrong)('%s %j', async (program, args, sentence) => {
    const { exitCode, stdout, stderr } = await runProgram(program, args);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  test('a token file that is empty', async () => {
    const empty = fileWith('empty', '\n');
    const { exitCode, stderr } = await runProgram(viewService, ['--token-file', empty]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${empty} is empty`);
  });
});

describe('a server', () => {
  test('says in one line where it listens and what comes next', async () => {
    const { program, port } = await startViewService();
    expect(Number(port)).toBeGreaterThan(0);
    expect(program.stdout()).toMatch(
      /^[\d:.]+ view service ready on 127\.0\.0\.1:\d+\. Next, .*npm run replica -- .*\n$/,
    );
  });

  test('says in one line that its port is taken, and ends with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const { exitCode, stderr } = await runProgram(replica, ['--port', String(port)]);
    taken.close();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^replica: port \d+ is taken: .* Choose another --port\.\n$/);
  });

  test('says in one line that a host is not of this machine', async () => {
    const token = fileWith('token', 'secret\n');
    const args = ['--host', '192.0.2.1', '--token-file', token];
    const { exitCode, stderr } = await runProgram(viewService, args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^viewservice: 192\.0\.2\.1 is not an address of this machine.*\n$/);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('stops in good order at %s', async (signal) => {
    const trace = path.join(folder, 'trace.ndjson');
    const { program } = await startViewService('--trace', trace);
    program.child.kill(signal);
    expect(await program.ended()).toBe(0);
    expect(program.stdout()).toContain(`stops: ${signal}`);
    const events = readFileSync(trace, 'utf8').trimEnd().split('\n');
    const kinds = events.map((line) => JSON.parse(line).type);
    expect([kinds[0], kinds.at(-1)]).toEqual(['start', 'stop']);
  });

  test('ends when the program that started it is gone', async () => {
    const program = startProgram(viewService, ['--port', '0'], { withChannel: true });
    await program.until(readyPattern);
    program.child.disconnect();
    expect(await program.ended()).toBe(0);
    expect(program.stdout()).toContain('stops: the program that started it is gone');
  });

  test('ends when nobody reads its output any more', async () => {
    const { program, address } = await startViewService();
    program.child.stdout?.destroy();
    // The view service has something to say when a replica comes.
    await startReplica(address);
    expect(await program.ended()).toBe(0);
  });

  test('colours only when told to, away from a terminal', async () => {
    const controlSequence = '\x1b[';
    const plain = startProgram(viewService, ['--port', '0']);
    const forced = startProgram(viewService, ['--port', '0'], { env: { FORCE_COLOR: '1' } });
    await Promise.all([plain.until(readyPattern), forced.until(readyPattern)]);
    expect(plain.stdout()).not.toContain(controlSequence);
    expect(forced.stdout()).toContain(controlSequence);
  });
});

describe('a replica', () => {
  test('says once that the view service is not there, and when it is back', async () => {
    const { program, address, port } = await startViewService();
    program.child.kill('SIGKILL');
    await program.ended();
    const waiting = await startReplica(address);
    await waiting.until(/the view service does not answer \(nobody listens there\); keeps trying/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await startProgram(viewService, ['--port', port]).until(readyPattern);
    await waiting.until(
      /the view service answers again[\s\S]*is primary in view 1, without a backup/,
    );
    expect(waiting.stdout().match(/does not answer/g)).toHaveLength(1);
  });

  test('says that its secret is not the one of the view service', async () => {
    const { address } = await startViewService('--token-file', fileWith('a', 'one'));
    const stranger = await startReplica(address, '--token-file', fileWith('b', 'another'));
    await stranger.until(/it refuses the shared secret: give every program the same --token-file/);
  });
});

describe('the client', () => {
  async function startPair(...args: string[]): Promise<(...words: string[]) => RunResult> {
    const { program, address } = await startViewService(...args);
    await startReplica(address, ...args);
    await startReplica(address, ...args);
    await program.until(/acknowledged view 2/);
    const common = ['--viewservice', address, ...args];
    return (...words) => runProgram(client, [...common, ...words]);
  }
  type RunResult = ReturnType<typeof runProgram>;

  test('puts, gets, appends and hashes; values stay what was typed', async () => {
    const run = await startPair();
    const outputs: [string[], string][] = [
      [['put', 'k', '1e3'], 'ok\n'],
      [['append', 'k', ''], 'ok\n'],
      [['get', 'k'], '1e3\n'],
      [['put', 'k', '--', '-v'], 'ok\n'],
      [['puthash', 'k', 'x'], '-v\n'],
      [['--json', 'put', 'k', 'two words'], '{"key":"k","ok":true}\n'],
      [['--json', 'get', 'k'], '{"key":"k","value":"two words"}\n'],
      [['--json', 'get', 'nothing'], '{"key":"nothing","value":null}\n'],
      [['--json', 'puthash', 'k', 'x'], '{"key":"k","oldValue":"two words"}\n'],
    ];
    for (const [words, stdout] of outputs) {
      expect(await run(...words)).toEqual({ exitCode: 0, stdout, stderr: '' });
    }
    const missing = { exitCode: 1, stdout: '', stderr: 'client: nothing has no value\n' };
    expect(await run('get', 'nothing')).toEqual(missing);
  });

  test('shares the secret of the cluster, or is told what is missing', async () => {
    const run = await startPair('--token-file', fileWith('token', 'secret'));
    expect((await run('put', 'k', 'v')).stdout).toBe('ok\n');
    const other = fileWith('other', 'guess');
    const { exitCode, stderr } = await run('--token-file', other, 'get', 'k');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the same file with --token-file');
  });

  test('carries out piped lines in order; a wrong one makes exit code 1', async () => {
    const { program, address } = await startViewService();
    await startReplica(address);
    await program.until(/acknowledged view 1/);
    const lines = ['put a "x y"', 'get a', 'put a b c', 'view', 'get zz', 'quit', 'get a'];
    const { exitCode, stdout } = await runProgram(client, ['--viewservice', address], {
      input: `${lines.join('\n')}\n`,
    });
    expect(exitCode).toBe(1);
    const took = / \([\d.]+ m?s\)/g;
    expect(stdout.replace(took, '').replaceAll(/primary \S+,/g, 'primary P,')).toBe(
      [
        'ok',
        '"x y"',
        'expected put KEY VALUE, got 3 words after it. Quote what has spaces: "two words". ' +
          '"help" lists what there is',
        'view 1: primary P, no backup',
        'zz has no value',
        '',
      ].join('\n'),
    );
  });

  test('says what it waits for, and gives up in time', async () => {
    const { address } = await startViewService();
    const { exitCode, stdout, stderr } = await runProgram(client, [
      ...['--viewservice', address, '--timeout', '1500', '--json', 'put', 'k', 'v'],
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toBe('client: still waiting: there is no primary yet: start a replica\n');
    expect(JSON.parse(stdout)).toMatchObject({ key: 'k', error: { code: 'timeout' } });
    expect(stdout).toContain('gave up after 1500 ms; the operation may have taken effect');
  });

  test('Ctrl-C cancels an operation that waits', async () => {
    const { address } = await startViewService();
    const waiting = startProgram(client, ['--viewservice', address, 'put', 'k', 'v']);
    await waiting.until(/still waiting/);
    waiting.child.kill('SIGINT');
    expect(await waiting.ended()).toBe(1);
    expect(waiting.stderr()).toContain('cancelled; the operation may have taken effect');
  });
});

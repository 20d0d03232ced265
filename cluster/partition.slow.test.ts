/** Sessions with a partition: what is shown, and what it does to the data. */
import { endPrograms, runProgram, startProgram } from '../runtime/terminal/programs.testing';
import { whatIsCutOff } from './members/blocking-cut';
import { divergenceInWords } from './members/divergence-table';
import { Network, parseSides } from './members/network';

afterEach(endPrograms);

/** What a session printed, but for the log of the members, for waiting, and for how long all took. */
async function session(args: readonly string[], script: readonly string[]) {
  const { exitCode, stdout } = await runProgram('scripts/cluster', args, {
    input: script.map((line) => `${line}\n`).join(''),
  });
  const conversation = stdout
    .replace(/^\d\d:\d\d:\d\d\.\d{3} .*\n/gm, '')
    .replace(/^.*: still waiting: .*\n/gm, '')
    .replace(/ \(\d+ ms\)| \(\d+\.\d+ s\)/g, '');
  return { exitCode, stdout, conversation };
}

test('without an arbiter both sides accept writes, and healing loses those of one side', async () => {
  const { exitCode, conversation } = await session(
    ['--arbiter', 'none'],
    [
      ...['put a 1', 'put same 0', 'partition s1 | s2', 'get a @s2', 'put a 2', 'append a 3 @s1'],
      // The clerk beside s2 waits until s2 takes s1 for dead.
      ...['put a 4 @s2', 'put b 5 @s2', 'view', 'get a @s1', 'get a @s2', 'kill primary'],
      ...['heal', 'view', 'get a', 'get a @s1', 'heal'],
    ],
  );
  expect(conversation.slice(conversation.indexOf('> put a 1'))).toBe(`> put a 1
put a 1: ok
> put same 0
put same 0: ok
> partition s1 | s2
partitioned: s1, client | s2
> get a @s2
get a @s2: "1"
> put a 2
put a 2: ok
> append a 3 @s1
append a 3 @s1: ok
> put a 4 @s2
put a 4 @s2: ok
> put b 5 @s2
put b 5 @s2: ok
> view
what each believes: s1: primary of epoch 1, alone; s2: primary of epoch 2, alone. Two primaries: a split brain
> get a @s1
get a @s1: "23"
> get a @s2
get a @s2: "4"
> kill primary
there is more than one primary, name it: what each believes: s1: primary of epoch 1, alone; s2: primary of epoch 2, alone. Two primaries: a split brain
> heal
healed: everybody reaches everybody again
s1 has given up its state for that of s2. What they differed in:
  key   at s1   at s2   kept   lost, though s1 had acknowledged it
  a     "23"    "4"     "4"    append "3" and 1 write before it
  b     -       "5"     "5"
  2 keys differ; 2 acknowledged writes are lost.
> view
what each believes: s1: backup of epoch 2; s2: primary of epoch 2
> get a
get a: "4"
> get a @s1
get a @s1: "4"
> heal
there is no partition to heal
All processes of the cluster have ended.
`);
  expect(exitCode).toBe(1);
});

test('a pair has clients in other terminals, too, who stand on the side of the prompt', async () => {
  const cluster = startProgram('scripts/cluster', ['--arbiter', 'none']);
  const [, pair = ''] = await cluster.until(/--pair (\S+)\n/);
  const run = (args: readonly string[], input = '') =>
    runProgram('client/main', ['--pair', pair, ...args], { input });
  expect(await run(['put', 'a', '1'])).toMatchObject({ exitCode: 0, stdout: 'ok\n' });
  cluster.child.stdin?.write('partition s2 | s1\n');
  await cluster.until(/partitioned: s2, client \| s1/);
  expect(await run(['put', 'a', '2'])).toMatchObject({ exitCode: 0, stdout: 'ok\n' });
  cluster.child.stdin?.write('get a @s1\nkill s1\nkill s2\n');
  await cluster.until(/get a @s1: "1"/);
  await cluster.until(/s2 \(primary of epoch 2, alone\) killed/);
  const { exitCode, stdout } = await run([], 'view\n');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^no server of the pair .* is primary \(nobody is there\)\n$/);
});

test('without an arbiter a crash loses nothing', async () => {
  const { exitCode, conversation } = await session(
    ['--arbiter', 'none'],
    ['put a 1', 'kill primary', 'append a 2', 'restart s1', 'kill s2', 'get a', 'view'],
  );
  expect(conversation).toContain('get a: "12"\n');
  expect(conversation).toMatch(/s1: primary of epoch 3, alone; s2: dead\n/);
  expect(exitCode).toBe(0);
});

test('with a view service the minority refuses, and nothing diverges', async () => {
  const { exitCode, stdout, conversation } = await session(
    [],
    [
      ...[
        'put a 1',
        'partition s1 | s2 s3 vs',
        'put a 2 @s1',
        'put a 3 @s2',
        'get a @s1',
        'status',
      ],
      ...['heal', 'wait 1', 'get a', 'get a @s1', 'status'],
    ],
  );
  const why =
    'the partition keeps this client from the view service, which knows the primary; "heal" ends that';
  const refused = 'gave up after 5000 ms; the operation may have taken effect (timeout)';
  const inOrder = [
    '> partition s1 | s2 s3 vs\npartitioned: s1, client | s2, s3, vs\n',
    `put a 2 @s1: ${refused}\n`,
    '> put a 3 @s2\nput a 3 @s2: ok\n',
    'idle, but believes it is primary of view 2\n',
    '  partitioned: s1, client | s2, s3, vs\n',
    '> heal\nhealed: everybody reaches everybody again\n',
    'get a: "3"\n',
    'get a @s1: "3"\n',
    ' idle\n',
  ];
  let rest = conversation;
  for (const text of inOrder) {
    expect(rest).toContain(text);
    rest = rest.slice(rest.indexOf(text) + text.length);
  }
  expect(stdout).toContain(`put a 2 @s1: still waiting: ${why}\n`);
  expect(exitCode).toBe(1);
});

test('wrong numbers of replicas are refused', async () => {
  const { exitCode, stderr } = await runProgram('scripts/cluster', [
    ...['--arbiter', 'none', '--replicas', '3'],
  ]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--replicas: expected 2 with --arbiter none, got 3');
});

describe('sides', () => {
  const members = ['vs', 's1', 's2'];

  test.each([
    [
      's1 | s2 vs',
      [
        ['s1', 'client'],
        ['s2', 'vs'],
      ],
    ],
    ['s1|s2,vs client', [['s1'], ['s2', 'vs', 'client']]],
    ['s1 | s2 | vs', [['s1', 'client'], ['s2'], ['vs']]],
    ['client | s2', [['client', 'vs', 's1'], ['s2']]],
  ])('%s', (text, sides) => {
    expect(parseSides(text.split(' '), members)).toEqual(sides);
  });

  test.each([
    ['', /expected partition NAMES \| NAMES, as in: partition vs \| s1 s2; got nothing/],
    ['s1', /expected partition NAMES/],
    ['s1 |', /expected partition NAMES/],
    ['s1 | s7', /expected names out of vs, s1, s2, client, got "s7"/],
    ['s1 | s2 s1', /s1 can stand on one side only, but is named twice/],
  ])('%s is refused', (text, message) => {
    expect(() => parseSides(text === '' ? [] : text.split(' '), members)).toThrow(message);
  });

  test('a client beside a member is on its side', () => {
    const network = new Network();
    network.partition([['s1', 'client'], ['s2']]);
    expect(network.isCut('client@s2', 's1')).toBe(true);
    expect(network.isCut('client@s2', 's2')).toBe(false);
    expect(network.isCut('client', 's1')).toBe(false);
    network.heal();
    expect(network.isCut('client@s2', 's1')).toBe(false);
  });
});

describe('what an operation waits for', () => {
  const view = { viewnum: 2, primary: 's1', backup: 's2' };
  const cutBy = (sides: string[][]) => (a: string, b: string) =>
    sides.findIndex((names) => names.includes(a)) !== sides.findIndex((names) => names.includes(b));

  test.each([
    [
      [
        ['s1', 'client'],
        ['s2', 'vs'],
      ],
      /keeps this client from the view service/,
    ],
    [[['s1'], ['s2', 'vs', 'client']], /s1, .* is cut off from the view service, which will find/],
    [
      [
        ['s1', 'vs'],
        ['s2', 'client'],
      ],
      /keeps this client from the view service/,
    ],
    [[['s1', 'vs', 'client'], ['s2']], /s1, .* waits for its backup s2, which the partition keeps/],
    [[['s1', 'vs', 'client', 's2']], undefined],
  ])('%j', (sides, words) => {
    const text = whatIsCutOff(view, 'client', cutBy(sides as string[][]));
    if (words === undefined) expect(text).toBeUndefined();
    else expect(text).toMatch(words as RegExp);
  });
});

describe('the table of a divergence', () => {
  const row = { key: 'two words', here: 'x', there: null, lost: 'put "x"' };

  test('has s1 on the left, whoever gave up', () => {
    const text = divergenceInWords({ loser: 's2', winner: 's1', rows: [row], keys: 1, lost: 1 });
    expect(text).toBe(`s2 has given up its state for that of s1. What they differed in:
  key           at s1   at s2   kept   lost, though s2 had acknowledged it
  "two words"   -       "x"     -      put "x"
  1 key differs; 1 acknowledged write is lost.`);
  });

  test('says how many it does not show, and when nothing differs', () => {
    const given = { loser: 's1', winner: 's2', lost: 7 };
    expect(divergenceInWords({ ...given, rows: [row], keys: 4 })).toContain('... and 3 more keys');
    expect(divergenceInWords({ ...given, rows: [], keys: 0 })).toMatch(/differed in: nothing\.$/);
  });
});

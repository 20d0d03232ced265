/** Many lives of a node in one process: they do what they do elsewhere, and nothing outlives a crash. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { solutionFiles, writeSolution } from '../broken-solutions/broken-solution';
import { inProcessArena } from '../campaign/in-process-arena';
import { exploration } from '../explored/graded';
import { isolatedArena } from '../grading/isolated-arena';
import { InProcessHost } from '../simulated/in-process-host';
import type { IncarnationOptions, NodeHost, NodeInput } from '../simulated/node-host';
import { Solution } from '../simulated/sandbox';
import { IsolatedHost } from './isolated-host';
import { isolationHere } from './launch';
import { stage } from './staging';

const root = path.join(__dirname, '../../..');
/** Processes start slowly on a busy machine. */
jest.setTimeout(180_000);

const replica: IncarnationOptions = {
  address: 's1',
  role: { kind: 'replica', viewService: 'vs', pingIntervalMs: 100 },
  incarnation: 0,
  seed: 7,
  rpcTimeoutMs: 500,
  fingerprints: true,
};

/** A host of the reference, whose servers do this besides when they start and at each tick. */
async function withHost<T>(
  { tick = '', hangLimitMs = 20_000 }: { readonly tick?: string; readonly hangLimitMs?: number },
  run: (host: IsolatedHost, folder: string) => Promise<T>,
): Promise<T> {
  const file = 'pbservice/server.ts';
  const source = readFileSync(path.join(root, file), 'utf8');
  const before = '    const viewnum = this.pingNumber();\n';
  if (!source.includes(before)) throw new Error(`${file} has no such line any more`);
  const changed = source.replace(before, `${before}    ${tick}\n`);
  const files = new Map([...solutionFiles(), [file, changed]]);
  const solution = writeSolution(files);
  const staged = stage(solution.root);
  const isolation = isolationHere();
  const host = new IsolatedHost({ folder: staged.folder, isolation, hangLimitMs });
  try {
    return await run(host, solution.root);
  } finally {
    await host.close();
    staged.remove();
    solution.remove();
  }
}

/** What a life says to a start and so many ticks, and what it remembers then. */
async function live(host: NodeHost, ticks: number, options = replica) {
  const life = host.open(options);
  const said: unknown[] = [];
  const inputs: NodeInput[] = [{ type: 'start' }];
  for (let i = 0; i < ticks; i += 1) inputs.push({ type: 'tick' });
  for (const [i, input] of inputs.entries()) said.push(await life.give(input, 100 * i));
  said.push(await life.give({ type: 'recall' }, 100 * ticks));
  return { said: JSON.stringify(said), life };
}

test('lives do what they do in the process of the explorer, however many there are', () =>
  withHost({}, async (host, folder) => {
    const lives = host.lives();
    const expected = (await live(new InProcessHost(new Solution(folder)), 3)).said;
    const first = await live(lives, 3);
    expect(first.said).toBe(expected);
    // Others push it out; then it is given its past anew.
    for (let seed = 100; seed < 260; seed += 1) await live(lives, 0, { ...replica, seed });
    const goesOn = JSON.stringify(await first.life.give({ type: 'tick' }, 400));
    const another = await live(lives, 3);
    expect(another.said).toBe(expected);
    expect(JSON.stringify(await another.life.give({ type: 'tick' }, 400))).toBe(goesOn);
    expect(host.incidents.take()).toEqual([]);
    expect(host.isUnharmed).toBe(true);
  }));

test('what a life hides in its process is not there after a restart, nor for another node', () => {
  const tick = `const o = Object as any; o.stash = (o.stash ?? 0) + 1; this.runtime.log('stash', { n: o.stash });`;
  return withHost({ tick }, async (host) => {
    const lives = host.lives();
    const counted = async (options: IncarnationOptions) =>
      [...(await live(lives, 1, options)).said.matchAll(/"stash","body":"\{\\+"n\\+":(\d+)/g)].map(
        ([, n]) => Number(n),
      );
    expect((await counted(replica)).at(0)).toBe(1);
    expect((await counted({ ...replica, incarnation: 1 })).at(0)).toBe(1);
    expect((await counted({ ...replica, address: 's2' })).at(0)).toBe(1);
  });
});

test('a process that hangs is a failure of its node', () =>
  withHost({ tick: 'for (;;);', hangLimitMs: 3_000 }, async (host) => {
    const { said } = await live(host.lives(), 1);
    expect(said).toContain('did not settle');
    expect(host.isUnharmed).toBe(false);
    expect(host.incidents.take()).toMatchObject([{ kind: 'hang' }]);
  }));

test('an exploration comes to the same in the process of the explorer and apart', () =>
  withHost({}, async (host, folder) => {
    const system = { work: ['a'], servers: 2, crashes: 1, deviations: 1, samples: 5, staged: true };
    const named = { scenario: 'B37x', seed: 1 };
    const apart = isolatedArena({ ...named, host, unmerged: new Map() });
    const here = inProcessArena({ ...named, solution: new Solution(folder) });
    const result = await exploration([system]).run(apart);
    expect(result).toEqual(await exploration([system]).run(here));
    expect(result.failure).toBeNull();
    expect(host.incidents.take()).toEqual([]);
  }));

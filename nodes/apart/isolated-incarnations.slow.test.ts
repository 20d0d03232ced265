/** Many incarnations of a node in one process: they do what they do elsewhere, and nothing outlives a crash. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import '../../labtests/labs';
import { isolatedArena } from '../../grading/isolated-arena';
import { solutionFiles, writeSolution } from '../../labtests/broken-solutions/broken-solution';
import { labExploration } from '../../labtests/primary-backup/campaigns';
import { replicaRole } from '../../labtests/primary-backup/roles';
import { inProcessArena } from '../../suite/campaigns/in-process-arena';
import { InProcessHost } from '../in-process-host';
import type { IncarnationOptions, NodeHost, NodeInput } from '../node-host';
import { Solution } from '../sandbox/sandbox';
import { IsolatedHost } from './isolated-host';
import { isolationHere } from './launch';
import { stageFiles } from './staging';

const root = path.join(__dirname, '../..');
/** Processes start slowly on a busy machine. */
const replica: IncarnationOptions = {
  address: 's1',
  role: replicaRole('vs'),
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
  const staged = stageFiles(solution.root);
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

/** What an incarnation says to a start and so many ticks, and what it remembers then. */
async function live(host: NodeHost, ticks: number, options = replica) {
  const incarnation = host.open(options);
  const said: unknown[] = [];
  const inputs: NodeInput[] = [{ type: 'start' }];
  for (let i = 0; i < ticks; i += 1) inputs.push({ type: 'tick' });
  for (const [i, input] of inputs.entries()) said.push(await incarnation.give(input, 100 * i));
  said.push(await incarnation.give({ type: 'recall' }, 100 * ticks));
  return { said: JSON.stringify(said), incarnation };
}

test('incarnations do what they do in the process of the explorer, however many there are', () =>
  withHost({}, async (host, folder) => {
    const incarnations = host.incarnations();
    const expected = (await live(new InProcessHost(new Solution(folder)), 3)).said;
    const first = await live(incarnations, 3);
    expect(first.said).toBe(expected);
    // Others push it out; then it is given its past anew.
    for (let seed = 100; seed < 260; seed += 1) await live(incarnations, 0, { ...replica, seed });
    const goesOn = JSON.stringify(await first.incarnation.give({ type: 'tick' }, 400));
    const another = await live(incarnations, 3);
    expect(another.said).toBe(expected);
    expect(JSON.stringify(await another.incarnation.give({ type: 'tick' }, 400))).toBe(goesOn);
    expect(host.incidents.take()).toEqual([]);
    expect(host.isUnharmed).toBe(true);
  }));

test('an incarnation cannot hide anything in what all incarnations of its process share', () => {
  const tick = `const o = Object as any; o.stash = (o.stash ?? 0) + 1; this.runtime.log('stash', { n: o.stash });`;
  return withHost({ tick }, async (host) => {
    const { said } = await live(host.incarnations(), 1);
    expect(said).toContain('object is not extensible');
    expect(said).not.toContain('"stash","body"');
  });
});

test('a process that hangs is a failure of its node', () =>
  withHost({ tick: 'for (;;);', hangLimitMs: 3_000 }, async (host) => {
    const { said } = await live(host.incarnations(), 1);
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
    const result = await labExploration([system]).run(apart);
    expect(result).toEqual(await labExploration([system]).run(here));
    expect(result.failure).toBeNull();
    expect(host.incidents.take()).toEqual([]);
  }));

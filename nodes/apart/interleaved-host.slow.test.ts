/** Runs that go on at the same time, in the same processes, are as if each were alone. */
import path from 'node:path';
import { breakSolution } from '../../labtests/broken-solutions/broken-solution';
import { allScenarios } from '../../labtests/catalogue';
import { runIn } from '../../suite/run/run-scenario';
import { SimulatedWorld } from '../../worlds/simulated/world';
import { InProcessHost } from '../in-process-host';
import type { NodeHost } from '../node-host';
import { Solution } from '../sandbox/sandbox';
import { Account } from './budget';
import { InterleavedHost } from './interleaved-host';
import { isolationHere } from './launch';
import { stageFiles } from './staging';

const root = path.join(__dirname, '../..');
/** Processes start slowly on a busy machine. */
const slowMs = 600_000;

async function runWith(host: NodeHost, id: string, seed: number) {
  const scenario = allScenarios().find((other) => other.id === id);
  if (scenario?.body === undefined) {
    throw new Error(`there is no scenario ${id} of part B with a body`);
  }
  return runIn(new SimulatedWorld({ seed, host, tracing: true }), seed, scenario.body);
}

/**
 * What comes of these runs, all at a time, when the ticks of replicas begin with these lines; `plain`: in the setting
 * in which servers are called s1, s2, s3.
 */
async function together(ids: readonly string[], lines: string, fence = true, plain = false) {
  const tick = 'tick: () => server.tick(),';
  const change = [tick, `tick: () => { ${lines} return server.tick(); },`] as const;
  const broken = breakSolution('pbservice/node.ts', [change]);
  const staged = stageFiles(broken.root);
  const isolation = isolationHere();
  const host = new InterleavedHost({ folder: staged.folder, isolation, fence });
  try {
    const runs = ids.map(async (id, i) => {
      const run = host.begin(new Account(Number.POSITIVE_INFINITY));
      const result = await runWith(run, id, plain ? 1 : i + 1);
      return { ...result, isHonest: run.end() };
    });
    return { results: await Promise.all(runs), isClean: await host.isClean() };
  } finally {
    await host.close();
    staged.remove();
    broken.remove();
  }
}

const breakOut = `const real = (() => {}).constructor('return globalThis')();
  const need = (name: string) => real.process.getBuiltinModule(name);`;

test(
  'each gives the trace that it gives alone',
  async () => {
    const ids = ['B1a', 'B9c', 'B18b', 'B30', 'B1a'];
    const { results, isClean } = await together(ids, '');
    expect(isClean).toBe(true);
    for (const [i, id] of ids.entries()) {
      const alone = await runWith(new InProcessHost(new Solution(root)), id, i + 1);
      expect(results[i]?.failure).toBeNull();
      expect(results[i]?.isHonest).toBe(true);
      expect(results[i]?.trace).toEqual(alone.trace);
    }
  },
  slowMs,
);

test(
  'a process has one incarnation of each run and never two, whatever it remembers',
  async () => {
    // What code that broke out keeps stays with the process: two incarnations of one run would meet there.
    const lines = `${breakOut}
      const seen = (real.seen ??= []);
      if (!seen.includes(runtime.address)) seen.push(runtime.address);
      runtime.log('seen', { seen: [...seen] });`;
    const { results } = await together(['B9c', 'B9c'], lines, false, true);
    const seen = results[0]?.trace.flatMap((event) =>
      event.type === 'log' && event.event === 'seen'
        ? [(event.fields as { seen: string[] }).seen]
        : [],
    );
    expect(seen?.length).toBeGreaterThan(0);
    for (const names of seen ?? []) expect(names).toHaveLength(1);
  },
  slowMs,
);

test.each([
  ['ends its process', 'real.process.exit(0);'],
  ['loops for ever', 'for (;;);'],
  ['writes answers of its own', `need('fs').writeSync(4, '[]\\n');`],
  ['answers for all incarnations', `need('fs').writeSync(4, '[[0],[0],[0]]\\n');`],
  ['prints', `need('fs').writeSync(1, 'x');`],
])(
  'no run counts when a node of one %s',
  async (_name, lines) => {
    const { isClean } = await together(['B1a', 'B1a'], `${breakOut}\n${lines}`, false);
    expect(isClean).toBe(false);
  },
  slowMs,
);

test(
  'no run counts once a node tried to change what its process shares',
  async () => {
    const { results } = await together(['B1a', 'B1a'], 'Map.prototype.has = () => true;');
    for (const { failure } of results)
      expect(failure?.actual).toMatch(/Cannot assign to read only property 'has'/);
  },
  slowMs,
);

test(
  'a run in which a node made a forbidden call is told from the others',
  async () => {
    // Only the second one has a third server.
    const lines = `if (runtime.address === 's3') { try { void fetch(''); } catch {} }`;
    const { results, isClean } = await together(['B1a', 'B9c'], lines, true, true);
    expect(results.map(({ isHonest }) => isHonest)).toEqual([true, false]);
    expect(isClean).toBe(true);
  },
  slowMs,
);

/** A hand-in in processes of its own behaves as it does in the process of the tests. */
import path from 'node:path';
import { allScenarios } from '../../catalogue';
import { breakSolution, type Replacement } from '../broken-solutions/broken-solution';
import { runIn } from '../run-scenario';
import { InProcessHost } from '../simulated/in-process-host';
import type { NodeHost } from '../simulated/node-host';
import { Solution } from '../simulated/sandbox';
import { SimulatedWorld } from '../simulated/world';
import { IsolatedHost } from './isolated-host';
import { type Isolation, isolationHere } from './launch';
import { stage } from './staging';

const root = path.join(__dirname, '../../..');
const processOnly: Isolation = { level: 'process', summary: 'process only' };
const hangLimitMs = 3_000;
/** Processes start slowly on a busy machine. */
const slowMs = 120_000;

async function runWith(host: NodeHost, id: string, seed: number) {
  const scenario = allScenarios().find((other) => other.id === id);
  if (scenario?.part !== 'B') throw new Error(`there is no scenario ${id} of part B`);
  return runIn(new SimulatedWorld({ seed, host, tracing: true }), seed, scenario.body);
}

/** Runs a scenario on a solution in processes of its own. */
async function isolated(id: string, seed: number, folder = root, isolation = isolationHere()) {
  const staged = stage(folder);
  const host = new IsolatedHost({ folder: staged.folder, isolation, hangLimitMs });
  try {
    return await runWith(host, id, seed);
  } finally {
    await host.close();
    staged.remove();
  }
}

/** What comes of replicas whose ticks begin with these lines. */
async function withAttack(lines: string, isolation = isolationHere()) {
  const replacements: Replacement[] = [[tick, `tick: () => { ${lines} return server.tick(); },`]];
  const broken = breakSolution('pbservice/node.ts', replacements);
  try {
    return (await isolated('B1a', 1, broken.root, isolation)).failure;
  } finally {
    broken.remove();
  }
}

const tick = 'tick: () => server.tick(),';
/** The real globals, as code that means to break out gets them. */
const breakOut = `const real = (() => {}).constructor('return globalThis')();`;

test.each(['B1a', 'B9c', 'B18b', 'B30'])(
  '%s gives the same trace in both',
  async (id) => {
    const staged = stage(root);
    const host = new IsolatedHost({ folder: staged.folder, isolation: isolationHere() });
    try {
      for (const seed of [1, 2]) {
        const apart = await runWith(host, id, seed);
        host.endRun();
        const together = await runWith(new InProcessHost(new Solution(root)), id, seed);
        expect(apart.failure).toBeNull();
        expect(apart.trace).toEqual(together.trace);
      }
    } finally {
      await host.close();
      staged.remove();
    }
  },
  slowMs,
);

describe('what a hand-in does beyond the rules fails its own run, and is named', () => {
  const cases = [
    ['ends its process', 'real.process.exit(0);', 'its process ended by itself (exit code 0)'],
    ['loops for ever', 'for (;;);', 'it did not settle within 3 s: an endless loop?'],
    [
      'loops for ever in promises',
      'const again = () => { void Promise.resolve().then(again); }; again();',
      'it did not settle within 3 s: an endless loop?',
    ],
    [
      'writes outputs of its own',
      `real.process.getBuiltinModule('fs').writeSync(4, '[]\\n');`,
      'it went round the framework: ',
    ],
    [
      'answers with values nested a thousand deep',
      `let deep: unknown = 0; for (let i = 0; i < 1_000; i += 1) deep = [deep];
       runtime.log('deep', { deep } as never);`,
      'more than 64 deep',
    ],
    [
      'takes more memory than it may',
      'const all: unknown[] = []; for (;;) all.push(new Array(100_000).fill(Math.random()));',
      'its process ended by itself',
    ],
  ] as const;
  test.each(cases)(
    '%s',
    async (_name, lines, message) => {
      const failure = await withAttack(`${breakOut}\n${lines}`);
      expect(failure?.kind).toBe('broken code');
      expect(failure?.actual).toContain(message);
    },
    slowMs,
  );

  test(
    'and without bubblewrap just so',
    async () => {
      const failure = await withAttack(`${breakOut} real.process.exit(0);`, processOnly);
      expect(failure?.actual).toContain('its process ended by itself (exit code 0)');
    },
    slowMs,
  );
});

describe('with bubblewrap', () => {
  const walled = isolationHere().level === 'bubblewrap';
  if (process.env.CI === 'true') {
    test('it is there, as CI asks', () => expect(isolationHere().missing).toBeUndefined());
  }
  const inside = walled ? test : test.skip;

  inside(
    'a node sees its own code, no network, no environment and no other process',
    async () => {
      const look = `
      const need = real.process.getBuiltinModule
        ? (name: string) => real.process.getBuiltinModule(name)
        : undefined;
      if (need === undefined) throw new Error('SEEN nothing');
      const fs = need('fs');
      const net = Object.keys(need('os').networkInterfaces()).join();
      const pids = fs.readdirSync('/proc').filter((name: string) => /^[0-9]+$/.test(name)).length;
      const seen = [
        fs.readdirSync('/').join(), net, Object.keys(real.process.env).join(),
        pids < 4, fs.existsSync('/lab/labtests/part-b-primary-backup'), fs.existsSync(${JSON.stringify(root)}),
        real.process.getuid(),
      ];
      throw new Error('SEEN ' + JSON.stringify(seen));`;
      const failure = await withAttack(`${breakOut}\n${look}`);
      const seen = JSON.parse(/SEEN (\[.*\])/.exec(failure?.actual ?? '')?.[1] ?? '[]');
      expect(seen[0].split(',').sort()).toEqual(['dev', 'lab', 'lib', 'lib64', 'node', 'proc']);
      const rest = ['lo', 'PWD', true, false, false];
      expect(seen.slice(1, 6)).toEqual(rest);
      if (process.getuid?.() === 0) expect(seen[6]).toBe(61001);
    },
    slowMs,
  );
});

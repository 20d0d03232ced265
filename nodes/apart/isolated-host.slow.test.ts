/** A hand-in in processes of its own behaves as it does in the process of the tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { breakSolution, type Replacement } from '../../labtests/broken-solutions/broken-solution';
import { allScenarios } from '../../labtests/catalogue';
import { runIn } from '../../suite/run/run-scenario';
import { SimulatedWorld } from '../../worlds/simulated/world';
import { InProcessHost } from '../in-process-host';
import type { NodeHost } from '../node-host';
import { Solution } from '../sandbox/sandbox';
import { IsolatedHost } from './isolated-host';
import type { Isolation } from './isolation';
import { isolationHere, isolationOf } from './launch';
import { stageFiles } from './staging';

const root = path.join(__dirname, '../..');
/** Processes start slowly on a busy machine. */
const slowMs = 600_000;

async function runWith(host: NodeHost, id: string, seed: number) {
  const scenario = allScenarios().find((other) => other.id === id);
  if (scenario?.body === undefined) throw new Error(`there is no scenario ${id} of part B`);
  return runIn(new SimulatedWorld({ seed, host, tracing: true }), seed, scenario.body);
}

interface Attempt {
  readonly isolation?: Isolation;
  /** False: as if the attacker had found a way out of the sandbox. */
  readonly fence?: boolean;
  readonly hangLimitMs?: number;
}

/** What comes of replicas whose ticks begin with these lines. */
async function withAttack(
  lines: string,
  { isolation = isolationHere(), fence = false, hangLimitMs = 3_000 }: Attempt = {},
) {
  const replacements: Replacement[] = [[tick, `tick: () => { ${lines} return server.tick(); },`]];
  const broken = breakSolution('pbservice/node.ts', replacements);
  const staged = stageFiles(broken.root);
  const host = new IsolatedHost({ folder: staged.folder, isolation, hangLimitMs, fence });
  try {
    const { failure } = await runWith(host, 'B1a', 1);
    await host.endRun();
    return { failure, incidents: host.incidents.take() };
  } finally {
    await host.close();
    staged.remove();
    broken.remove();
  }
}

/** How Node.js shows some things, where nothing is locked. */
const shown =
  '[\n  { a: 1 },\n  Map(0) {},\n  Promise { 1 },\n  Promise { <pending> },\n  [y],\n  [class A]\n]';

const tick = 'tick: () => server.tick(),';
/** The real globals, as code that means to break out gets them. */
const breakOut = `const real = (() => {}).constructor('return globalThis')();
  const need = (name: string) => real.process.getBuiltinModule(name);`;

const levels = [isolationHere(), isolationOf('process')];
if (process.getuid?.() === 0) levels.push(isolationOf('uid'));

test.each(['B1a', 'B9c', 'B18b', 'B30'])(
  '%s gives the same trace in both',
  async (id) => {
    const staged = stageFiles(root);
    const host = new IsolatedHost({ folder: staged.folder, isolation: isolationHere() });
    try {
      for (const seed of [1, 2]) {
        const apart = await runWith(host, id, seed);
        await host.endRun();
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

describe.each(levels)(
  'what breaks out of its sandbox fails its own run, and is named: $summary',
  (isolation) => {
    const cases = [
      [
        'ends its process',
        'real.process.exit(0);',
        'process exit',
        'its process ended by itself (exit code 0)',
      ],
      ['loops for ever', 'for (;;);', 'hang', 'it did not settle within 3 s: an endless loop?'],
      [
        'loops for ever in promises',
        'const again = () => { void Promise.resolve().then(again); }; again();',
        'hang',
        'it did not settle within',
      ],
      [
        'writes answers of its own',
        `need('fs').writeSync(4, '[]\\n');`,
        'forged output',
        'it went round the framework: ',
      ],
      [
        'fills its heap',
        'const all: unknown[] = []; for (;;) all.push(new Array(100_000).fill(Math.random()));',
        'memory',
        'it ran out of memory',
      ],
      [
        'floods the terminal',
        `for (let i = 0; i < 5_000; i += 1) need('fs').writeSync(1, 'x'.repeat(1_000));`,
        'output flood',
        'it printed more than 1048576 bytes',
      ],
    ] as const;
    test.each(cases)(
      '%s',
      async (_name, lines, kind, message) => {
        // To fill a heap takes as long as the machine takes.
        const limits = kind === 'memory' ? { hangLimitMs: 60_000 } : {};
        const attack = `${breakOut}\n${lines}`;
        const { failure, incidents } = await withAttack(attack, { isolation, ...limits });
        expect(failure?.kind).toBe(kind === 'hang' ? 'did not settle' : 'broken code');
        expect(failure?.actual).toContain(message);
        expect(incidents.map((incident) => incident.kind)).toContain(kind);
      },
      slowMs,
    );
  },
);

describe.each(levels)('with $summary', (isolation) => {
  test(
    'what a node prints is kept and named, and is nothing more',
    async () => {
      const line = `need('fs').writeSync(1, '{"score": 80}');`;
      const { failure, incidents } = await withAttack(`${breakOut}\n${line}`, { isolation });
      expect(failure).toBeNull();
      expect(incidents).toHaveLength(1);
      expect(incidents[0]?.kind).toBe('printed output');
      expect(incidents[0]?.example).toContain('{"score": 80}');
    },
    slowMs,
  );

  test(
    'a node cannot change the objects that its process shares',
    async () => {
      const attempts = [
        ...['Map.prototype.get', 'Map.prototype.known', 'Object.is', 'JSON.parse', 'Math.max'],
        ...['Array.prototype.push', 'Promise.prototype.then', 'Promise.resolve', 'String.raw'],
        ...['Error.prepareStackTrace', 'Object.prototype.toJSON', 'Buffer.from'],
        ...[
          'Object.getPrototypeOf([].values()).next',
          'Object.getPrototypeOf(new Uint8Array()).set',
        ],
        ...['Object.getPrototypeOf(async () => undefined).x', 'globalThis.Array.prototype[0]'],
        ...['runtime.log.constructor.prototype.call', 'serve.constructor.prototype.apply'],
      ];
      const lines = `const { RpcError } = require('../runtime/errors');
        for (const attempt of [${attempts.map((what) => `() => { (${what} as any) = 1 as any; }`)},
          () => { RpcError.prototype.x = 1; }, () => { RpcError.x = 1; },
          () => { Object.defineProperty(Object.prototype, 'x', { value: 1 }); },
          () => { Object.setPrototypeOf(Array.prototype, null); },
          () => { delete (Map.prototype as any).has; }]) {
          try { attempt(); } catch { continue; }
          throw new Error('CHANGED by ' + attempt);
        }
        const own: any = {}; own.toString = 1; own.valueOf = 2;
        const error: any = new RpcError('timeout', 'x'); error.message = 'mine'; error.name = 'Mine';
        const shown = require('node:util').inspect([{ a: 1 }, new Map(), Promise.resolve(1),
          new Promise(() => {}), Object.assign(new RangeError('x'), { stack: 'y' }), class A {}]);
        if (shown !== ${JSON.stringify(shown)}) throw new Error(shown);
        if (own.toString !== 1 || error.message !== 'mine') throw new Error('own properties');`;
      const { failure, incidents } = await withAttack(lines, { isolation, fence: true });
      expect(failure).toBeNull();
      // Some of them tell.
      expect(incidents.map(({ kind }) => kind)).toEqual(['tampering']);
    },
    slowMs,
  );
});

/** Processes, of whatever user, whose command line has this text in it. */
function processesWith(text: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

describe.each(levels)('no trace is left: $summary', (isolation) => {
  test(
    'of processes that detach themselves, however many',
    async () => {
      const mark = `stowaway-${process.pid}-${isolation.level}`;
      const lines = `
        const argv = ['-e', 'setInterval(() => undefined, 1000)', ${JSON.stringify(mark)}];
        for (let i = 0; i < 60; i += 1) {
          try {
            const child = need('child_process').spawn(real.process.execPath, argv, {
              detached: true, stdio: 'ignore',
            });
            child.on('error', () => undefined);
            child.unref();
          } catch {}
        }`;
      await withAttack(`${breakOut}\n${lines}`, { isolation });
      // The kernel takes a moment to end all that was in a namespace.
      for (let i = 0; i < 200 && processesWith(mark).length > 0; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(processesWith(mark)).toEqual([]);
    },
    slowMs,
  );

  test(
    'of files through which nodes could share state',
    async () => {
      const mark = `shared-${process.pid}-${isolation.level}`;
      const lines = `
        for (const folder of ['/tmp', '/dev/shm', '/lab', '/var/tmp', real.process.cwd()]) {
          const file = folder + '/${mark}';
          let by;
          try { by = need('fs').readFileSync(file, 'utf8'); } catch {}
          // Where files have no room, an empty one is left, which says nothing.
          if (by && by !== runtime.address) throw new Error('SHARED ' + file + ' ' + by);
          try { need('fs').writeFileSync(file, runtime.address); } catch {}
        }`;
      const { failure } = await withAttack(`${breakOut}\n${lines}`, { isolation });
      expect(failure).toBeNull();
      for (const folder of ['/tmp', '/dev/shm', '/var/tmp', process.cwd()]) {
        expect(existsSync(path.join(folder, mark))).toBe(false);
      }
    },
    slowMs,
  );
});

// The bare process has no bound on buffers: that takes prlimit.
test.each(levels.filter(({ level }) => level !== 'process'))(
  'buffers are memory too: $summary',
  async (isolation) => {
    const lines = 'const all: unknown[] = []; for (;;) all.push(Buffer.alloc(2 ** 28, 1));';
    const { failure, incidents } = await withAttack(lines, {
      isolation,
      fence: true,
      hangLimitMs: 60_000,
    });
    expect(failure?.kind).toBe('broken code');
    expect(incidents).toMatchObject([{ kind: 'memory' }]);
  },
  slowMs,
);

describe('in front of the wall stands a fence, which tells who tries it', () => {
  const cases = [
    ['code made from text', `(() => {}).constructor('return 1')();`],
    ['code made from text', `(async () => {}).constructor('return 1')();`],
    ['eval', `(0, eval)('1');`],
    ['process.exit', 'process.exit(0);'],
    ['fetch', `void fetch('http://127.0.0.1/');`],
    ['node:fs', `require('node:fs');`],
    ['child_process', `require('child_process');`],
    ['net', `require('net');`],
    ['../labtests/catalogue', `require('../labtests/catalogue');`],
  ] as const;
  test.each(cases)(
    '%s: %s',
    async (what, line) => {
      // It is named even when the attacker hides the error.
      const { failure, incidents } = await withAttack(`try { ${line} } catch {}`, { fence: true });
      expect(failure).toBeNull();
      expect(incidents).toMatchObject([{ kind: 'forbidden call' }]);
      expect(incidents[0]?.example).toContain(what);
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
      const fs = need('fs');
      const net = Object.keys(need('os').networkInterfaces()).join();
      const pids = fs.readdirSync('/proc').filter((name: string) => /^[0-9]+$/.test(name)).length;
      const seen = [
        fs.readdirSync('/').join(), net, Object.keys(real.process.env).join(),
        pids < 4, fs.existsSync('/lab/labtests/part-b-primary-backup'), fs.existsSync(${JSON.stringify(root)}),
        real.process.getuid(),
      ];
      throw new Error('SEEN ' + JSON.stringify(seen));`;
      const { failure } = await withAttack(`${breakOut}\n${look}`);
      const seen = JSON.parse(/SEEN (\[.*\])/.exec(failure?.actual ?? '')?.[1] ?? '[]');
      expect(seen[0].split(',').sort()).toEqual(['dev', 'lab', 'lib', 'lib64', 'node', 'proc']);
      const rest = ['lo', 'PWD', true, false, false];
      expect(seen.slice(1, 6)).toEqual(rest);
      if (process.getuid?.() === 0) expect(seen[6]).toBeGreaterThanOrEqual(30_000);
    },
    slowMs,
  );

  inside(
    'a node reaches no socket of the machine',
    async () => {
      let connections = 0;
      const server = createServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const address = server.address();
        const port = typeof address === 'object' ? address?.port : 0;
        const line = `need('net').connect(${port}, '127.0.0.1').on('error', () => undefined);`;
        await withAttack(`${breakOut}\n${line}`);
        expect(connections).toBe(0);
        // What the wall is for: the same without it gets through.
        await withAttack(`${breakOut}\n${line}`, { isolation: isolationOf('process') });
        expect(connections).toBeGreaterThan(0);
      } finally {
        server.close();
      }
    },
    slowMs,
  );
});

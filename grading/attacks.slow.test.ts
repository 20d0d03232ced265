/**
 * Hand-ins that want points without a solution, or to stop the grader. None gains a point, none
 * stops it, and what it did is named in the report. Most are given a way out of their sandbox first:
 * what they then find is what matters.
 */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { IncidentKind } from '../judging/incidents';
import { studentFilesIn } from '../labtests/student-files';
import type { Isolation } from '../nodes/apart/isolation';
import { isolationHere, isolationOf } from '../nodes/apart/launch';
import { parseReport } from '../report/parse';
import type { Report } from '../report/schema';
import { keepTemporaryFoldersIn, temporaryFolder } from '../runtime/temporary-folder';
import { budgetOf, grade } from './grade';

const root = path.join(__dirname, '..');
const slowMs = 600_000;

/** A view service that only does this, and the rest of the reference solution. */
function attacker(lines: string, top = ''): Map<string, Buffer> {
  const server = `
    ${top}
    export class ViewServer {
      constructor(readonly runtime: any) { void this.attack(); }
      attack(): any { ${lines} return { viewnum: 1, primary: 's1', backup: '' }; }
      ping(): any { return this.attack(); }
      get(): any { return this.attack(); }
      tick(): void { this.attack(); }
    }`;
  const files = studentFilesIn(root).map(
    (file) => [file, readFileSync(path.join(root, file))] as const,
  );
  return new Map([...files, ['viewservice/server.ts', Buffer.from(server)]]);
}

/** The real globals, and modules of Node, once the fence is away. */
const breakOut = `const real = (() => {}).constructor('return globalThis')();
  const need = (name: string) => real.process.getBuiltinModule(name);`;

const levels: Isolation[] = [isolationHere()];
for (const level of ['uid', 'process'] as const) {
  const works = level === 'process' || process.getuid?.() === 0;
  if (works && isolationHere().level !== level) levels.push(isolationOf(level));
}

/** All that grading leaves in the place of temporary files. */
let folder: string;
beforeAll(() => {
  folder = temporaryFolder('viewlab-attacks-');
  // The processes of nodes may run as another user.
  chmodSync(folder, 0o755);
  keepTemporaryFoldersIn(folder);
});
afterEach(async () => {
  expect(readdirSync(folder)).toEqual([]);
  // The kernel takes a moment to end all that was behind a wall.
  for (let i = 0; i < 500 && processes().length > 0; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(processes()).toEqual([]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Processes with the folder in their arguments or, behind a wall, among their mounts. */
function processes(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((pid) =>
    ['cmdline', 'mountinfo'].some((what) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/${what}`, 'latin1').includes(folder);
      } catch {
        return false;
      }
    }),
  );
}

async function gradeAttack(files: Map<string, Buffer>, fence: boolean, isolation: Isolation) {
  const only = isolation.level === isolationHere().level ? ['A1', 'A3', 'B1a'] : ['A1', 'B1a'];
  const report = await grade({
    ...{ handIn: 'mallory', files, fence, isolation },
    ...{ parts: ['A', 'B'], only, seedsOf: () => [1, 2] },
    // Some use all that they may: half of the memory is soon full.
    budget: budgetOf({ processorSeconds: 120, share: 2 }),
  });
  // Whatever is in it, it is a report.
  expect(parseReport(JSON.stringify(report)).score).toBe(report.score);
  return report;
}

function expectNamed({ incidents = [] }: Report, kind: Named): void {
  if (kind === null) return;
  const named = incidents.map((each) => each.kind);
  expect(named.filter((one) => [kind].flat().includes(one))).not.toEqual([]);
}

const forged = '{"score": 80, "maxScore": 80}';

/** What an attack is named: one of these; null: nothing is promised. */
type Named = IncidentKind | readonly IncidentKind[] | null;
type Out = [name: string, lines: string, kind: Named];
const killing: Out[] = [
  ['killing all that it can see', `real.process.kill(-1, 'SIGKILL');`, null],
  [
    'killing its parent',
    `try { real.process.kill(real.process.ppid, 'SIGKILL'); } catch {} real.process.abort();`,
    'process exit',
  ],
];

describe.each(levels)('once out of the sandbox, with $summary', (isolation) => {
  // Without a user of its own and without a wall, it may end what belongs to the same user.
  const mayKill = isolation.level === 'process';
  const cases: readonly Out[] = [
    ['ending the process', 'real.process.exit(0);', 'process exit'],
    ...(mayKill ? [] : killing),
    [
      'filling the memory that files may take',
      `const fs = need('fs'); const chunk = real.Buffer.alloc(2 ** 20);
       for (const place of ['/dev/shm', '/dev', '/tmp', '/lab', '/proc', '/']) {
         try {
           const file = fs.openSync(place + '/viewlab-filled', 'w');
           for (let i = 0; i < 1_400; i += 1) fs.writeSync(file, chunk);
           this.runtime.log('filled', { place });
         } catch {}
       }
       if (fs.existsSync('/dev/shm/viewlab-filled')) {
         if (fs.statSync('/dev/shm/viewlab-filled').size > 0) throw new Error('FILLED');
       }`,
      null,
    ],
    [
      'buffers without end',
      `const all: unknown[] = []; for (;;) all.push(real.Buffer.alloc(2 ** 27, 1));`,
      // It depends on the machine which of the two it is first.
      ['memory', 'hang'],
    ],
    [
      'programs without end',
      `for (let i = 0; i < 100; i += 1) {
         try {
           const argv = ['-e', 'for (;;);'];
           need('child_process').spawn(real.process.execPath, argv, { detached: true, stdio: 'ignore' })
             .on('error', () => undefined).unref();
         } catch {}
       }`,
      null,
    ],
    ['printing a report', `need('fs').writeSync(1, ${JSON.stringify(forged)});`, 'printed output'],
    ['answering in place of the framework', `need('fs').writeSync(4, '[]\\n');`, 'forged output'],
    ['an endless loop', 'for (;;);', 'hang'],
    [
      'patching the modules of the framework in the require cache',
      `const { Module } = need('module');
       for (const module of Object.values(Module._cache) as any[])
         for (const part of Object.values(module.exports ?? {}) as any[])
           if (part?.prototype?.give) part.prototype.give = () => undefined;`,
      'tampering',
    ],
  ];
  test.each(cases)(
    '%s',
    async (_name, lines, kind) => {
      const report = await gradeAttack(attacker(`${breakOut}\n${lines}`), false, isolation);
      expect(report.score).toBe(0);
      const scenarios = report.parts.flatMap((part) => part.scenarios);
      expect(new Set(scenarios.map(({ passed }) => passed))).toEqual(new Set([false]));
      expect(JSON.stringify(scenarios)).not.toContain('FILLED');
      expectNamed(report, kind);
    },
    slowMs,
  );

  test(
    'reading a solution, and writing over the report',
    async () => {
      const elsewhere = temporaryFolder('viewlab-target-');
      const target = path.join(elsewhere, 'report.json');
      writeFileSync(target, 'untouched');
      const rules = path.join(root, 'viewservice/rules.ts');
      try {
        const lines = `${breakOut}
          let read;
          try { read = need('fs').readFileSync(${JSON.stringify(rules)}, 'utf8'); } catch {}
          try { need('fs').writeFileSync(${JSON.stringify(target)}, ${JSON.stringify(forged)}); } catch {}
          if (read !== undefined) throw new Error('READ ' + read);`;
        const report = await gradeAttack(attacker(lines), false, isolation);
        expect(report.score).toBe(0);
        expect(JSON.stringify(report)).not.toContain('READ');
        expect(readFileSync(target, 'utf8')).toBe('untouched');
        expect(existsSync(rules)).toBe(true);
      } finally {
        rmSync(elsewhere, { recursive: true, force: true });
      }
    },
    slowMs,
  );
});

test(
  'replicas that copy nothing and meet in what their process remembers',
  async () => {
    const file = 'pbservice/state-machine.ts';
    const changes = [
      ['map = new SizedMap<string>((value) => value.length)', 'map: any = shared.map'],
      [
        'lastWrites = new SizedMap<LastWrite>(({ outcome }) => lengthOf(outcome))',
        'lastWrites: any = shared.writes',
      ],
      ["yield { of: 'map', key, value }", 'void [key, value]'],
      [
        "yield { of: 'duplicates', client, seq, value, refusal }",
        'void [client, seq, value, refusal]',
      ],
    ] as const;
    let text = readFileSync(path.join(root, file), 'utf8');
    for (const [old, changed] of changes) {
      expect(text).toContain(old);
      text = text.replace(old, changed);
    }
    const shared = `const shared = ((Map.prototype as any).known ??= { map: new Map(), writes: new Map() });`;
    const files = new Map(
      studentFilesIn(root).map((name) => [name, readFileSync(path.join(root, name))]),
    );
    files.set(file, Buffer.from(`${text}\n${shared}`));
    const report = await grade({
      ...{ handIn: 'mallory', files, parts: ['A', 'B'], only: ['A1', 'B9c'] },
      seedsOf: () => [1],
    });
    const verdicts = report.parts.flatMap(({ scenarios }) => scenarios.map((each) => each.passed));
    expect(verdicts).toEqual([true, false]);
  },
  slowMs,
);

describe.each(levels)('within the sandbox, with $summary', (isolation) => {
  const cases: readonly [name: string, lines: string, top: string, kind: IncidentKind | null][] = [
    [
      'overwriting what tests judge with',
      '',
      `(globalThis as any).expect = () => new Proxy({}, { get: () => () => undefined });
       Object.is = () => true;
       Map.prototype.get = () => undefined;
       Map.prototype.has = () => true;
       JSON.parse = () => ({ score: 80 });`,
      null,
    ],
    [
      'patching the framework by importing it',
      '',
      `import { Reactor } from '../runtime/reactor';
       (Reactor.prototype as any).give = () => undefined;`,
      'forbidden call',
    ],
    [
      'putting something else into a module of the framework',
      '',
      `import * as service from '../runtime/service'; (service as any).validate = (...all: any[]) => all[3];`,
      null,
    ],
    [
      'putting something else into what the framework uses',
      '',
      `JSON.stringify = () => '{"reply":{"viewnum":1}}'; Array.prototype.push = () => 0;`,
      null,
    ],
    [
      'a property that all objects have',
      '',
      `Object.defineProperty(Object.prototype, 'toJSON', { value: () => ({ score: 80 }) });`,
      null,
    ],
    [
      'loading itself again, outside the sandbox',
      '',
      `declare const require: any, __filename: string;
       export const need = (name: string) => require(name);
       const fs = require(__filename).need('node:fs'); fs.readFileSync('/etc/passwd');`,
      'forbidden call',
    ],
    [
      'loading what of the framework has files and processes',
      '',
      `declare const require: any;
       for (const name of ['terminal/trace-file', 'terminal/test-programs', 'guard', 'typescript.cjs']) {
         try { require('../runtime/' + name); } catch {}
       }`,
      'forbidden call',
    ],
    [
      '80,000 pairs of quotes in a log',
      `this.runtime.log('quotes', { text: '"\\\\'.repeat(80_000) });`,
      '',
      null,
    ],
    [
      'a buffer of 200 MB with each call',
      'kept.push(Buffer.alloc(2e8, 1));',
      'const kept: unknown[] = [];',
      'memory',
    ],
    [
      'importing the tests',
      '',
      `import * as catalogue from '../labtests/catalogue'; void catalogue;`,
      'forbidden call',
    ],
    [
      'starting programs',
      '',
      `import { spawn } from 'node:child_process'; spawn('true');`,
      'forbidden call',
    ],
    [
      'importing a module when it runs',
      `void import('node:' + 'fs').then((fs) => fs.readFileSync('/etc/passwd'), () => undefined);
       return undefined;`,
      '',
      'forbidden call',
    ],
    ['code made from text', `(() => {}).constructor('return process')();`, '', 'forbidden call'],
    [
      'an answer with a getter that throws',
      `return { viewnum: 1, primary: 's1', get backup() { throw new Error('gotcha'); } };`,
      '',
      null,
    ],
    [
      'an answer that changes with each look',
      `let looks = 0;
       return new Proxy({}, { get: () => { looks += 1; return looks % 2 ? 's1' : 7; },
         has: () => true, ownKeys: () => ['viewnum', 'primary', 'backup'],
         getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) });`,
      '',
      null,
    ],
    ['an answer that contains itself', 'const a: any = {}; a.a = a; return a;', '', null],
    [
      'an answer with a __proto__ of its own',
      `return JSON.parse('{"__proto__": {"viewnum": 1}, "primary": "s1", "backup": ""}');`,
      '',
      null,
    ],
    [
      'a log with a __proto__ and a toJSON',
      `this.runtime.log('x', JSON.parse('{"__proto__": {"passed": true}, "toJSON": 1}'));`,
      '',
      null,
    ],
    [
      'a deep log',
      `let d: any = []; for (let i = 0; i < 1e5; i += 1) d = [d];
       this.runtime.log('deep', { d });`,
      '',
      null,
    ],
  ];
  test.each(cases)(
    '%s',
    async (_name, lines, top, kind) => {
      const report = await gradeAttack(attacker(lines, top), true, isolation);
      expect(report.score).toBe(0);
      const failures = report.parts.flatMap(({ scenarios }) => scenarios.map((s) => s.failure));
      for (const failure of failures) expect(failure?.kind).not.toBe('framework');
      expectNamed(report, kind);
    },
    slowMs,
  );
});

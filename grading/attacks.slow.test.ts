/**
 * Hand-ins that want points without a solution, or to stop the grader. None gains a point, none
 * stops it, and what it did is named in the report. Most are given a way out of their sandbox first:
 * what they then find is what matters.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { studentFiles } from '../hand-in/student-files';
import { isolationHere } from '../isolated/launch';
import type { IncidentKind } from '../report/incidents';
import { parseReport } from '../report/parse';
import { grade } from './grade';

const root = path.join(__dirname, '../../..');
const slowMs = 120_000;

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
  const files = studentFiles.map((file) => [file, readFileSync(path.join(root, file))] as const);
  return new Map([...files, ['viewservice/server.ts', Buffer.from(server)]]);
}

/** The real globals, and modules of Node, once the fence is away. */
const breakOut = `const real = (() => {}).constructor('return globalThis')();
  const need = (name: string) => real.process.getBuiltinModule(name);`;

async function gradeAttack(files: Map<string, Buffer>, fence: boolean) {
  const report = await grade({
    ...{ submission: 'mallory', files, fence, lanes: 1 },
    ...{ parts: ['A', 'B'], only: ['A1', 'A3', 'B1a'], seedsOf: () => [1, 2] },
  });
  // Whatever is in it, it is a report.
  expect(parseReport(JSON.stringify(report)).score).toBe(report.score);
  return report;
}

const forged = '{"score": 80, "maxScore": 80}';

describe('once out of the sandbox', () => {
  const cases: readonly [name: string, lines: string, kind: IncidentKind | null][] = [
    ['ending the process', 'real.process.exit(0);', 'process exit'],
    ['killing all that it can see', `real.process.kill(-1, 'SIGKILL');`, null],
    [
      'killing its parent',
      `real.process.kill(real.process.ppid, 'SIGKILL'); real.process.abort();`,
      'process exit',
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
  const walled = isolationHere().level === 'bubblewrap';
  test.each(walled ? cases : [])(
    '%s',
    async (_name, lines, kind) => {
      const report = await gradeAttack(attacker(`${breakOut}\n${lines}`), false);
      expect(report.score).toBe(0);
      expect(
        report.parts.flatMap(({ scenarios }) => scenarios).map(({ passed }) => passed),
      ).toEqual([false, false, false]);
      if (kind !== null) expect(report.incidents.map((each) => each.kind)).toContain(kind);
    },
    slowMs,
  );

  const inside = walled ? test : test.skip;
  inside(
    'reading a solution, and writing over the report',
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'viewlab-target-'));
      const target = path.join(folder, 'report.json');
      writeFileSync(target, 'untouched');
      const rules = path.join(root, 'viewservice/rules.ts');
      try {
        const lines = `${breakOut}
          let read;
          try { read = need('fs').readFileSync(${JSON.stringify(rules)}, 'utf8'); } catch {}
          try { need('fs').writeFileSync(${JSON.stringify(target)}, ${JSON.stringify(forged)}); } catch {}
          if (read !== undefined) throw new Error('READ ' + read);`;
        const report = await gradeAttack(attacker(lines), false);
        expect(report.score).toBe(0);
        expect(JSON.stringify(report)).not.toContain('READ');
        expect(readFileSync(target, 'utf8')).toBe('untouched');
        expect(existsSync(rules)).toBe(true);
      } finally {
        rmSync(folder, { recursive: true, force: true });
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
      ['map = new Map<string, string>()', 'map: Map<string, string> = shared.map'],
      ['lastWrites = new Map<string, LastWrite>()', 'lastWrites: Map<string, any> = shared.writes'],
      ["yield { of: 'map', key, value }", 'void [key, value]'],
      [
        "yield { of: 'duplicates', client, seq, value: result.value }",
        'void [client, seq, result]',
      ],
    ] as const;
    let text = readFileSync(path.join(root, file), 'utf8');
    for (const [old, changed] of changes) {
      expect(text).toContain(old);
      text = text.replace(old, changed);
    }
    const shared = `const shared = ((Map.prototype as any).known ??= { map: new Map(), writes: new Map() });`;
    const files = new Map(studentFiles.map((name) => [name, readFileSync(path.join(root, name))]));
    files.set(file, Buffer.from(`${text}\n${shared}`));
    const report = await grade({
      ...{ submission: 'mallory', files, lanes: 1, parts: ['A', 'B'], only: ['A1', 'B9c'] },
      seedsOf: () => [1],
    });
    const verdicts = report.parts.flatMap(({ scenarios }) => scenarios.map((each) => each.passed));
    expect(verdicts).toEqual([true, false]);
  },
  slowMs,
);

describe('within the sandbox', () => {
  const cases: readonly [name: string, lines: string, top: string, kind: IncidentKind | null][] = [
    [
      'overwriting what tests judge with',
      '',
      `(globalThis as any).expect = () => new Proxy({}, { get: () => () => undefined });
       Object.is = () => true;
       Map.prototype.get = () => undefined;
       Map.prototype.has = () => true;
       JSON.parse = () => ({ score: 80 });`,
      'tampering',
    ],
    [
      'patching the framework by importing it',
      '',
      `import { Reactor } from '../runtime/reactor';
       (Reactor.prototype as any).give = () => undefined;`,
      'tampering',
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
      const report = await gradeAttack(attacker(lines, top), true);
      expect(report.score).toBe(0);
      const failures = report.parts.flatMap(({ scenarios }) => scenarios.map((s) => s.failure));
      for (const failure of failures) expect(failure?.kind).not.toBe('framework');
      if (kind !== null)
        if (kind !== null) expect(report.incidents.map((each) => each.kind)).toContain(kind);
    },
    slowMs,
  );
});

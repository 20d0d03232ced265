/**
 * Which way imports run (docs/design, "the house"): the runtime knows nobody, the three parts of the
 * system know the runtime and each other's contracts and clerks, the viewer draws what it is given,
 * everything else is above them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '..');
const parts = ['viewservice', 'pbservice', 'client'];
const folders = ['runtime', 'arbiter', ...parts, 'viewer', 'labtests', 'scripts'];
/** What one part may import of another. */
const doors = /^(viewservice|pbservice|client)\/(api|clerk|heartbeat-pair\/api)\.ts$/;
/** What the arbiter stands on: the contract that it answers, and the rules that it applies. */
const underArbiter = /^viewservice\/(api|rules)\.ts$/;
/** Who may put the arbiter between a node and the world: what starts nodes, never a node itself. */
const aboveArbiter = /^(pbservice|client)\/(main|connection)\.ts$/;

/** The TypeScript files below a folder, named from the root with slashes. */
function filesIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`);
}

/** The files of the project that a source text imports: `import`, `export from`, dynamic, require. */
function importsOf(file: string, text: string): string[] {
  const pattern = /(?:\bfrom|\bimport|\brequire|\bimport\()\s*\(?\s*'(\.{1,2}(?:\/[^']*)?)'/g;
  return [...text.matchAll(pattern)].map((match) => {
    const target = path.posix.join(path.posix.dirname(file), match[1] as string);
    return /\.\w+$/.test(target) ? target : `${target}.ts`;
  });
}

/** What is wrong with this import; undefined when it is fine. */
function objection(from: string, to: string): string | undefined {
  const [own = ''] = from.split('/');
  const [other = ''] = to.split('/');
  if (to.endsWith('/main.ts')) return 'nothing imports a main.ts';
  // Tests may look at anything.
  if (own === other || from.endsWith('.test.ts')) return undefined;
  if (own === 'runtime') return 'the runtime imports nothing of the others';
  if (own === 'arbiter' && other !== 'runtime' && !underArbiter.test(to)) {
    return 'the arbiter imports the runtime, and the contract and the rules of the view service';
  }
  if (other === 'arbiter' && aboveArbiter.test(from)) return undefined;
  if (parts.includes(own) && other !== 'runtime' && !doors.test(to)) {
    return 'it may import the runtime, and api.ts, heartbeat-pair/api.ts and clerk.ts of the others';
  }
  if (own === 'viewer' && other !== 'runtime') return 'the viewer imports the runtime alone';
  if (own === 'labtests' && other === 'scripts') return 'scripts are above labtests';
  return undefined;
}

test('imports run one way', () => {
  const wrong = folders.flatMap(filesIn).flatMap((file) =>
    importsOf(file, readFileSync(path.join(root, file), 'utf8')).flatMap((to) => {
      const why = objection(file, to);
      return why === undefined ? [] : [`${file} imports ${to}: ${why}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('every kind of import is seen', () => {
  const text = `
    import { a } from './a';
    import type { b } from '../runtime/b';
    import '../c/d';
    export * from '../pbservice/api';
    const e = await import('../labtests/e');
    const f = require('./f.cjs');
    type G = import('../client/g').G;
    import ws from 'ws';
  `;
  expect(importsOf('viewservice/x.ts', text)).toEqual([
    'viewservice/a.ts',
    'runtime/b.ts',
    'c/d.ts',
    'pbservice/api.ts',
    'labtests/e.ts',
    'viewservice/f.cjs',
    'client/g.ts',
  ]);
});

test.each([
  ['runtime/reactor.ts', 'viewservice/api.ts'],
  ['viewservice/server.ts', 'pbservice/server.ts'],
  ['pbservice/server.ts', 'viewservice/rules.ts'],
  ['pbservice/server.ts', 'arbiter/replica.ts'],
  ['arbiter/replica.ts', 'pbservice/node.ts'],
  ['client/clerk.ts', 'labtests/real/writers.ts'],
  ['client/clerk.ts', 'scripts/bench.ts'],
  ['viewer/model/model.ts', 'labtests/harness/history/history.ts'],
  ['labtests/real/writers.ts', 'scripts/bench/kv.ts'],
  ['scripts/cluster.ts', 'pbservice/main.ts'],
  ['pbservice/server.test.ts', 'pbservice/main.ts'],
])('%s must not import %s', (from, to) => {
  expect(objection(from, to)).toBeDefined();
});

test.each([
  ['client/clerk.ts', 'pbservice/api.ts'],
  ['pbservice/server.ts', 'runtime/service.ts'],
  ['pbservice/main.ts', 'arbiter/open.ts'],
  ['arbiter/agreement.ts', 'viewservice/rules.ts'],
  ['labtests/real/writers.ts', 'client/clerk.ts'],
  ['scripts/bench/kv.ts', 'labtests/real/processes.ts'],
  ['labtests/harness/report/run-page.ts', 'viewer/page.ts'],
])('%s may import %s', (from, to) => {
  expect(objection(from, to)).toBeUndefined();
});

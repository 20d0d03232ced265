/** Imports run down the house (house.ts), type-only ones too, and no file imports itself by a detour. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { floors, listing, type Room, roomOf, rooms } from './house';
import { isTest, sources, textOf } from './sources.testing';

const parts = ['viewservice', 'pbservice', 'client'];
/** What one part of the system may import of another. */
const doors = /^(viewservice|pbservice|client)\/(api|clerk|heartbeat-pair\/api)\.ts$/;
/** What the arbiter stands on: the contract that it answers, and the rules that it applies. */
const underArbiter = /^viewservice\/(api|rules)\.ts$/;
/** Who may put the arbiter between a node and the world: what starts nodes, never a node itself. */
const aboveArbiter = /^(pbservice|client)\/(main|connection)\.ts$/;
/** No top room holds more of the lines of the project than this. */
const largestShare = 0.2;

const all = sources();
const known = new Set(all);

/** The files of the project that a source imports: `import`, `export from`, dynamic, require, types. */
function importsOf(file: string, text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName }) => {
    if (!fileName.startsWith('.')) return [];
    const target = path.posix.join(path.posix.dirname(file), fileName);
    const ends = ['', '.ts', '.cjs'].find((end) => known.has(target + end));
    return [ends === undefined ? target : target + ends];
  });
}

/** What is wrong with this import; undefined when it is fine. */
function objection(from: string, to: string): string | undefined {
  if (to.endsWith('/main.ts')) return 'nothing imports a main.ts';
  // Tests may look at anything.
  if (isTest(from)) return undefined;
  if (isTest(to)) return 'what only tests use is in no program';
  const [own, other] = [roomOf(from), roomOf(to)];
  if (own === undefined || other === undefined) return 'one of them stands in no room of the house';
  if (other > own) {
    return `${(rooms[other] as Room).folder} is above ${(rooms[own] as Room).folder}`;
  }
  const [ownPart = '', otherPart = ''] = [from.split('/')[0], to.split('/')[0]];
  if (ownPart === otherPart) return undefined;
  if (ownPart === 'viewer' && otherPart !== 'runtime') return 'pages know data and nobody else';
  if (ownPart === 'arbiter' && parts.includes(otherPart) && !underArbiter.test(to)) {
    return 'the arbiter imports the runtime, and the contract and the rules of the view service';
  }
  if (!parts.includes(ownPart) || otherPart === 'runtime') return undefined;
  if (otherPart === 'arbiter') {
    return aboveArbiter.test(from) ? undefined : 'only what starts nodes knows the arbiter';
  }
  return doors.test(to)
    ? undefined
    : 'it may import the runtime, and api.ts, heartbeat-pair/api.ts and clerk.ts of the others';
}

const graph = new Map(all.map((file) => [file, importsOf(file, textOf(file))]));

test('imports run down the house', () => {
  const wrong = [...graph].flatMap(([file, imports]) =>
    imports.flatMap((to) => {
      const why = objection(file, to);
      return why === undefined ? [] : [`${file} imports ${to}: ${why}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('no file imports itself by a detour', () => {
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file]);
    if (done.has(file) || way.includes(file)) return;
    for (const to of graph.get(file) ?? []) visit(to, [...way, file]);
    done.add(file);
  };
  for (const file of all) visit(file, []);
  expect(circles).toEqual([]);
});

test('each source stands in a room, and each room has sources', () => {
  const elsewhere = all.filter((file) => roomOf(file) === undefined && !/^docs\//.test(file));
  expect(elsewhere).toEqual([]);
  const inhabited = new Set(all.map(roomOf));
  expect(rooms.filter((_, i) => !inhabited.has(i))).toEqual([]);
  expect(rooms.filter(({ folder }) => !existsSync(path.join(__dirname, '..', folder)))).toEqual([]);
});

test('no room is most of the house', () => {
  const lines = new Map(floors.map((folder) => [folder, 0]));
  for (const file of all) {
    const [folder = ''] = file.split('/');
    lines.set(folder, (lines.get(folder) ?? 0) + textOf(file).split('\n').length);
  }
  const total = [...lines.values()].reduce((sum, count) => sum + count, 0);
  expect([...lines].filter(([, count]) => count > largestShare * total)).toEqual([]);
});

test('CONTRIBUTING.md shows the house as it is', () => {
  expect(textOf('CONTRIBUTING.md')).toContain(listing());
});

test('every kind of import is seen', () => {
  const text = `
    import { a } from './a';
    import type { b } from '../runtime/b';
    import '../c/d';
    export * from '../pbservice/api';
    const e = await import('../labtests/e');
    const f = require('./server.ts');
    type G = import('../client/g').G;
    import ws from 'ws';
  `;
  expect(importsOf('viewservice/x.ts', text)).toEqual([
    'viewservice/a',
    'runtime/b',
    'c/d',
    'pbservice/api.ts',
    'labtests/e',
    'viewservice/server.ts',
    'client/g',
  ]);
});

test.each([
  ['runtime/reactor.ts', 'viewservice/api.ts'],
  ['runtime/trace.ts', 'runtime/websocket/host.ts'],
  ['viewservice/server.ts', 'pbservice/server.ts'],
  ['pbservice/server.ts', 'viewservice/rules.ts'],
  ['pbservice/server.ts', 'arbiter/replica.ts'],
  ['arbiter/replica.ts', 'pbservice/node.ts'],
  ['client/clerk.ts', 'worlds/real/world.ts'],
  ['suite/scenario/stage.ts', 'labtests/primary-backup/lab.ts'],
  ['viewer/model/model.ts', 'judging/history/checker.ts'],
  ['viewer/model/model.ts', 'viewer/run/page.ts'],
  ['worlds/simulated/world.ts', 'worlds/explored/search.ts'],
  ['worlds/explored/search.ts', 'suite/run/run-scenario.ts'],
  ['report/report.ts', 'labtests/catalogue.ts'],
  ['suite/run/run-seeds.ts', 'suite/campaigns/run-campaign.ts'],
  ['grading/grade.ts', 'commands/grade/one.ts'],
  ['labtests/catalogue.ts', 'grading/grade.ts'],
  ['scripts/cluster.ts', 'pbservice/main.ts'],
  ['pbservice/server.test.ts', 'pbservice/main.ts'],
  ['nodes/in-process-host.ts', 'nodes/sandbox/sandbox.testing.ts'],
])('%s must not import %s', (from, to) => {
  expect(objection(from, to)).toBeDefined();
});

test.each([
  ['client/clerk.ts', 'pbservice/api.ts'],
  ['pbservice/server.ts', 'runtime/service.ts'],
  ['pbservice/main.ts', 'arbiter/arbiter-url.ts'],
  ['arbiter/agreement.ts', 'viewservice/rules.ts'],
  ['worlds/real/world.ts', 'client/clerk.ts'],
  ['commands/bench/kv.ts', 'worlds/real/processes.ts'],
  ['report/run-page.ts', 'viewer/run/page.ts'],
  ['labtests/zoo/grade.ts', 'grading/grade.ts'],
])('%s may import %s', (from, to) => {
  expect(objection(from, to)).toBeUndefined();
});

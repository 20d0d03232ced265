/** Memory beside the objects is found wherever a solution keeps it, in as many files as it has. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../runtime/temporary-folder';
import { hiddenIn, hiddenMemoryIn } from './hidden-memory';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-hidden-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

test.each([
  ["import { queue } from './queue';", 'queue.ts'],
  ['import { queue } from "./queue";', 'queue.ts'],
  ["import './queue';", 'queue.ts'],
  ["export * from './queue.ts';", 'queue.ts'],
  ["const { queue } = require('./queue');", 'queue.ts'],
  ["import { queue } from './queue';", 'queue/index.ts'],
  ["import { queue } from './parts/queue';", 'parts/queue.ts'],
])('%s', (line, file) => {
  put('pbservice/node.ts', "import { PbServer } from './server';");
  put('pbservice/server.ts', line);
  put(`pbservice/${file}`, 'export let queue = 0;\n');
  expect([...hiddenMemoryIn(folder)]).toEqual([
    ['pbservice/node.ts', `pbservice/${file} has the variable queue`],
  ]);
});

test('the contracts of the framework are constant, and a file that nothing names is not loaded', () => {
  put('pbservice/node.ts', "import { PbService } from './api';");
  put('pbservice/api.ts', 'export let contract = 0;\n');
  put('pbservice/notes.ts', 'export let draft = 0;\n');
  expect(hiddenMemoryIn(folder).size).toBe(0);
});

test('variables of modules and static fields are found in the sources', () => {
  expect(hiddenMemoryIn(path.join(__dirname, '..'))).toEqual(new Map());
  expect(hiddenIn('let count = 0;\n')).toBe('the variable count');
  expect(hiddenIn('export var count = 0;\n')).toBe('the variable count');
  expect(hiddenIn('const state = new StateMachine();\n')).toBe('the object state');
  expect(hiddenIn('const seen = new Map();\nexport const f = () => seen.set(1, 2);\n')).toBe(
    'the object seen',
  );
  expect(hiddenIn('class A {\n  private static cache = new Map();\n}\n')).toBe(
    'the static field cache',
  );
  expect(hiddenIn('const codes = new Set([1]);\nclass A {\n  static of(): A {}\n}\n')).toBe(
    undefined,
  );
});

/** A node loads what is on the list, whatever it calls it; each try at something else is told. */
import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SolutionError } from './sandbox';
import { fakeRuntime, file, removeSolutions, solutionOf } from './sandbox.testing';

afterAll(removeSolutions);

const projectRoot = path.join(__dirname, '../..');
const declared = 'declare const require: any, module: any, __filename: string, __dirname: string;';

/** What comes of a solution that does this while it loads. */
function load(lines: string, prepare: (root: string) => void = () => undefined) {
  const solution = solutionOf(`${declared}\n${lines}`);
  prepare(solution.root);
  const { runtime, logged } = fakeRuntime();
  return { run: () => solution.load(file, runtime), logged };
}

describe('what is not on the list is refused, named, and told', () => {
  test.each([
    ['the file itself, once more', 'require(__filename)'],
    [
      'a file of the framework that stands beside what is allowed',
      `require('../runtime/terminal/processes')`,
    ],
    ['files and processes of terminal programs', `require('../runtime/terminal/trace-file')`],
    ['the same of tests', `require('../runtime/terminal/programs.testing')`],
    ['the real network', `require('../runtime/websocket/host')`],
    ['the loader', `require('../runtime/typescript.cjs')`],
    ['the sandbox', `require('../nodes/sandbox/sandbox')`],
    ['a script', `require('../scripts/grade')`],
    ['an absolute path', `require('${projectRoot}/runtime/errors.ts')`],
    ['an absolute path into the solution', `require(__dirname + '/rules.ts')`],
    ['out of the tree and in again', `require('../../${'../'.repeat(12)}etc/passwd')`],
    ['a way round through the tree', `require('../viewservice/../runtime/terminal/processes.ts')`],
    ['another package', `require('ts-node')`],
    ['a file within a package', `require('valibot/package.json')`],
    ['a relative path in the clothes of a package', `require('valibot/../ts-node')`],
    ['a module of Node.js', `require('fs')`],
    ['the same with its scheme', `require('node:fs')`],
    ['a part of one', `require('fs/promises')`],
    ['the module of modules', `require('module')`],
    ['virtual machines', `require('node:vm')`],
    ['threads', `require('node:worker_threads')`],
    ['the inspector', `require('node:inspector')`],
    ['tests of Node.js', `require('node:test')`],
    ['a URL', `require('file:///etc/passwd')`],
    ['data', `require('data:text/javascript,1')`],
  ])('%s: %s', (_what, lines) => {
    const { run, logged } = load(`${lines};`);
    expect(run).toThrow(SolutionError);
    expect(run).toThrow(/server\.ts uses .*, which a node must not: .*\nIt may use files of/);
    expect(logged[0]).toEqual([
      'forbidden call',
      { what: expect.stringMatching(/^module .* in server\.ts$/) },
    ]);
  });

  test('it is told even when the error is hidden', () => {
    const { run, logged } = load(`try { require('fs'); } catch {}`);
    run();
    expect(logged).toHaveLength(1);
  });

  test.each<[string, string, (root: string) => void]>([
    [
      'a link in the solution that leads out of it',
      './link',
      (root) =>
        symlinkSync(
          path.join(projectRoot, 'runtime/terminal/processes.ts'),
          path.join(root, 'viewservice/link.ts'),
        ),
    ],
    [
      'a file that is no TypeScript',
      './data.json',
      (root) => writeFileSync(path.join(root, 'viewservice/data.json'), '{}'),
    ],
    [
      'a native module',
      './native.node',
      (root) => writeFileSync(path.join(root, 'viewservice/native.node'), ''),
    ],
    [
      'a module of another kind',
      './other.cjs',
      (root) => writeFileSync(path.join(root, 'viewservice/other.cjs'), ''),
    ],
  ])('%s', (_what, name, prepare) => {
    const { run, logged } = load(`require('${name}');`, prepare);
    expect(run).toThrow('which a node must not');
    expect(logged).toHaveLength(1);
  });

  test.each([
    ['a number', 'require(3)'],
    ['an object with a text', `require({ toString: () => 'fs' })`],
    ['nothing', 'require()'],
  ])('%s is no name', (_what, lines) => {
    expect(load(`${lines};`).run).toThrow('expected the name of a module');
  });
});

test('require and module lead nowhere else', () => {
  const { run } = load(`export const found = [
    require.cache, require.main, require.resolve, require.extensions, module.parent,
    module.constructor._load, module.paths, module.require];`);
  expect(run()).toEqual({ found: Array(8).fill(undefined) });
});

describe('import() loads what require does, and tells of the same', () => {
  const came = "then(() => 'got', (error) => error.message)";
  test.each(['node:fs', '../scripts/grade', '/etc/passwd', 'data:text/javascript,1'])(
    '%s',
    async (name) => {
      const { run, logged } = load(`export const found = import('${name}').${came};`);
      expect(await run().found).toMatch(/server\.ts uses .*, which a node must not: /);
      expect(logged).toEqual([['forbidden call', { what: `module ${name} in server.ts` }]]);
    },
  );

  test('a name that is made when it runs', async () => {
    const { run, logged } = load(`
      const load = (name: string) => import(name);
      export const found = load(['node', 'vm'].join(':')).${came};`);
    expect(await run().found).toContain('which a node must not');
    expect(logged).toHaveLength(1);
  });

  test('what may be used', async () => {
    const { run, logged } = load(`
      export const found = import('../runtime/errors').then(({ RpcError }) => typeof RpcError);`);
    expect(await run().found).toBe('function');
    expect(logged).toEqual([]);
  });
});

test('what may be used is there', () => {
  const { run, logged } = load(`
    import * as v from 'valibot';
    import { RpcError } from '../runtime/errors';
    import { defineService } from '../runtime/service';
    import { Address } from '../runtime/node';
    import { View } from './api';
    import { Operation } from '../pbservice/api';
    export const found = [v.string, RpcError, defineService, Address, View, Operation];`);
  expect((run().found as unknown[]).every((part) => part !== undefined)).toBe(true);
  expect(logged).toEqual([]);
});

test.each([
  [
    'a framework module',
    `import * as it from '../runtime/service'; (it as any).validate = () => 1;`,
  ],
  ['its parts', `const it = require('../runtime/errors'); it.RpcError = class {};`],
  ['a package', `const it = require('valibot'); it.parse = () => 1;`],
  ['a module of Node.js', `const it = require('node:util'); it.inspect = () => 1;`],
])('nothing can be put into %s', (_what, lines) => {
  expect(load(lines).run).toThrow(/Cannot assign to read only property/);
});

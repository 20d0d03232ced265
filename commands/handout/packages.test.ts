import { readFileSync } from 'node:fs';
import path from 'node:path';
import { handoutLock, handoutPackage, type Lock, type Manifest, programsOf } from './packages';

const root = path.resolve(__dirname, '../..');
const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const manifest: Manifest = read('package.json');

test('the programs are those that the commands of students run', () => {
  const programs = programsOf(manifest);
  expect(programs).toEqual(expect.arrayContaining(['pbservice/main.ts', 'scripts/run.cjs']));
  expect(programs).not.toContain('scripts/grade.ts');
});

test('packages are kept when they are imported, with their types, and the tools', () => {
  const { dependencies, devDependencies, scripts } = handoutPackage(manifest, new Set(['ws']));
  expect(Object.keys(dependencies).sort()).toEqual(['typescript', 'ws']);
  expect(Object.keys(devDependencies).sort()).toEqual([
    '@types/jest',
    '@types/node',
    '@types/ws',
    'jest',
  ]);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', 'watch']));
  expect(scripts).not.toHaveProperty('grade');
});

test('a package that is imported and not declared is an error that names it', () => {
  expect(() => handoutPackage(manifest, new Set(['left-pad']))).toThrow('imports: left-pad');
});

describe('the lock file', () => {
  const own = handoutPackage(manifest, new Set(['ws']));
  const lock: Lock = {
    name: 'all',
    version: '1.0.0',
    packages: {
      '': {},
      ...Object.fromEntries(
        Object.keys({ ...own.dependencies, ...own.devDependencies }).map((name) => [
          `node_modules/${name}`,
          {},
        ]),
      ),
      'node_modules/ws': { dependencies: { b: '1' }, peerDependencies: { d: '1' } },
      'node_modules/ws/node_modules/b': { dependencies: { c: '1' } },
      'node_modules/b': {},
      'node_modules/c': { peer: true },
      'node_modules/d': { optionalDependencies: { nowhere: '1' } },
    },
  };

  test('has what is reached, found as Node finds it, and says what is only a peer', () => {
    const { packages } = handoutLock(lock, own);
    expect(packages).not.toHaveProperty(['node_modules/b']);
    expect(packages['node_modules/ws/node_modules/b']).toEqual({ dependencies: { c: '1' } });
    expect(packages['node_modules/c']).toEqual({});
    expect(packages['node_modules/d']).toMatchObject({ peer: true });
    expect(packages['']).toMatchObject({ name: 'viewlab-handout', dependencies: own.dependencies });
  });

  test('that lacks a package is an error that says who needs it', () => {
    const { 'node_modules/c': _c, ...packages } = lock.packages;
    expect(() => handoutLock({ ...lock, packages }, own)).toThrow(
      'has no c, which node_modules/ws/node_modules/b needs',
    );
  });
});

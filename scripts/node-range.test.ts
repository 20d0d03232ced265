import { readFileSync } from 'node:fs';
import path from 'node:path';
import { allows, rangeInWords } from './node-range.cjs';

const root = path.resolve(__dirname, '..');
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

test.each([
  ...['20.19.0', '20.20.2', '22.12.0', '22.23.3', '23.0.0', '24.0.0', '26.10.0', '30.1.0'].map(
    (version) => [version, true] as const,
  ),
  ...['12.22.12', '18.20.8', '20.18.3', '21.7.3', '22.0.0', '22.11.0'].map(
    (version) => [version, false] as const,
  ),
])('Node %s: %s', (version, expected) => {
  expect(allows(version)).toBe(expected);
});

test.each([
  'README.md',
  'CONTRIBUTING.md',
  'commands/handout/files/README.md',
  'commands/handout/files/LAB.md',
])('%s says the same range as package.json, and no other', (file) => {
  expect(textOf(file).match(/Node\.js \d[^,]*, or [\d.]+ or newer/g)).toEqual([
    `Node.js ${rangeInWords()}`,
  ]);
  expect(textOf(file).match(/20\.\d+/g)).toEqual(['20.19']);
});

test('.nvmrc names a version that will do', () => {
  expect(allows(`${textOf('.nvmrc').trim()}.999.0`)).toBe(true);
});

test('Gradescope installs a version that will do, and asks the same script', () => {
  const setup = textOf('commands/package-grader/gradescope/setup.sh');
  expect(allows(/^node_version=(\S+)$/m.exec(setup)?.[1] ?? '')).toBe(true);
  expect(setup).toContain('scripts/node-range.cjs');
});

// What an old Node cannot parse, it cannot refuse.
test.each(['run', 'tool', 'ensure-installed', 'node-range', 'packages-in-use', 'install'])(
  'scripts/%s.cjs is written for Node 12, as far as an old Node reads it',
  (name) => {
    expect(textOf(`scripts/${name}.cjs`)).not.toMatch(
      /\?\?|\?\.[a-z([]|\|\|=|&&=|\.at\(|#\w+ ?[=(;]/i,
    );
  },
);

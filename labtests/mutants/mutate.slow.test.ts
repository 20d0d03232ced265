/** The list of mutants, as the program prints it. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(__dirname, '../..');

/** Jest cannot load the instrumenter, which is an ES module: the program runs for itself. */
function list(...args: string[]) {
  const program = [path.join(root, 'scripts/run.cjs'), 'scripts/mutants', '--list', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n'), stderr };
}

test('every survivor that is explained is still a mutant of the solution', () => {
  const { status, lines } = list();
  expect(lines.filter((line) => line.includes('is no mutant'))).toEqual([]);
  expect(status).toBe(0);
  expect(lines.length).toBeGreaterThan(600);
});

test('small changes of code, but none of what is only for people', () => {
  const { lines } = list('--only', 'viewservice/server.ts');
  const [text, places] = [lines.join('\n'), lines.map((line) => line.split('  ').slice(1, 3))];
  const compared = 'viewnum > this.state.view.viewnum';
  expect(text).toContain(`ConditionalExpression  ${compared} -> true`);
  expect(text).toContain(`EqualityOperator  ${compared} -> ${compared.replace('>', '>=')}`);
  expect(places).toContainEqual(['StringLiteral', `'forgot-views' -> ""`]);
  const notRun = lines.filter((line) => line.includes('(not run: a line of the log'));
  expect(notRun.length).toBeGreaterThan(5);
  expect(
    notRun.filter((line) => !/'|\{|next\.|before\.|viewnum >|hasForgotten/.test(line)),
  ).toEqual([]);
});

test.each([
  [
    'viewservice/rulez.ts',
    'expected a file of the solution with mutants in it, got viewservice/rulez.ts',
  ],
  ['viewservice/rules.ts:1', 'nothing is mutated in viewservice/rules.ts:1'],
])('--only %s is used wrongly', (only, message) => {
  const { status, stderr } = list('--only', only);
  expect(stderr).toContain(`mutants: --only: ${message}`);
  expect(status).toBe(2);
});

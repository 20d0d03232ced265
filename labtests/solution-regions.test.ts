import { cutSolution, linesOfSolution } from './solution-regions';

const text = `import { a } from './a';

export class Server {
  // solution: begin
  // stub: // Add the state.
  private state = a;
  // solution: end

  /** What it owes. */
  tick(): void {
    // solution: begin
    // stub: if (this) {
    // stub:   throw notImplemented('server.ts', 'Server.tick');
    // stub: }
    this.step();
    // solution: end
  }

  // solution: begin
  private step() {}
  // solution: end
}

// solution: begin
function helper() {}
// solution: end
`;

test('the stub lines stand in the place of the solution, without gaps where nothing is left', () => {
  expect(
    cutSolution(text, 'pbservice/server.ts'),
  ).toBe(`import { notImplemented } from '../runtime/errors';

export class Server {
  // Add the state.

  /** What it owes. */
  tick(): void {
    if (this) {
      throw notImplemented('server.ts', 'Server.tick');
    }
  }
}
`);
});

test.each([
  ['of Windows', (line: string) => `${line}\r\n`],
  ['of old Macs', (line: string) => `${line}\r`],
  ['of both, in turn', (line: string, i: number) => `${line}${i % 2 ? '\r\n' : '\n'}`],
  ['after spaces', (line: string) => `${line}${/(solution|stub):/.test(line) ? ' \t' : ''}\n`],
  ['after a byte order mark', (line: string, i: number) => `${i === 0 ? '\uFEFF' : ''}${line}\n`],
])('marks are found whatever the line ends: %s', (_name, ended) => {
  const given = text.slice(0, -1).split('\n').map(ended).join('');
  expect(cutSolution(given, 'pbservice/server.ts')).toBe(cutSolution(text, 'pbservice/server.ts'));
});

test('a text without marks stays as it is', () => {
  const plain = 'const a = {\n\n  b: 1,\n\n\n};\n';
  expect(cutSolution(plain, 'a.ts')).toBe(plain);
});

test('the lines of the solution are those between the marks, or all where there is none', () => {
  const text = 'given\n// solution: begin\n// stub: a\nown\n// solution: end\ngiven\n';
  expect([...linesOfSolution(text)]).toEqual([3, 4]);
  expect([...linesOfSolution('a\nb')]).toEqual([1, 2]);
});

test('Markdown has marks in comments of its own', () => {
  const page = '# A\n\n<!-- solution: begin -->\n\nsecret\n\n<!-- solution: end -->\n\n## B\n';
  expect(cutSolution(page, 'a.md')).toBe('# A\n\n## B\n');
});

test.each([
  ['// solution: begin\na\n', 'x.ts:1: "solution: begin" without "solution: end" after it'],
  ['a\n// solution: end\n', 'x.ts:2: "solution: end" without "solution: begin" before it'],
  [
    '// solution: begin\n\n// solution: begin\n// solution: end\n',
    'x.ts:3: "solution: begin" inside the solution that begins in line 1',
  ],
  ['// solution: start\n', 'x.ts:1: expected "solution: begin" or "solution: end", got'],
  ['// stub: a\n', 'x.ts:1: expected stub lines only right after "solution: begin"'],
  [
    '// solution: begin\na\n// stub: b\n// solution: end\n',
    'x.ts:3: expected stub lines only right after "solution: begin"',
  ],
  ['//solution: begin\na\n', 'x.ts:1: expected a mark alone in its line, like '],
  ['\n// Solution: begin\na\n', 'x.ts:2: expected a mark alone in its line'],
  ['// solution begin\na\n', 'x.ts:1: expected a mark alone in its line'],
  ['/* solution: begin */\na\n', 'x.ts:1: expected a mark alone in its line'],
  ['<!-- solution: begin\na\n', 'x.ts:1: expected a mark alone in its line'],
  ['tick(); // solution: begin\na\n', 'x.ts:1: expected a mark alone in its line'],
  ['// solution: begin\n//stub: a\n// solution: end\n', 'x.ts:2: expected a mark alone'],
])('wrong marks are named with file and line: %j', (marked, message) => {
  expect(() => cutSolution(marked, 'x.ts')).toThrow(message);
});

import { cutSolution, solutionLines } from './regions';

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
  expect(cutSolution(text, 'server.ts')).toBe(`import { a } from './a';

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

test('a text without marks stays as it is', () => {
  const plain = 'const a = {\n\n  b: 1,\n\n\n};\n';
  expect(cutSolution(plain, 'a.ts')).toBe(plain);
});

test('Markdown has marks in comments of its own', () => {
  const page = '# A\n\n<!-- solution: begin -->\n\nsecret\n\n<!-- solution: end -->\n\n## B\n';
  expect(cutSolution(page, 'a.md')).toBe('# A\n\n## B\n');
});

test('the solution is what stands between the marks, without the stub lines', () => {
  expect(solutionLines(text, 'server.ts')).toEqual([
    '  private state = a;',
    '    this.step();',
    '  private step() {}',
    'function helper() {}',
  ]);
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
])('wrong marks are named with file and line: %j', (marked, message) => {
  expect(() => cutSolution(marked, 'x.ts')).toThrow(message);
});

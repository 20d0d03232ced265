import { leaksIn } from './leaks';

const original = `keep();
// solution: begin
// stub: return nothing;
const answer = await this.backup.forward(operation);
}
// solution: end
}
`;
const handout = (others: Record<string, string>, text = 'keep();\nreturn nothing;\n}\n') =>
  leaksIn(
    new Map([['a.ts', text], ...Object.entries(others)]),
    new Map([['a.ts', original]]),
    new Map([['kept.ts', 'keep();\nconst batch = this.queue.splice(0, length);\n']]),
  );

test('what is given, the stub included, is no leak', () => {
  expect(handout({ 'b.ts': 'keep();\nreturn nothing;\n' })).toEqual([]);
});

test('a file of the solution has each line as often as it is given, however short', () => {
  expect(handout({}, 'keep();\nreturn nothing;\n}\n}\n')).toEqual(['a.ts: }']);
});

test.each(['docs/lab/01.md', 'labtests/zoo/right/x.ts', 'labtests/part-a/part-a.test.ts'])(
  'no other file has a line of it: %s',
  (file) => {
    const text = 'before\r\n  const answer = await this.backup.forward(operation);  \r\nafter';
    expect(handout({ [file]: text })).toEqual([
      `${file}: const answer = await this.backup.forward(operation);`,
    ]);
  },
);

test('no file has a line of those that are the solution’s alone', () => {
  const line = 'const batch = this.queue.splice(0, length);';
  expect(handout({ 'b.ts': `keep();\n  ${line}\n` })).toEqual([`b.ts: ${line}`]);
});

test('it finds what was not cut because its marks were not seen', () => {
  for (const text of [original.replaceAll('\n', '\r\n'), original.replace('// s', '//s')]) {
    expect(leaksIn(new Map([['a.ts', text]]), new Map([['a.ts', text]]), new Map())).toEqual([
      'a.ts: const answer = await this.backup.forward(operation);',
      'a.ts: }',
    ]);
  }
});

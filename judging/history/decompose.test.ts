import { decompose } from './decompose';

test.each<[string, string[], string[], ReturnType<typeof decompose>]>([
  ['abc', [], ['a', 'b', 'c'], { start: undefined, appended: ['a', 'b', 'c'] }],
  ['xab', ['x', 'y'], ['a', 'b'], { start: 'x', appended: ['a', 'b'] }],
  ['x', ['x'], ['a'], { start: 'x', appended: [] }],
  ['abd', [], ['a', 'b', 'c'], undefined],
  ['12;3;', [], ['12;', '2;', '3;'], { start: undefined, appended: ['12;', '3;'] }],
  ['111', [], ['1', '11'], 'ambiguous'],
  ['ab', ['a'], ['a', 'b'], 'ambiguous'],
  ['', [], ['a'], { start: undefined, appended: [] }],
])('%j of starts %j and appends %j', (value, starts, appends, expected) => {
  expect(decompose(value, starts, new Set(appends))).toEqual(expected);
});

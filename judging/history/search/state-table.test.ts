import fc from 'fast-check';
import { MISSING, OTHER, StateTable } from './state-table';

const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 });

test('states are equal if and only if their values are, as far as anybody can tell', () => {
  fc.assert(
    fc.property(fc.array(text), fc.array(fc.array(text), { maxLength: 6 }), (expected, values) => {
      const table = new StateTable(expected, { prefixesCount: true, keepsTexts: false });
      const states = values.map((pieces) => ({
        text: pieces.join(''),
        state: pieces.reduce((state, piece) => table.append(state, piece), table.of('')),
      }));
      for (const { text, state } of states) {
        const isUseful = expected.some((value) => value.startsWith(text));
        expect(state === OTHER).toBe(!isUseful);
        if (isUseful) expect(table.text(state)).toBe(text);
        expect(state).toBe(table.of(text));
      }
    }),
  );
});

test('all texts are told apart if they have to be', () => {
  const table = new StateTable(['a'], { prefixesCount: true, keepsTexts: true });
  const states = ['', 'a', 'b', 'ab', 'bb'].map((it) => table.of(it));
  expect(new Set([MISSING, OTHER, ...states]).size).toBe(7);
  expect(table.append(table.of('b'), 'b')).toBe(table.of('bb'));
  expect(table.text(table.of('bb'))).toBe('bb');
});

test('without appends the beginning of an expected value is worth no more than any other', () => {
  const table = new StateTable(['ab'], { prefixesCount: false, keepsTexts: false });
  expect(table.of('a')).toBe(OTHER);
  expect(table.of('ab')).not.toBe(OTHER);
});

test('nothing appended to a missing value makes it the empty one', () => {
  const table = new StateTable(['', 'a'], { prefixesCount: true, keepsTexts: false });
  expect(table.append(MISSING, '')).toBe(table.of(''));
  expect(table.of('')).not.toBe(MISSING);
  expect(table.append(MISSING, 'a')).toBe(table.of('a'));
});

test('what occurs in no expected value is known not to', () => {
  const table = new StateTable(['abc', 'abcd', 'x'], { prefixesCount: true, keepsTexts: false });
  expect(['bc', 'd', 'x'].map((it) => table.mayOccur(it))).toEqual([true, true, true]);
  expect(table.mayOccur('ca')).toBe(false);
});

/** A large message keeps its shape in the trace, and says how large it was. */
import { abridged, abridgedBody } from './abridgement';

test('what is small stays as it is', () => {
  const body = { reply: { value: 'x'.repeat(300), more: [1, null, true] } };
  expect(abridgedBody(JSON.stringify(body), JSON.parse)).toEqual(body);
});

test('of a long text one sees how long it was and how it begins', () => {
  const body = { reply: { value: `begun${'x'.repeat(999_995)}` } };
  expect(abridgedBody(JSON.stringify(body), JSON.parse)).toEqual({
    reply: { value: '(1,000,000 characters: begunxxxxxxxxxxxxxxx...)' },
  });
});

test('a long list ends with how many more there are', () => {
  const list = abridged(Array.from({ length: 1_025 }, (_, i) => i)) as unknown[];
  expect(list).toHaveLength(21);
  expect(list.at(-1)).toBe('and 1,005 more');
});

test('no character is cut in two', () => {
  expect(abridged(`${'x'.repeat(19)}😀${'x'.repeat(300)}`)).toBe(
    `(321 characters: ${'x'.repeat(19)}...)`,
  );
});

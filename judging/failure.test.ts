/** A bug that the framework notices is told with what to do, where that is known. */
import { oversized, unawaited } from '../runtime/node-bug';
import { failureOfBug } from './failure';

const bug = { type: 'failure', message: 'it failed', frames: [] } as const;

test.each([
  [{ ...bug, where: oversized, expected: 'short messages' }, /^weigh a message before/],
  [{ ...bug, where: unawaited }, /^await it, or catch/],
])('%j', (one, words) => {
  expect(failureOfBug('s1', one).remedy).toMatch(words);
});

test('of an error of its own nothing more is known', () => {
  expect(failureOfBug('s1', { ...bug, where: 'tick' })).not.toHaveProperty('remedy');
});

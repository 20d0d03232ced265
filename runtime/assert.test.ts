import { assert } from './assert';

test('what does not hold is said', () => {
  expect(() => assert(true, 'one is one')).not.toThrow();
  expect(() => assert(false, 'one is two')).toThrow('it must hold that one is two');
});

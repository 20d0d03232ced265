import { allScenarios } from '../../labtests/catalogue';
import { chosenIds } from './arguments';

test('what is skipped is left out of what is graded, and something must be left', () => {
  expect(chosenIds(undefined, undefined)).toBeUndefined();
  expect(chosenIds(['B4', 'B36a', 'B36b'], 'b36')).toEqual(['B4']);
  const ids = allScenarios().map(({ id }) => id);
  expect(chosenIds(undefined, 'part-a,B37')).toEqual(ids.filter((id) => !/^(A|B37)/.test(id)));
  expect(() => chosenIds(['B4'], 'B4')).toThrow('expected to leave something');
});

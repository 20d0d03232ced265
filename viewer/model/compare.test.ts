import type { TraceEvent } from '../../runtime/trace';
import { compareRuns } from './compare';
import { message } from './sample.testing';

const at = (t: number, node: string, text: string): TraceEvent => {
  return { t, node, type: 'invoke', operation: 1, f: 'put', args: { key: 'k', value: text } };
};
const operate = (t: number, client: string, value: string) =>
  message('request', t, ['c1', 's1'], 'PbService.operate', { client, value }, [t, t + 1]);

test('times and numbers of messages do not matter, the order at each node does', () => {
  const here = [at(1, 'c1', 'a'), ...operate(2, 'x', 'v'), at(5, 'c2', 'b')];
  const there = [at(1, 'c2', 'b'), at(4, 'c1', 'a'), ...operate(7, 'x', 'v')];
  const { counterparts, shared, parting } = compareRuns(here, there);
  expect([...counterparts]).toEqual([1, 2, 3, 0]);
  expect(shared).toBe(4);
  expect(parting).toBeUndefined();
});

test('runs part at the first event that is another, and a node that has parted stays so', () => {
  const here = [at(1, 'c1', 'a'), at(2, 'c2', 'x'), at(3, 'c2', 'z'), at(4, 'c1', 'b')];
  const there = [at(1, 'c1', 'a'), at(2, 'c2', 'y'), at(3, 'c2', 'z'), at(4, 'c1', 'b')];
  const { counterparts, parting } = compareRuns(here, there);
  expect([...counterparts]).toEqual([0, -1, -1, 3]);
  expect(parting).toEqual({ node: 'c2', here: 1, there: 1 });
});

test('where nothing more happens at a node, that is the difference', () => {
  const short = [at(1, 'c1', 'a')];
  const long = [...short, at(2, 'c1', 'b')];
  expect(compareRuns(short, long).parting).toEqual({ node: 'c1', here: undefined, there: 1 });
  expect(compareRuns(long, short).parting).toEqual({ node: 'c1', here: 1, there: undefined });
});

test('the names that clerks draw may differ, and mean the same wherever they stand', () => {
  const state = (client: string, seq: number) =>
    message('request', 9, ['s1', 's2'], 'R.transfer', { seen: { [client]: { seq } } }, [9, 10]);
  const here = [...operate(1, 'aa', 'v'), ...state('aa', 3)];
  expect(compareRuns(here, [...operate(1, 'bb', 'v'), ...state('bb', 3)]).shared).toBe(4);
  expect(compareRuns(here, [...operate(1, 'bb', 'v'), ...state('cc', 3)]).parting?.here).toBe(2);
  expect(compareRuns(here, [...operate(1, 'bb', 'v'), ...state('bb', 4)]).parting?.here).toBe(2);
  expect(compareRuns(here, [...operate(1, 'bb', 'w'), ...state('bb', 3)]).parting?.here).toBe(0);
});

test('pings are compared only where nothing else happens', () => {
  const ping = (viewnum: number) =>
    message('request', 1, ['s1', 'vs'], 'ViewService.ping', { server: 's1', viewnum }, [1, 2]);
  expect(compareRuns(ping(0), ping(1)).parting?.here).toBe(0);
  const client = at(5, 'c1', 'a');
  expect(compareRuns([...ping(0), client], [...ping(1), client]).parting).toBeUndefined();
});

import type { StateEntry } from '../replication-api';
import { StateMachine } from '../state-machine';
import { differences, UnsharedWrites } from './divergence';
import { chunksOf, IncomingState } from './transfer';

const entry = (key: string, value = key): StateEntry => ({ of: 'map', key, value });
function stateOf(...entries: StateEntry[]): StateMachine {
  const state = new StateMachine();
  state.restore(entries);
  return state;
}

const first = { epoch: 1, sync: 1, chunk: 0, last: false, entries: [entry('a')] };
const second = { ...first, chunk: 1, last: true, entries: [entry('b')] };

describe('a state that comes in chunks', () => {
  test('is complete with the last one, and chunks that come twice do nothing', () => {
    const incoming = new IncomingState();
    expect(incoming.take(first)).toBeUndefined();
    expect(incoming.take(first)).toBeUndefined();
    expect(incoming.isFrom(1, 1)).toBe(false);
    expect([...(incoming.take(second)?.entries() ?? [])]).toEqual([entry('a'), entry('b')]);
    expect(incoming.isFrom(1, 1)).toBe(true);
    expect(incoming.take(second)).toBeUndefined();
    expect(incoming.isFrom(1, 1)).toBe(true);
  });

  test('cannot begin in the middle, and an old transfer cannot follow a newer one', () => {
    const incoming = new IncomingState();
    expect(() => incoming.take(second)).toThrow('chunk 1 of transfer 1 came without the chunks');
    incoming.take({ ...first, sync: 2 });
    expect(() => incoming.take(second)).toThrow('came without the chunks before it');
    expect(() => incoming.take(first)).toThrow('came without the chunks before it');
    incoming.take({ ...first, epoch: 2 });
    expect(incoming.take({ ...second, epoch: 2 })).toBeDefined();
  });

  test('goes in chunks of bounded length, of which one is the last', () => {
    const entries = Array.from({ length: 5 }, (_, index) => entry(`${index}`, 'x'.repeat(200_000)));
    const chunks = [...chunksOf(entries)];
    expect(chunks.map(({ last }) => last)).toEqual([false, false, true]);
    expect(chunks.flatMap((chunk) => chunk.entries)).toEqual(entries);
    expect([...chunksOf([])]).toEqual([{ entries: [], last: true }]);
  });
});

describe('what two states differ in', () => {
  test('is told in the order of the keys, with the writes that are lost', () => {
    const unshared = new UnsharedWrites();
    const append = (seq: number) =>
      ({ client: 'c', seq, operation: { op: 'append', key: 'b', value: `${seq}` } }) as const;
    unshared.note(append(1), false);
    unshared.note(append(2), false);
    unshared.note(append(3), false);
    // Retries, and what the other one has.
    unshared.note(append(3), false);
    unshared.note(append(4), true);
    unshared.note(append(4), false);
    const mine = stateOf(entry('c'), entry('b', '123'), entry('same'));
    expect(differences(mine, stateOf(entry('same'), entry('a')), unshared)).toEqual([
      { key: 'a', mine: null, theirs: 'a', lost: null },
      { key: 'b', mine: '123', theirs: null, lost: 'append "3" and 2 writes before it' },
      { key: 'c', mine: 'c', theirs: null, lost: null },
    ]);
    expect(unshared.count).toBe(3);
  });

  test('long values are cut off', () => {
    const [difference] = differences(
      stateOf(entry('a', 'x'.repeat(100))),
      stateOf(),
      new UnsharedWrites(),
    );
    expect(difference?.mine).toBe(`${'x'.repeat(60)}...`);
  });
});

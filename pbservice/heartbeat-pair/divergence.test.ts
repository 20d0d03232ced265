import type { StateEntry } from '../replication-api';
import { StateMachine } from '../state-machine';
import { differences, UnsharedWrites } from './divergence';

const entry = (key: string, value = key): StateEntry => ({ of: 'map', key, value });
function stateOf(...entries: StateEntry[]): StateMachine {
  const state = new StateMachine();
  state.restore(entries);
  return state;
}

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

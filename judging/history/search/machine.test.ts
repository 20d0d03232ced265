import { smallHistory } from '../brute-force';
import type { ModelName, Value } from '../model/history';
import { isOptional, isRequired, MODELS } from '../model/models';
import { Machine, REFUSED } from './machine';

test.each<ModelName>(['kv', 'register'])('the machine does what model %s says', (name) => {
  const { apply, initial } = MODELS[name];
  const mistakes: number[] = [];
  let refused = 0;
  let accepted = 0;
  for (let seed = 0; seed < 3_000; seed++) {
    const operations = smallHistory(name, seed).filter((it) => isRequired(it) || isOptional(it));
    const machine = new Machine(MODELS[name], operations);
    let state = machine.initial;
    let value: Value = initial;
    // Whatever came before, the next operation is allowed by both or by none.
    for (const [index, operation] of operations.entries()) {
      const effect = apply(value, operation);
      const next = machine.step(state, machine.instructions[index] as (typeof machine.distinct)[0]);
      if ((next !== REFUSED) !== effect.ok) mistakes.push(seed);
      if (effect.ok) {
        value = effect.state;
        state = next;
        accepted++;
      } else {
        refused++;
      }
    }
  }
  expect(mistakes).toEqual([]);
  expect(accepted).toBeGreaterThan(1_000);
  expect(refused).toBeGreaterThan(1_000);
});

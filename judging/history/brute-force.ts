import { chainedHash } from '../../pbservice/chained-hash';
import { pick, seededRandom } from '../../runtime/seeded-random';
import type { LinearizationPoint } from './checker';
import { generateHistory } from './generate';
import {
  FUNCTIONS,
  type HistoryOperation,
  type ModelName,
  operationsOf,
  type Value,
} from './model/history';
import { isOptional, isRequired, MODELS } from './model/models';

/**
 * The definition of linearizability, word for word, for the checker to be tested against: tries
 * every order of the operations on one key, and of every choice of those that never returned.
 */
export function someOrderWorks(model: ModelName, operations: readonly HistoryOperation[]): boolean {
  const { apply, initial } = MODELS[model];
  const search = (state: Value, left: readonly HistoryOperation[]): boolean =>
    !left.some(isRequired) ||
    left.some((next) => {
      if (left.some((other) => isRequired(other) && other.returnedAt < next.invokedAt))
        return false;
      const effect = apply(state, next);
      return (
        effect.ok &&
        search(
          effect.state,
          left.filter((other) => other !== next),
        )
      );
    });
  return search(
    initial,
    operations.filter((it) => isRequired(it) || isOptional(it)),
  );
}

/** The flaw of an order that is said to explain a history; undefined: none. */
export function flawIn(
  model: ModelName,
  operations: readonly HistoryOperation[],
  linearization: readonly LinearizationPoint[],
): string | undefined {
  const { apply, initial } = MODELS[model];
  const states = new Map<string | null, Value>();
  let latest = 0;
  for (const { operation, after } of linearization) {
    const { index, key, invokedAt, returnedAt } = operation;
    if (after < latest) return `operation ${index} goes back in time`;
    if (after < invokedAt || after >= returnedAt) return `operation ${index} is out of its time`;
    const effect = apply(states.get(key) ?? initial, operation);
    if (!effect.ok) return `operation ${index} does not fit the state`;
    states.set(key, effect.state);
    latest = after;
  }
  const placed = new Set(linearization.map(({ operation }) => operation));
  if (placed.size < linearization.length) return 'an operation is there twice';
  if (operations.some((it) => isRequired(it) && !placed.has(it))) return 'an operation is missing';
  return undefined;
}

// The generator writes "0" and "1".
const VALUES = ['', '0', '1'];
const HASHES = VALUES.flatMap((old) => VALUES.map((value) => chainedHash(old, value)));
const READABLE: Readonly<Record<ModelName, readonly Value[]>> = {
  kv: [null, ...VALUES, '00', '01', '10', '11', ...HASHES],
  register: [null, ...VALUES, 1],
};

/**
 * A small history with few values, so that much can be explained in more than one way: that of a
 * correct store, of which some returns have been lost and some results changed.
 */
export function smallHistory(model: ModelName, seed: number): HistoryOperation[] {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const lossShare = random() * 0.5;
  const lieShare = random() * 0.5;
  const events = generateHistory({
    model,
    seed: below(2 ** 31),
    operations: 1 + below(6),
    clients: 1 + below(5),
    values: 2,
    functions: Array.from({ length: 3 }, () => pick(random, FUNCTIONS[model])),
  });
  return operationsOf(
    events.map((event) => {
      if (event.type === 'invoke') {
        return event.value === '0' && random() < 0.1 ? { ...event, value: '' } : event;
      }
      if (random() < lossShare) return { ...event, type: random() < 0.3 ? 'fail' : 'info' };
      const brings = event.f === 'get' || event.f === 'read' || event.f === 'putHash';
      if (!brings || random() >= lieShare) return event;
      const value = pick(random, READABLE[model]);
      return { ...event, value: event.f === 'putHash' ? String(value ?? '') : value };
    }),
    model,
  );
}

/**
 * A small history of appends, each of a text of its own, and perhaps a put or two: that of a correct
 * store, of which some returns have been lost, and some reads made of other pieces.
 */
export function growingHistory(seed: number): HistoryOperation[] {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const options = { model: 'kv', operations: 2 + below(5), clients: 1 + below(4) } as const;
  const functions = [
    ['get', 'append'],
    ['get', 'get', 'append'],
    ['get', 'append', 'put'],
  ] as const;
  const events = generateHistory({
    ...options,
    ...{ seed: below(2 ** 31), functions: pick(random, functions), infoShare: random() * 0.3 },
  });
  const texts = ['', ...events.flatMap(({ f, value }) => (f === 'get' ? [] : [String(value)]))];
  const lieShare = random();
  return operationsOf(
    events.map((event) => {
      if (event.f !== 'get' && event.type === 'ok' && random() < 0.2) {
        return { ...event, type: random() < 0.5 ? 'fail' : 'info' };
      }
      if (event.f !== 'get' || event.type !== 'ok' || random() >= lieShare) return event;
      const pieces = Array.from({ length: below(5) }, () => pick(random, texts));
      return { ...event, value: pieces.join('') || null };
    }),
    'kv',
  );
}

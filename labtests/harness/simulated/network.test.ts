/** What becomes of a message: which fate, and when. */
import { seededRandom } from '../seeded-random';
import { type Envelope, fairWeather, Network, stormyWeather } from './network';

const request: Envelope = { kind: 'request', from: 's1', to: 's2' };
const response: Envelope = { kind: 'response', from: 's2', to: 's1' };

const network = () => new Network(seededRandom(1));
const types = (of: Network, message: Envelope, count: number) =>
  Array.from({ length: count }, (_, i) => of.fateOf(message, i).type);

test('in fair weather everything arrives once, soon', () => {
  const fair = network();
  for (let now = 0; now < 100; now += 1) {
    const fate = fair.fateOf(request, now * 10);
    if (fate.type !== 'arrives') throw new Error(`it was ${fate.type}`);
    expect(fate.timesMs).toHaveLength(1);
    expect(fate.timesMs[0]).toBeGreaterThanOrEqual(now * 10 + fairWeather.minDelayMs);
    expect(fate.timesMs[0]).toBeLessThanOrEqual(now * 10 + fairWeather.maxDelayMs);
  }
});

test('a link is blocked in one direction until it is unblocked', () => {
  const cut = network();
  cut.block('s1', 's2');
  expect(cut.fateOf(request, 0).type).toBe('blocked');
  expect(cut.fateOf(response, 0).type).toBe('arrives');
  expect(cut.fateOf({ ...request, to: 's3' }, 0).type).toBe('arrives');
  cut.unblock('s1', 's2');
  expect(cut.fateOf(request, 0).type).toBe('arrives');
});

test('so many messages of a kind are dropped, and no more', () => {
  const lossy = network();
  lossy.intercept({ matches: ({ kind }) => kind === 'request', fate: 'drop', remaining: 2 });
  expect(lossy.fateOf(response, 0).type).toBe('arrives');
  expect(types(lossy, request, 4)).toEqual(['lost', 'lost', 'arrives', 'arrives']);
});

test('a duplicated message arrives twice, the next one once', () => {
  const doubling = network();
  doubling.intercept({ matches: () => true, fate: 'duplicate', remaining: 1 });
  expect(doubling.fateOf(request, 0)).toMatchObject({
    timesMs: [expect.anything(), expect.anything()],
  });
  expect(doubling.fateOf(request, 0)).toMatchObject({ timesMs: [expect.anything()] });
});

test('a held message takes as long as it is held', () => {
  const holding = network();
  holding.intercept({ matches: () => true, fate: { holdMs: () => 1_234 }, remaining: 1 });
  expect(holding.fateOf(request, 100)).toEqual({ type: 'arrives', timesMs: [1_334] });
});

test('a partition goes before a plan, and does not use it up', () => {
  const both = network();
  both.intercept({ matches: () => true, fate: 'drop', remaining: 1 });
  both.block('s1', 's2');
  expect(both.fateOf(request, 0).type).toBe('blocked');
  both.unblock('s1', 's2');
  expect(both.fateOf(request, 0).type).toBe('lost');
});

/** When messages sent 0.1 ms after each other arrive. */
function arrivals(of: Network, messages: (i: number) => Envelope, count = 200): number[] {
  return Array.from({ length: count }, (_, i) => {
    const fate = of.fateOf(messages(i), i / 10);
    return fate.type === 'arrives' ? (fate.timesMs[0] as number) : -1;
  }).filter((time) => time >= 0);
}

const isSorted = (times: readonly number[]) =>
  times.every((time, i) => i === 0 || time >= (times[i - 1] as number));

test('in fair weather the messages of one link keep their order, those of two links need not', () => {
  expect(isSorted(arrivals(network(), () => request))).toBe(true);
  expect(isSorted(arrivals(network(), (i) => (i % 2 ? request : response)))).toBe(false);
});

test('in a storm messages overtake each other, get lost and come twice', () => {
  const stormy = network();
  stormy.weather = stormyWeather;
  expect(isSorted(arrivals(stormy, () => request))).toBe(false);
  const fates = Array.from({ length: 2_000 }, () => stormy.fateOf(request, 0));
  const lost = fates.filter(({ type }) => type === 'lost').length;
  const twice = fates.filter((fate) => fate.type === 'arrives' && fate.timesMs.length === 2);
  for (const count of [lost, twice.length]) {
    expect(count).toBeGreaterThan(100);
    expect(count).toBeLessThan(250);
  }
});

test('heal ends partitions, plans and storms', () => {
  const healed = network();
  healed.block('s1', 's2');
  healed.intercept({ matches: () => true, fate: 'drop', remaining: 10 });
  healed.weather = stormyWeather;
  healed.heal();
  expect(new Set(types(healed, request, 200))).toEqual(new Set(['arrives']));
  expect(healed.weather).toBe(fairWeather);
});

test('the same seed gives the same fates', () => {
  const fates = () => {
    const stormy = new Network(seededRandom(5));
    stormy.weather = stormyWeather;
    return Array.from({ length: 100 }, (_, i) => stormy.fateOf(request, i));
  };
  expect(fates()).toEqual(fates());
});

/** The fate of a message: which, and when. */
import { type Envelope, type Fate, Faults, fairWeather, noWeather } from './faults';
import { seededRandom } from './seeded-random';

const request: Envelope = { kind: 'request', from: 's1', to: 's2' };
const response: Envelope = { kind: 'response', from: 's2', to: 's1' };
const delivered = { type: 'deliver', timesMs: [0] };

function faultsWith(...numbers: number[]): Faults {
  return new Faults(() => numbers.shift() ?? 0.5);
}

const fair = () => new Faults(seededRandom(1), fairWeather);
const fates = (faults: Faults, message: Envelope, count: number): Fate[] =>
  Array.from({ length: count }, (_, i) => faults.fateOf(message, i));

test('without faults everything arrives at once', () => {
  const faults = faultsWith();
  expect(faults.any).toBe(false);
  expect(faults.fateOf(request)).toEqual(delivered);
});

test('in fair weather everything arrives once, soon', () => {
  const faults = fair();
  for (let now = 0; now < 1_000; now += 10) {
    const fate = faults.fateOf(request, now);
    if (fate.type !== 'deliver') throw new Error(`expected it to be delivered, got ${fate.type}`);
    expect(fate.timesMs).toHaveLength(1);
    expect(fate.timesMs[0]).toBeGreaterThanOrEqual(now + fairWeather.minDelayMs);
    expect(fate.timesMs[0]).toBeLessThanOrEqual(now + fairWeather.maxDelayMs);
  }
  expect(faults.any).toBe(false);
});

test('a link is cut one way, for requests and responses alike', () => {
  const faults = faultsWith();
  faults.cut('s1', 's2');
  expect(faults.any).toBe(true);
  expect(faults.fateOf(request)).toEqual({ type: 'cut' });
  expect(faults.fateOf({ ...request, kind: 'response' })).toEqual({ type: 'cut' });
  expect(faults.fateOf(response)).toEqual(delivered);
  expect(faults.fateOf({ ...request, to: 's3' })).toEqual(delivered);
  faults.mend('s1', 's2');
  expect(faults.fateOf(request)).toEqual(delivered);
});

test('a plan concerns the next messages that it fits, and no more', () => {
  const faults = faultsWith();
  faults.drop({ from: 's1', kind: 'request' }, 2);
  faults.duplicate({ to: 's1' }, 1);
  const got = [response, request, request, request, response].map((one) => faults.fateOf(one));
  expect(got).toEqual([
    { type: 'deliver', timesMs: [0, 0] },
    { type: 'drop' },
    { type: 'drop' },
    delivered,
    delivered,
  ]);
  expect(faults.any).toBe(false);
});

test('a cut goes before a plan, and does not use it up', () => {
  const faults = faultsWith();
  faults.drop({}, 1);
  faults.cut('s1', 's2');
  expect(faults.fateOf(request).type).toBe('cut');
  faults.mend('s1', 's2');
  expect(faults.fateOf(request).type).toBe('drop');
});

test('what is held arrives when it is released, in order; what comes then passes', () => {
  const faults = faultsWith();
  const release = faults.hold({ from: 's1' }, Number.POSITIVE_INFINITY);
  const arrived: number[] = [];
  for (const number of [1, 2]) {
    const fate = faults.fateOf(request);
    if (fate.type !== 'hold') throw new Error(`expected it to be held, got ${fate.type}`);
    fate.onRelease(() => arrived.push(number));
  }
  expect(faults.fateOf(response)).toEqual(delivered);
  faults.heal();
  expect(arrived).toEqual([]);
  release();
  release();
  expect(arrived).toEqual([1, 2]);
  expect(faults.fateOf(request)).toEqual(delivered);
});

test('a storm loses, delays and repeats by chance', () => {
  const faults = faultsWith(0.05, 0.5, 0.5, 0.25, 0.5, 0.01, 0.5, 0.75);
  faults.storm({ ...noWeather, loss: 0.1, duplicate: 0.1, maxDelayMs: 40, reorders: true });
  expect(faults.fateOf(request)).toEqual({ type: 'drop' });
  expect(faults.fateOf(request)).toEqual({ type: 'deliver', timesMs: [10] });
  expect(faults.fateOf(request)).toEqual({ type: 'deliver', timesMs: [20, 30] });
});

/** When messages sent 0.1 ms after each other arrive. */
function arrivals(faults: Faults, messages: (i: number) => Envelope, count = 200): number[] {
  return Array.from({ length: count }, (_, i) => {
    const fate = faults.fateOf(messages(i), i / 10);
    return fate.type === 'deliver' ? (fate.timesMs[0] as number) : -1;
  }).filter((time) => time >= 0);
}

const isSorted = (times: readonly number[]) =>
  times.every((time, i) => i === 0 || time >= (times[i - 1] as number));

test('in fair weather the messages of one link keep their order, those of two links need not', () => {
  expect(isSorted(arrivals(fair(), () => request))).toBe(true);
  expect(isSorted(arrivals(fair(), (i) => (i % 2 ? request : response)))).toBe(false);
});

test('in a storm messages overtake each other, get lost and come twice, about so often', () => {
  const stormy = fair();
  stormy.storm();
  expect(isSorted(arrivals(stormy, () => request))).toBe(false);
  const got = fates(stormy, request, 2_000);
  const lost = got.filter(({ type }) => type === 'drop').length;
  const twice = got.filter((fate) => fate.type === 'deliver' && fate.timesMs.length === 2).length;
  for (const count of [lost, twice]) {
    expect(count).toBeGreaterThan(100);
    expect(count).toBeLessThan(250);
  }
});

test('the same seed gives the same fates', () => {
  const stormy = () => {
    const faults = new Faults(seededRandom(5), fairWeather);
    faults.storm();
    return fates(faults, request, 100);
  };
  expect(stormy()).toEqual(stormy());
});

test('healing ends everything', () => {
  const faults = fair();
  faults.cut('s1', 's2');
  faults.drop({}, 10);
  faults.storm();
  faults.heal();
  expect(faults.any).toBe(false);
  expect(new Set(fates(faults, request, 200).map(({ type }) => type))).toEqual(
    new Set(['deliver']),
  );
});

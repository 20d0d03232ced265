import { type Envelope, Faults } from './faults';

const request: Envelope = { kind: 'request', from: 's1', to: 's2' };
const response: Envelope = { kind: 'response', from: 's2', to: 's1' };
const arrives = { type: 'arrives', delaysMs: [0] };

function faultsWith(...numbers: number[]): Faults {
  return new Faults(() => numbers.shift() ?? 0.5);
}

test('without faults everything arrives at once', () => {
  const faults = faultsWith();
  expect(faults.any).toBe(false);
  expect(faults.fateOf(request)).toEqual(arrives);
});

test('a blocked link is blocked one way, for requests and responses alike', () => {
  const faults = faultsWith();
  faults.block('s1', 's2');
  expect(faults.any).toBe(true);
  expect(faults.fateOf(request)).toEqual({ type: 'blocked' });
  expect(faults.fateOf({ ...request, kind: 'response' })).toEqual({ type: 'blocked' });
  expect(faults.fateOf(response)).toEqual(arrives);
  faults.unblock('s1', 's2');
  expect(faults.fateOf(request)).toEqual(arrives);
});

test('a plan concerns the next messages that it fits, and no more', () => {
  const faults = faultsWith();
  faults.drop({ from: 's1', kind: 'request' }, 2);
  faults.duplicate({ to: 's1' }, 1);
  const fates = [response, request, request, request, response].map((one) => faults.fateOf(one));
  expect(fates).toEqual([
    { type: 'arrives', delaysMs: [0, 0] },
    { type: 'lost' },
    { type: 'lost' },
    arrives,
    arrives,
  ]);
  expect(faults.any).toBe(false);
});

test('what is held arrives when it is released; what comes then passes', async () => {
  const faults = faultsWith();
  const release = faults.hold({ from: 's1' }, Number.POSITIVE_INFINITY);
  const fate = faults.fateOf(request);
  if (fate.type !== 'held') throw new Error(`expected it to be held, it is ${fate.type}`);
  expect(faults.fateOf(response)).toEqual(arrives);
  release();
  await fate.released;
  expect(faults.fateOf(request)).toEqual(arrives);
});

test('a storm loses, delays and repeats by chance', () => {
  const faults = faultsWith(0.05, 0.5, 0.5, 0.25, 0.5, 0.01, 0.5, 0.75);
  faults.storm({ loss: 0.1, duplicate: 0.1, maxDelayMs: 40 });
  expect(faults.fateOf(request)).toEqual({ type: 'lost' });
  expect(faults.fateOf(request)).toEqual({ type: 'arrives', delaysMs: [10] });
  expect(faults.fateOf(request)).toEqual({ type: 'arrives', delaysMs: [20, 30] });
});

test('healing ends everything', () => {
  const faults = faultsWith();
  faults.block('s1', 's2');
  faults.drop({}, 5);
  faults.storm();
  faults.heal();
  expect(faults.any).toBe(false);
  expect(faults.fateOf(request)).toEqual(arrives);
});

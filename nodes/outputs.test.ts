/** Output of a node gets out of it as text, or is refused where the node can still catch that. */
import type { RpcError } from '../runtime/errors';
import type { Output } from '../runtime/node-io';
import { maxDepth, maxMessageBytes, maxOutputs, Outputs } from './outputs';

const request = (args: unknown): Output => ({
  ...{ type: 'request', to: 's2', id: 1, service: 'S', method: 'm' },
  args,
});

function refusalOf(args: unknown, unheard: boolean): RpcError {
  try {
    new Outputs().add(request(args), unheard);
  } catch (error) {
    return error as RpcError;
  }
  throw new Error('it was taken');
}

const self: Record<string, unknown> = {};
self.self = self;
let deep: unknown = 0;
for (let i = 0; i < maxDepth; i += 1) deep = [deep];

describe.each([false, true])('unheard: %p', (unheard) => {
  test.each([
    ['a message of 40 MB', 'x'.repeat(40e6), 'too-large', /the request S\.m has 40,000,000 bytes/],
    ['the same in pieces', Array(40).fill('x'.repeat(1e6)), 'too-large', /has 40,000,040 bytes/],
    ['a BigInt', { n: 1n }, 'malformed', /it has a BigInt, 1n/],
    ['one that contains itself', self, 'malformed', /more than 64 deep, or contains itself/],
    ['values too deep', [deep], 'malformed', /more than 64 deep/],
    [
      'one that throws',
      {
        get value() {
          throw new Error('no');
        },
      },
      ...(['malformed', /is no plain data: no/] as const),
    ],
  ])('%s', (_name, args, code, words) => {
    expect(refusalOf(args, unheard)).toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
  });

  test('what is at the limit is taken', () => {
    const outputs = new Outputs();
    outputs.add(request(deep), unheard);
    outputs.add(request('x'.repeat(maxMessageBytes - 200)), unheard);
    expect(outputs.take('tick')).toHaveLength(2);
  });
});

test('too many things at one input are told of by what most of them were', () => {
  const outputs = new Outputs();
  for (let i = 0; i < maxOutputs + 5; i += 1) {
    outputs.add({ type: 'log', event: i % 10 === 0 ? 'seldom' : 'often', fields: {} }, false);
  }
  const told = outputs.take('tick');
  expect(told).toHaveLength(maxOutputs + 1);
  expect(told.at(-1)).toMatchObject({
    type: 'failure',
    isEndless: true,
    message:
      'at one input, tick, it did 10,005 things, of at most 10,000: 9,000 times the log event often',
  });
  expect(outputs.take('tick')).toEqual([]);
});

test('so are too many bytes', () => {
  const outputs = new Outputs();
  for (let i = 0; i < 5; i += 1) outputs.add(request('x'.repeat(12e6)), false);
  const told = outputs.take('PbService.operate');
  expect(told).toHaveLength(5);
  expect(told.at(-1)).toMatchObject({
    message: expect.stringMatching(/^at one input, PbService.operate, it said 60,000,010 bytes/),
  });
});

test('a node that does not learn how long a message may be is told of, once', () => {
  const outputs = new Outputs();
  const send = () => {
    try {
      outputs.add(request('x'.repeat(maxMessageBytes + 1)), false);
    } catch {
      // It tries again.
    }
  };
  for (let i = 0; i < 23; i += 1) send();
  expect(outputs.take('tick')).toEqual([]);
  for (let i = 0; i < 20; i += 1) send();
  expect(outputs.take('tick')).toEqual([
    {
      ...{ type: 'failure', where: 'its messages', frames: [] },
      expected: 'messages of at most 16,776,704 bytes, and what is longer in several',
      message: expect.stringMatching(
        /^it has tried 24 times to send what is too long: the request S\.m has/,
      ),
    },
  ]);
});

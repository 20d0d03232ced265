import fc from 'fast-check';
import { RpcError } from '../errors';
import { decodeFrame, encodeFrame, encodeRequest, encodeResponse } from './frames';

const request = { id: 7, service: 'ViewService', method: 'get', args: {} };

function messageOfBad(text: string, maxMessages?: number): string {
  try {
    decodeFrame(text, maxMessages);
  } catch (error) {
    if (error instanceof RpcError && error.code === 'malformed') return error.message;
    throw error;
  }
  throw new Error('expected decodeFrame to throw');
}

test('a request looks as the reference says', () => {
  expect(encodeRequest(request)).toBe('{"id":7,"call":"ViewService.get","args":{}}');
});

test('a reply and an error look as the reference says', () => {
  expect(encodeResponse({ id: 7, result: { reply: null } })).toBe('{"id":7,"reply":null}');
  const error = { code: 'timeout', message: 'a "b"' } as const;
  expect(encodeResponse({ id: 7, result: { error } })).toBe(
    '{"id":7,"error":{"code":"timeout","message":"a \\"b\\""}}',
  );
});

test('one message is its own frame; several are an array', () => {
  expect(encodeFrame(['{"id":1}'])).toBe('{"id":1}');
  expect(encodeFrame(['{"id":1}', '{"id":2}'])).toBe('[{"id":1},{"id":2}]');
});

test('whatever was encoded is decoded to the same', () => {
  const id = fc.nat();
  const result = fc.oneof(
    fc.record({ reply: fc.jsonValue() }),
    fc.record({
      error: fc.record({ code: fc.constant('timeout' as const), message: fc.string() }),
    }),
  );
  const message = fc.oneof(
    fc.record({ id, result }),
    fc.record({
      id,
      service: fc.constant('PbService'),
      method: fc.constantFrom('operate', 'a.b'),
      args: fc.jsonValue(),
    }),
  );
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), (messages) => {
      const encoded = messages.map((item) =>
        'result' in item ? encodeResponse(item) : encodeRequest(item),
      );
      expect(decodeFrame(encodeFrame(encoded))).toEqual(JSON.parse(JSON.stringify(messages)));
    }),
  );
});

test('an empty array holds no message', () => {
  expect(decodeFrame('[]')).toEqual([]);
});

test('an error without an id belongs to the frame as a whole', () => {
  const error = { code: 'malformed', message: 'a' };
  expect(decodeFrame(JSON.stringify({ id: null, error }))).toEqual([
    { id: null, result: { error } },
  ]);
});

test.each<[string, string, string]>([
  ['text', 'hello', 'expected a frame of JSON, got hello'],
  ['a scalar', '7', 'expected a message object, got 7'],
  ['null', 'null', 'expected a message object, got null'],
  ['no id', '{"call":"A.b"}', 'expected an integer "id", got undefined'],
  ['null as id of a request', '{"id":null,"call":"A.b"}', 'expected an integer "id", got null'],
  [
    'an unsafe id',
    '{"id":9007199254740992,"reply":1}',
    'expected an integer "id", got 9007199254740992',
  ],
  [
    'a call without service',
    '{"id":1,"call":".b"}',
    'expected a "call" of the form Service.method, got .b',
  ],
  ['nothing said', '{"id":1}', 'expected a message with "call", "reply" or "error", got {"id":1}'],
])('%s is malformed, and the message says why', (_what, text, message) => {
  expect(messageOfBad(text)).toBe(message);
});

test.each(['"oops"', 'null', '{"code":"oops","message":"a"}', '{"code":"timeout"}', '[]'])(
  'the error %s is malformed',
  (error) => {
    expect(messageOfBad(`{"id":1,"error":${error}}`)).toMatch(/^expected an "error" with a known/);
  },
);

test('a frame has at most so many messages', () => {
  const messages = [encodeRequest(request), encodeRequest(request)];
  expect(decodeFrame(encodeFrame(messages), 2)).toHaveLength(2);
  expect(messageOfBad(encodeFrame([...messages, ...messages]), 3)).toContain('at most 3 messages');
});

test('a message quotes only the beginning of what came', () => {
  expect(messageOfBad('x'.repeat(100_000)).length).toBeLessThan(200);
});

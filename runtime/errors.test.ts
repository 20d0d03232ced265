import { errorTable, isErrorCode, messageOf, notImplemented, RpcError, stubIn } from './errors';

const indefinite = [
  ...['rejected', 'timeout', 'connection-lost', 'view-changed', 'bad-reply', 'internal'],
];

test.each(Object.entries(errorTable))('%s is explained in sentences', (code, entry) => {
  expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(entry.meaning).toMatch(/^[A-Z].+\.$/);
  expect(entry.remedy).toMatch(/^[A-Z].+\.$/);
});

test('an error is definite unless the operation may have happened', () => {
  const found = Object.keys(errorTable).filter(
    (code) => isErrorCode(code) && !new RpcError(code, '').definite,
  );
  expect(found).toEqual(indefinite);
});

test('an RpcError carries its code and message over the network, and nothing else', () => {
  const error = new RpcError('rejected', 'too old');
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe('RpcError');
  expect(JSON.parse(JSON.stringify(error.body))).toEqual({ code: 'rejected', message: 'too old' });
});

test.each([
  ['timeout', true],
  ['toString', false],
  ['__proto__', false],
  ['', false],
  [7, false],
])('isErrorCode(%p) is %p', (value, expected) => {
  expect(isErrorCode(value)).toBe(expected);
});

test('a stub names what is missing', () => {
  const stub = notImplemented('viewservice/server.ts', 'ViewServer.ping');
  expect(stub).toMatchObject({
    code: 'not-implemented',
    message: 'ViewServer.ping in viewservice/server.ts is not implemented yet',
  });
  expect(stubIn(stub.message)).toBe('ViewServer.ping in viewservice/server.ts');
  expect(stubIn(`127.0.0.1:8000: ${stub.message}`)).toBe(stubIn(stub.message));
  expect(stubIn(`${stub.message}, they say`)).toBeUndefined();
  expect(stubIn('is not implemented yet')).toBeUndefined();
});

test('everything that can be thrown has a message', () => {
  expect(messageOf(new TypeError('oh'))).toBe('oh');
  expect(messageOf('oh')).toBe('oh');
  expect(messageOf(undefined)).toBe('undefined');
});

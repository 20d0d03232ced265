import { formatAddress, isLoopback, parseAddress } from './address';

test.each([
  ['127.0.0.1:8000', '127.0.0.1', 8000],
  ['localhost:1', 'localhost', 1],
  ['node-1.example:65535', 'node-1.example', 65_535],
  ['[::1]:8000', '::1', 8000],
])('%s is a host and a port, and back', (text, host, port) => {
  expect(parseAddress(text)).toEqual({ host, port });
  expect(formatAddress({ host, port })).toBe(text);
});

test.each([
  '',
  '8000',
  'localhost',
  'localhost:',
  ':8000',
  'localhost:0',
  'localhost:65536',
  'localhost:80a',
  'local host:80',
  '::1:8000',
  'http://localhost:8000',
  'localhost:8000/',
])('%p is no address, and the message says what one looks like', (text) => {
  expect(() => parseAddress(text)).toThrow(
    `expected an address like 127.0.0.1:8000, got ${JSON.stringify(text)}`,
  );
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['127.evil.example', false],
])('%s can be reached only from this machine: %p', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

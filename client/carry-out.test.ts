import type { OperationResult } from '../pbservice/api';
import { RpcError } from '../runtime/errors';
import { carryOut, durationInWords, errorInWords } from './carry-out';
import type { Clerk } from './clerk';

const operation = { op: 'get', key: 'k' } as const;

/** Carries out an operation that ends when the test says so. */
function begin() {
  let finish!: (result: OperationResult) => void;
  let fail!: (error: unknown) => void;
  const perform = () =>
    new Promise<OperationResult>((resolve, reject) => {
      finish = resolve;
      fail = reject;
    });
  const cancel = new AbortController();
  const notices: string[] = [];
  const missing = { text: 'A' };
  const ending = carryOut({ perform } as unknown as Clerk, operation, {
    timeoutMs: undefined,
    signal: cancel.signal,
    whatIsMissing: () => missing.text,
    notice: (text) => notices.push(text),
  });
  return { ending, finish, fail, cancel, notices, missing };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('an operation that is quick says nothing', async () => {
  const { ending, finish, notices } = begin();
  await jest.advanceTimersByTimeAsync(999);
  finish({ value: 'v' });
  expect(await ending).toMatchObject({ type: 'done', result: { value: 'v' } });
  await jest.advanceTimersByTimeAsync(60_000);
  expect(notices).toEqual([]);
});

test('one that waits says for what, once for each reason', async () => {
  const { ending, finish, notices, missing } = begin();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(notices).toEqual(['still waiting: A']);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(notices).toEqual(['still waiting: A']);
  missing.text = 'B';
  await jest.advanceTimersByTimeAsync(2_000);
  expect(notices).toEqual(['still waiting: A', 'still waiting: B']);
  finish({ value: null });
  await ending;
});

test('a cancelled one ends at once, although the clerk still waits for a reply', async () => {
  const { ending, cancel } = begin();
  cancel.abort();
  expect((await ending).type).toBe('cancelled');
});

test('one that fails', async () => {
  const { ending, fail } = begin();
  const error = new RpcError('too-large', 'too much');
  fail(error);
  expect(await ending).toMatchObject({ type: 'failed', error });
});

test('errors in words', () => {
  expect(errorInWords(new RpcError('too-large', 'too much'))).toBe('too much (too-large)');
  expect(errorInWords(new RpcError('unauthorized', 'no'))).toContain('--token-file');
  expect(errorInWords(new TypeError('oops'))).toBe('oops');
});

test.each([
  [0.2, '1 ms'],
  [999.4, '999 ms'],
  [1_000, '1.00 s'],
  [61_234, '61.23 s'],
])('%d ms in words', (durationMs, words) => {
  expect(durationInWords(durationMs)).toBe(words);
});

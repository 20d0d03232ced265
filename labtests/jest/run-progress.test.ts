/** Failures are said as they come; where nobody watches, how many have run is said now and then. */
import { RunProgress } from './run-progress';

function piped() {
  let now = 0;
  let text = '';
  const output = { isTTY: false, write: (added: string) => (text += added) };
  const progress = new RunProgress(
    3,
    output as unknown as NodeJS.WriteStream,
    (_style, plain) => plain,
    () => now,
  );
  return {
    progress,
    pass: (ms: number) => {
      now += ms;
    },
    said: () => text,
  };
}

test('a failure is a line at once, with what was got', () => {
  const { progress, said } = piped();
  progress.ended(
    'B2 joins late',
    false,
    'Error: expected view 2, got view 1\n    at judge (x.ts:1:1)',
  );
  expect(said()).toBe('FAIL B2 joins late: got view 1\n');
});

test('what passes is counted, and so are stubs', () => {
  const { progress, pass, said } = piped();
  progress.ended('A1', true);
  expect(said()).toBe('');
  pass(6_000);
  const stub = 'Error: expected an implementation, got A.b in c/d.ts is not implemented yet';
  progress.ended('A2', false, `${stub}\n    at judge (x.ts:1:1)`);
  expect(said()).toBe('2 of 3 scenarios have run, 1 failed\n');
});

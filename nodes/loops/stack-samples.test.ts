/** Of several looks at a stack, the function that loops is the innermost one that is in all. */
import { describeStack as describeStacks, type Frame } from './stack-samples';

const file = 'pbservice/server.ts';
const operate = (line: number): Frame => ({ name: 'PbServer.operate', file, line });
const helper: Frame = { name: 'helper', file, line: 9 };

test('the place is that of the loop, and not of what it calls', () => {
  expect(describeStacks([[operate(12)], [operate(12)]])).toBe(
    'PbServer.operate, pbservice/server.ts:12',
  );
  expect(describeStacks([[operate(13), helper], [operate(12)]])).toBe(
    'PbServer.operate, pbservice/server.ts:12-13',
  );
  expect(
    describeStacks([
      [operate(12), helper],
      [operate(14), helper],
    ]),
  ).toBe('helper, pbservice/server.ts:9');
});

test('a function without a name has a place, too', () => {
  expect(describeStacks([[{ ...operate(7), name: '' }]])).toBe('pbservice/server.ts:7');
});

test('where nothing of the solution was seen, or never the same, there is no place', () => {
  expect(describeStacks([])).toBeUndefined();
  expect(describeStacks([[operate(1)], [helper]])).toBeUndefined();
});

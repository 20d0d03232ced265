/** The line of a file that says how to run a run again. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../runtime/temporary-folder';
import { readTrace } from './read-trace';
import { encodeTraceHeader, scheduleOfFile } from './trace-header';

const event = '{"t":0,"node":"s1","type":"start"}\n';
const folder = temporaryFolder('viewlab-header-');
const file = path.join(folder, 'trace.ndjson');
afterAll(() => rmSync(folder, { recursive: true }));

function scheduleOf(content: string | Buffer): string {
  writeFileSync(file, content);
  return scheduleOfFile(file);
}

test.each([
  [`${encodeTraceHeader('B4:17')}${event}`, 'B4:17'],
  [encodeTraceHeader('B36b:1:w1.5twice.s1-s3.transfer'), 'B36b:1:w1.5twice.s1-s3.transfer'],
  ['explore:aa.s2.k1:4hold.s1-s2.forward\nlost append\n', 'explore:aa.s2.k1:4hold.s1-s2.forward'],
])('%j', (content, schedule) => {
  expect(scheduleOf(content)).toBe(schedule);
});

test.each([
  ['of a real run', `${encodeTraceHeader(null)}${event}`, 'in the real world'],
  ['of a program', event, 'its first line is an event'],
  ['of a program, cut short', '{"t":0,"node":"s1","ty', 'its first line is an event'],
  ['cut short in its header', '{"schedule":"B4', 'it is damaged: expected a first line like'],
  ['with something else', '{"schedule":17}\n', 'got "{\\"schedule\\":17}"'],
  ['empty', '', 'an empty first line'],
])('a file %s cannot be run again, and it is said why', (_what, content, problem) => {
  expect(() => scheduleOf(content)).toThrow(problem);
});

test('whoever reads the events is not told of the header', () => {
  expect(readTrace(`${encodeTraceHeader('B4:17')}${event}`)).toEqual([JSON.parse(event)]);
  expect(() => readTrace(`${event}${encodeTraceHeader('B4:17')}`)).toThrow('line 2');
});

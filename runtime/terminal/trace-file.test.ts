import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../temporary-folder';
import { UsageError } from './exit';
import { TraceFile } from './trace-file';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-trace-');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('writes every event, in order, over many pieces', () => {
  const file = path.join(folder, 'trace.ndjson');
  const trace = new TraceFile(file);
  const count = 5_000;
  for (let t = 0; t < count; t++) trace.write({ t, node: 'é', type: 'tick' });
  trace.close();
  const times = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).t);
  expect(times).toEqual(Array.from({ length: count }, (_, t) => t));
});

test('what comes after the end is not written', () => {
  const file = path.join(folder, 'trace.ndjson');
  const trace = new TraceFile(file);
  trace.close();
  trace.write({ t: 1, node: 'a', type: 'tick' });
  trace.close();
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('a file that cannot be made is wrong use', () => {
  expect(() => new TraceFile(path.join(folder, 'no', 'trace'))).toThrow(UsageError);
});

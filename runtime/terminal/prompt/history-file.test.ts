import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../temporary-folder';
import { HistoryFile, maxHistoryLines, promptHistoryFile } from './history-file';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-history-');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('keeps the lines for the next time, without blanks and repetitions, for this user only', () => {
  const first = promptHistoryFile('test', { XDG_STATE_HOME: folder });
  expect(first.load()).toEqual([]);
  for (const line of ['put a 1', 'put a 1', '  ', 'get a', 'put a 1']) first.add(line);
  expect(promptHistoryFile('test', { XDG_STATE_HOME: folder }).load()).toEqual([
    'put a 1',
    'get a',
    'put a 1',
  ]);
  expect(statSync(path.join(folder, 'viewlab', 'test')).mode & 0o777).toBe(0o600);
});

test('is bounded', () => {
  const file = path.join(folder, 'history');
  const lines = Array.from({ length: 3 * maxHistoryLines }, (_, index) => `get ${index}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  expect(new HistoryFile(file).load()).toEqual(lines.slice(-maxHistoryLines));
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(maxHistoryLines);
});

test('a place that cannot be written is no reason to fail', () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  const history = new HistoryFile(path.join(file, 'below'));
  expect(history.load()).toEqual([]);
  history.add('get a');
});

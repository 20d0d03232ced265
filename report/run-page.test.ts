import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../judging/failure';
import type { HistoryEvent } from '../judging/history/model/history';
import { allScenarios } from '../labtests/catalogue';
import { temporaryFolder } from '../runtime/temporary-folder';
import type { TraceEvent } from '../runtime/trace';
import type { JobResult } from '../suite/run/job';
import type { RunData } from '../viewer/model/run';
import { readTrace } from './read-trace';
import { ReportFolder } from './report';
import { failurePage, tracePage } from './run-page';
import { viewTrace } from './view-trace';

const trace: TraceEvent[] = [
  { t: 0, node: 's1', type: 'start' },
  { t: 9, node: 's1', type: 'log', event: 'x', fields: { text: '</script><img src=x>\u202e' } },
];
const stale: HistoryEvent[] = [
  { process: 'c1', type: 'invoke', f: 'put', key: 'k', value: '1', time: 1 },
  { process: 'c1', type: 'ok', f: 'put', key: 'k', value: '1', time: 2 },
  { process: 'c2', type: 'invoke', f: 'get', key: 'k', value: null, time: 3 },
  { process: 'c2', type: 'ok', f: 'get', key: 'k', value: null, time: 5 },
  { process: 'c3', type: 'invoke', f: 'get', key: 'other', value: null, time: 6 },
  { process: 'c3', type: 'ok', f: 'get', key: 'other', value: null, time: 8 },
];
const failure: Failure = { kind: 'expectation', expected: 'a & b', actual: 'c < d' };

function dataIn(page: string): RunData {
  const [, json = ''] =
    /<script type="application\/json" id="run">(.*?)<\/script>/s.exec(page) ?? [];
  return JSON.parse(json);
}

function inFolder(use: (folder: string) => void): void {
  const folder = temporaryFolder('viewlab-page-');
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a page says what was violated, what else is known of it, and when it showed', () => {
  const [scenario] = allScenarios();
  const page = failurePage({ trace, history: [], failure, seed: 7 }, 'A1', scenario);
  const { title, violation } = dataIn(page);
  expect(title).toContain(scenario?.name);
  expect(violation).toMatchObject({ actual: 'c < d', atMs: 9 });
  const notes = new Map(violation?.notes);
  expect(notes.get('expected')).toBe('a & b');
  expect(notes.get('seed')).toBe('7');
  expect(notes.get('rule')).toMatch(/^V1: In view 0 .* \(viewservice\/rules\.ts\)$/);
  expect(notes.get('hint')).toBe(scenario?.hint);
});

test('what a solution has logged stays data', () => {
  const page = tracePage('<b>', { trace, history: [] });
  expect(page).not.toContain('<img');
  expect(page).not.toContain('\u202e');
  expect(page).toContain('<title>&lt;b&gt;</title>');
  expect(JSON.stringify(dataIn(page).events)).toContain('<img src=x>?');
});

test('a page without data is small', () => {
  const page = tracePage('x', { trace: [], history: [] });
  expect(page.length).toBeLessThan(1_000_000);
});

test('a history that no order explains has its evidence marked, and points on the other keys', () => {
  const { history, violation } = dataIn(tracePage('x', { trace, history: stale }));
  expect(violation?.actual).toMatch(/^stale read/);
  expect(violation?.atMs).toBe(5);
  expect(history?.verdict).toBe('not linearizable');
  expect(history?.operations.map(({ process, isEvidence }) => [process, isEvidence])).toEqual([
    ['c1', true],
    ['c2', true],
    ['c3', false],
  ]);
  const points = history?.operations.map(({ pointMs }) => pointMs);
  expect(points).toEqual([null, null, expect.any(Number)]);
  expect(points?.[2]).toBeGreaterThan(6);
  expect(points?.[2]).toBeLessThan(8);
});

test('a history that can be explained has a point in each operation', () => {
  const { history, violation } = dataIn(tracePage('x', { trace, history: stale.slice(0, 2) }));
  expect(violation).toBeUndefined();
  expect(history).toMatchObject({
    verdict: 'linearizable',
    operations: [{ call: 'put "k" "1"', invokedMs: 1, returnedMs: 2, pointMs: 1.5 }],
  });
});

test('each failure that left something to see has its page in the folder of the report', () => {
  inFolder((folder) => {
    const report = new ReportFolder(folder);
    const base = { seed: 7, runs: 1, delivered: 0, wallMs: 1 };
    const result: JobResult = { ...base, failure, trace, history: [] };
    expect(report.writeRun('A1', result)).toMatchObject({ page: 'A1/report.html' });
    expect(readFileSync(path.join(folder, 'A1/report.html'), 'utf8')).toContain('c \\u003c d');
    expect(report.writeRun('A2', { ...result, trace: [] })).not.toHaveProperty('page');
    expect(existsSync(path.join(folder, 'A2/report.html'))).toBe(false);
  });
});

describe('npm run view', () => {
  const lines = trace.map((event) => `${JSON.stringify(event)}\n`).join('');

  test('writes the page beside the trace, with the history that lies there', () => {
    inFolder((folder) => {
      writeFileSync(path.join(folder, 'trace.ndjson'), lines);
      const history = stale.map((event) => `${JSON.stringify(event)}\n`).join('');
      writeFileSync(path.join(folder, 'history.ndjson'), history);
      const out = viewTrace({ trace: path.join(folder, 'trace.ndjson') });
      expect(out).toBe(path.join(folder, 'trace.html'));
      const data = dataIn(readFileSync(out, 'utf8'));
      expect(data.events).toHaveLength(2);
      expect(data.history?.verdict).toBe('not linearizable');
    });
  });

  test('takes a line that was cut short as the end of the trace', () => {
    expect(readTrace(`${lines}{"t":10,"no`)).toHaveLength(2);
  });

  test.each([
    ['no JSON\n', 'line 1: expected an event in JSON, got no JSON'],
    ['\n', 'line 1: expected an event in JSON, got a blank line'],
    [`${lines}[]\n`, 'line 3: expected an event, a JSON object, got []'],
    [
      '{"t":1,"node":"s1","type":"fly"}\n',
      'line 1: expected "type" to be that of an event, got "fly"',
    ],
    ['{"node":"s1","type":"tick"}\n', 'line 1: expected "t" to be a number, got nothing'],
    ['{"t":1,"node":"s1","type":"cut","to":3}\n', 'line 1: expected "to" to be a string, got 3'],
  ])('refuses %j', (text, problem) => {
    expect(() => readTrace(text)).toThrow(problem);
  });

  test('says which file it could not read', () => {
    expect(() => viewTrace({ trace: '/nowhere/x' })).toThrow('/nowhere/x: it cannot be read');
  });
});

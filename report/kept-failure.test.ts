/** A failure that is looked at again leaves its page and its trace, where they can be found. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../runtime/temporary-folder';
import type { JobResult } from '../suite/run/job';
import { KeptFailures } from './kept-failure';

const result: JobResult = {
  failure: { kind: 'expectation', expected: 'view 2', actual: 'view 1' },
  ...{ seed: 7, runs: 1, delivered: 1, wallMs: 1, history: [] },
  trace: [{ t: 1, node: 's1', type: 'tick' }],
};

let store: string;
beforeEach(() => {
  store = temporaryFolder('viewlab-kept-');
});
afterEach(() => rmSync(store, { recursive: true }));

test('page and trace are kept, and the trace says what replays it', () => {
  const kept = new KeptFailures('replay', store);
  expect(kept.keep('B4', result)).toBe('store/replay/B4/report.html (in a browser)');
  expect(readFileSync(path.join(store, 'replay/B4/report.html'), 'utf8')).toContain('view 2');
  expect(readFileSync(path.join(store, 'replay/B4/trace.ndjson'), 'utf8')).toContain('B4:7');
  kept.clear();
  expect(existsSync(path.join(store, 'replay'))).toBe(false);
});

test('a run without a single event leaves nothing', () => {
  expect(new KeptFailures('replay', store).keep('B4', { ...result, trace: [] })).toBeUndefined();
});

test('where nothing can be written that is said, and nothing else is lost', () => {
  writeFileSync(path.join(store, 'replay'), 'a file in the way');
  expect(new KeptFailures('replay', store).keep('B4', result)).toMatch(
    /^nothing, as it could not be written: /,
  );
});

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../judging/failure';
import { allScenarios } from '../labtests/catalogue';
import { temporaryFolder } from '../runtime/temporary-folder';
import type { JobResult } from '../suite/run/job';
import type { Scenario } from '../suite/scenario/scenario';
import { parseReport } from './parse';
import { partReport, pending, ReportFolder, reportOn } from './report';
import { partA, partB } from './reports.testing';
import { isUnwritten, renderFailure, renderMissing, renderScorecard } from './scorecard';

const plain = (_style: string, text: string) => text;
const [first, second] = allScenarios() as [Scenario, Scenario];

function result(failure: Failure | null): JobResult {
  return { failure, seed: 7, runs: 3, delivered: 10, wallMs: 5, trace: [], history: [] };
}

const wrong: Failure = { kind: 'expectation', expected: 'view 2', actual: 'view 1' };

test('what has not run has not passed', () => {
  const part = partReport(partA, [pending(first), pending(second)]);
  expect(part.score).toBe(0);
  expect(part.maxScore).toBe(first.points + second.points);
  expect(part.scenarios.map(({ passed }) => passed)).toEqual([null, null]);
});

test('points are given for scenarios that passed with all seeds', () => {
  const part = partReport(partA, [reportOn(first, result(null)), reportOn(second, result(wrong))]);
  expect(part.score).toBe(first.points);
  expect(part.scenarios[1]).toMatchObject({ passed: false, schedule: `${second.id}:7` });
});

test('a failure of the framework is nobody else’s fault', () => {
  expect(reportOn(first, result({ ...wrong, kind: 'framework' })).passed).toBeNull();
});

test('the report joins all parts, and is whole at any time', () => {
  const folder = temporaryFolder('viewlab-report-');
  try {
    const report = new ReportFolder(folder);
    const read = () => JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8'));
    report.writePart(partReport(partA, [pending(first)]));
    expect(read()).toMatchObject({ score: 0, maxScore: first.points });
    report.writePart(partReport(partB, [reportOn(second, result(null))]));
    expect(read()).toMatchObject({ format: 'viewlab-report', score: second.points });
    expect(read().parts).toHaveLength(2);
    expect(report.writeRun('A1', result(wrong))).toEqual({
      trace: 'A1/trace.ndjson',
      history: 'A1/history.ndjson',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what processes wrote at the same time is in the report that is written last', () => {
  const folder = temporaryFolder('viewlab-report-');
  try {
    const file = path.join(folder, 'report.json');
    const report = new ReportFolder(folder);
    report.writePart(partReport(partA, [pending(first)]));
    const stale = readFileSync(file);
    report.writePart(partReport(partA, [reportOn(first, result(null))]));
    // As if a slower process had read the parts before.
    writeFileSync(file, stale);
    report.writeReport();
    const read = parseReport(readFileSync(file, 'utf8'));
    expect(read.score).toBe(first.points);
    expect(read.startedAt).toBe(parseReport(stale.toString()).startedAt);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the scorecard has a line for each scenario', () => {
  const part = partReport(partA, [reportOn(first, result(null)), reportOn(second, result(wrong))]);
  const [head, passed, failed] = renderScorecard([part], plain).split('\n');
  expect(head).toMatch(/^Part A: the view service +1\/2 points/);
  expect(passed).toMatch(/^ok {3}A1 +.* 1\/1 {2}3 runs/);
  expect(failed).toMatch(/^FAIL A2 +.* 0\/1 {2}3 runs/);
});

test('a failure says what was expected, what happened, why it matters, and how to see it again', () => {
  const text = renderFailure(reportOn(second, result(wrong)), [], plain, {
    see: 'store/x/report.html',
  });
  expect(text).toMatch(/^ {2}see +store\/x\/report\.html$/m);
  expect(renderFailure(reportOn(second, result(wrong)), [], plain)).not.toContain('see ');
  for (const part of ['expected   view 2', 'got        view 1', 'npm run replay -- A2:7']) {
    expect(text).toContain(part);
  }
  expect(text).toMatch(/\n {2}why {8}\S/);
  expect(text).toMatch(/\n {2}hint {7}\S/);
});

test('a stub is one sentence, without hints and traces', () => {
  const stub: Failure = {
    kind: 'not implemented',
    expected: 'an implementation',
    actual: 'ViewServer.ping in viewservice/server.ts is not implemented yet',
    missing: ['ViewServer.ping in viewservice/server.ts', 'ping in viewservice/rules.ts'],
  };
  const text = renderFailure(reportOn(second, result(stub)), ['header', 'event'], plain);
  expect(text).toContain('ViewServer.ping in viewservice/server.ts is not implemented yet');
  expect(text).toMatch(/\n {2}nor is {5}ping in viewservice\/rules\.ts\n/);
  expect(text).not.toMatch(/hint|event/);
});

test('what is not written yet is told by file and method, with the scenarios that need it', () => {
  const missing = ['ViewServer.ping in viewservice/server.ts', 'tick in viewservice/rules.ts'];
  const stub = { kind: 'not implemented', expected: '', actual: '', missing } as const;
  const reports = [
    reportOn(first, result(stub)),
    reportOn(second, result({ ...stub, missing: missing.slice(0, 1) })),
  ];
  expect(reports.map(isUnwritten)).toEqual([true, true]);
  const [, ...lines] = renderMissing(reports, plain).split('\n');
  expect(lines).toEqual([
    '  viewservice/server.ts',
    '    ViewServer.ping  A1, A2',
    '  viewservice/rules.ts',
    '    tick             A1',
  ]);
  const [, one, other] = renderScorecard([partReport(partA, reports)], plain).split('\n');
  expect(one).toMatch(/^FAIL A1 .* 0\/1 {2}needs ViewServer\.ping, 1 more$/);
  expect(other).toMatch(/^FAIL A2 .* 0\/1 {2}needs ViewServer\.ping$/);
});

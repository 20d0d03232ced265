import * as v from 'valibot';
import type { Failure } from '../judging/failure';
import { allScenarios } from '../labtests/catalogue';
import type { JobResult } from '../suite/run/job';
import type { Part, Scenario } from '../suite/scenario/scenario';
import { maxReportBytes, parseReport, ReportError } from './parse';
import { partReport, pending, reportOf, reportOn } from './report';
import { partA } from './reports.testing';
import { type Report, reportSchema, type ScenarioReport } from './schema';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

// Only the type checker can see these two fail.
const failureIsTheSame: Same<NonNullable<ScenarioReport['failure']>, Omit<Failure, 'cited'>> = true;
const partIsTheSame: Same<ScenarioReport['part'], Part> = true;

const wrong: Failure = { kind: 'expectation', expected: 'view 2', actual: 'view 1' };
const [first, second] = allScenarios() as [Scenario, Scenario];

function result(failure: Failure | null): JobResult {
  return { failure, seed: 7, runs: 3, delivered: 10, wallMs: 5, trace: [], history: [] };
}

/** A report on one passed and one failed scenario. */
function sample(): Report {
  const part = partReport(partA, [reportOn(first, result(null)), reportOn(second, result(wrong))]);
  return reportOf([part], {
    startedAt: '2026-01-31T12:00:00.000Z',
    ...{ handIn: 'alice', isolation: 'process only', missing: ['client/clerk.ts'] },
    compile: [{ file: 'pbservice/server.ts', message: "'}' expected" }],
    incidents: [{ kind: 'hang', count: 2, example: 'for (;;);', scenario: second.id }],
  });
}

/** The sample, with what is at `path` replaced: `parts.0.score`. */
function changed(at: string, value: unknown): string {
  const report = JSON.parse(JSON.stringify(sample()));
  const keys = at.split('.');
  const last = keys.pop() as string;
  keys.reduce((inner, key) => inner[key], report)[last] = value;
  return JSON.stringify(report);
}

function problem(text: string): string {
  try {
    parseReport(text);
  } catch (error) {
    if (error instanceof ReportError) return error.message;
    throw error;
  }
  return 'none';
}

test('a report comes back as it was written', () => {
  expect(failureIsTheSame && partIsTheSame).toBe(true);
  expect(parseReport(JSON.stringify(sample()))).toEqual(sample());
  expect(sample()).toMatchObject({ score: 1, maxScore: 2 });
});

test('every scenario of the catalogue fits, before it has run and after', () => {
  const reports = allScenarios().flatMap((one) => [
    pending(one),
    reportOn(one, result(null)),
    reportOn(one, result(wrong)),
  ]);
  const schema = reportSchema.entries.parts.pipe[0].item.entries.scenarios.pipe[0].item;
  for (const report of reports) expect(v.parse(schema, report)).toEqual(report);
});

test('what a solution said is bounded, whatever it said', () => {
  const endless = { ...wrong, actual: 'x'.repeat(10_000), details: Array(500).fill('\u001b[2J') };
  const part = partReport(partA, [reportOn(first, result(endless))]);
  const report = reportOf([part], { startedAt: '2026-01-31T12:00:00.000Z' });
  const [read] = parseReport(JSON.stringify(report)).parts[0]?.scenarios ?? [];
  expect(read?.failure?.actual).toHaveLength(4_000);
  expect(read?.failure?.details?.slice(-1)).toEqual(['?[2J']);
});

test('fields that the format does not have are left out', () => {
  expect(parseReport(changed('bonus', 50))).toEqual(sample());
  const forged = JSON.stringify(sample()).replace('{', '{"__proto__":{"score":100},');
  expect(parseReport(forged)).toEqual(sample());
});

test.each([
  ['score', 2, 'score: expected 1, the sum of the parts, got 2'],
  ['maxScore', 1, 'maxScore: expected 2, the sum of the parts, got 1'],
  ['parts.0.score', 2, 'parts.0.score: expected 1, as its scenarios and harms have it, got 2'],
  [
    'parts.0.maxScore',
    3,
    'parts.0.maxScore: expected 2, as its scenarios and harms have it, got 3',
  ],
  ['parts.0.scenarios.1.passed', true, 'parts.0.scenarios.1.passed: it is true, but there is a'],
  ['parts.0.scenarios.0.runs', 0, 'parts.0.scenarios.0.passed: it is true, but no seed ran'],
  ['parts.0.scenarios.0.passed', false, 'parts.0.scenarios.0.passed: it is false without a fail'],
  ['parts.0.scenarios.0.part', 'B', 'parts.0.scenarios.0.part: expected A, as around it, got B'],
  ['parts.0.scenarios.0.ranSeeds', [1, 2], 'parts.0.scenarios.0.ranSeeds: expected 3 seeds'],
  ['parts.0.scenarios.1.id', first.id, `parts.0.scenarios.1.id: ${first.id} is there twice`],
  ['incidents.0.scenario', 'B99', 'incidents.0.scenario: the report has no scenario B99'],
])('a report that contradicts itself is refused: %s %j', (at, value, message) => {
  expect(problem(changed(at, value))).toContain(message);
});

test('a part is in a report once', () => {
  const [part] = sample().parts;
  const twice = JSON.stringify({ ...sample(), score: 2, maxScore: 4, parts: [part, part] });
  expect(problem(twice)).toBe('parts.1.part: A is there twice');
});

test.each([
  ['format', 'other', 'format: expected "viewlab-report", got "other"'],
  ['version', 3, 'version: expected 4, got 3: grade again with this viewlab, or'],
  ['startedAt', 'yesterday', 'startedAt: expected a time like 2026-01-31T12:00:00.000Z, got'],
  ['parts', [], 'parts: expected a length >=1, got 0'],
  ['parts.0.scenarios.0.points', -1, 'parts.0.scenarios.0.points: expected >=0, got -1'],
  ['parts.0.scenarios.0.points', 0.5, 'parts.0.scenarios.0.points: expected'],
  ['parts.0.scenarios.0.name', undefined, 'parts.0.scenarios.0.name: it is missing'],
  ['parts.0.scenarios.0.name', 'a\nb', 'parts.0.scenarios.0.name: expected one line without'],
  ['parts.0.scenarios.0.passed', 1, 'parts.0.scenarios.0.passed: expected boolean, got 1'],
  ['parts.0.scenarios.1.failure.kind', 'sad', 'parts.0.scenarios.1.failure.kind: expected ("not'],
  ['incidents.0.kind', '__proto__', 'incidents.0.kind: expected ("process exit" |'],
  ['incidents.0.count', 0, 'incidents.0.count: expected >=1, got 0'],
])('a report that does not fit the schema is refused: %s %j', (at, value, message) => {
  expect(problem(changed(at, value))).toContain(message);
});

test('what is no report is refused, and how much is read is bounded', () => {
  for (const text of ['', 'null', '7', '"x"', '[]', '{}']) expect(problem(text)).not.toBe('none');
  expect(problem('{')).toMatch(/^the report: expected JSON, got /);
  expect(problem(' '.repeat(maxReportBytes + 1))).toBe(
    'the report: expected at most 16777216 bytes, got 16777217',
  );
  expect(problem('['.repeat(1_000_000))).toBe(
    'the report: expected at most 32 levels of nesting, got more',
  );
  // Brackets in texts are no nesting.
  expect(parseReport(changed('handIn', '[{"\\'.repeat(50))).handIn).toHaveLength(200);
});

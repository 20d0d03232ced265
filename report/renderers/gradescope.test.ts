import Ajv from 'ajv';
import fc from 'fast-check';
import { hostileReport, sampleReport } from '../reports.testing';
import type { Report } from '../schema';
import { hiddenVisibilities, type RenderOptions, renderReport } from '.';

const visibility = { enum: ['visible', 'hidden', 'after_due_date', 'after_published'] };
const format = { enum: ['text', 'html', 'simple_format', 'md', 'ansi'] };
const points = { type: 'number', minimum: 0 };

/**
 * What Gradescope takes, from "Output format" of its autograder specifications; a field that is not
 * there is a mistake of ours.
 */
const resultsSchema = {
  type: 'object',
  required: ['score', 'tests'],
  additionalProperties: false,
  properties: {
    score: points,
    execution_time: { type: 'number', minimum: 0 },
    output: { type: 'string' },
    output_format: format,
    test_output_format: format,
    test_name_format: format,
    visibility,
    stdout_visibility: visibility,
    extra_data: { type: 'object' },
    tests: {
      type: 'array',
      items: {
        type: 'object',
        required: ['score', 'max_score', 'status', 'name'],
        additionalProperties: false,
        properties: {
          score: points,
          max_score: points,
          status: { enum: ['passed', 'failed'] },
          name: { type: 'string' },
          name_format: format,
          number: { type: 'string' },
          output: { type: 'string' },
          output_format: format,
          tags: { type: 'array', items: { type: 'string' } },
          visibility,
          extra_data: { type: 'object' },
        },
      },
    },
    leaderboard: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'value'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          value: { type: ['number', 'string'] },
          order: { enum: ['asc', 'desc'] },
        },
      },
    },
  },
} as const;

interface Results {
  readonly score: number;
  readonly execution_time?: number;
  readonly output: string;
  readonly tests: readonly {
    readonly score: number;
    readonly max_score: number;
    readonly status: string;
    readonly number: string;
    readonly output: string;
    readonly visibility: string;
  }[];
}

const fits = new Ajv({ allowUnionTypes: true }).compile(resultsSchema);

function rendered(report: Report, options: RenderOptions = {}): Results {
  const results = JSON.parse(renderReport(report, 'gradescope', options));
  expect(fits(results) ? [] : fits.errors).toEqual([]);
  return results;
}

test('results.json has a test for each scenario, with its points', () => {
  const { score, execution_time, tests } = rendered(sampleReport());
  expect([score, execution_time]).toEqual([2, 4.32]);
  expect(tests.map((one) => [one.number, one.status, one.score, one.max_score])).toEqual([
    ['A1', 'passed', 2, 2],
    ['A2', 'failed', 0, 2],
    ['B1', 'failed', 0, 2],
    ['B2', 'failed', 0, 2],
    ['B3', 'failed', 0, 5],
  ]);
  expect(tests[0]?.output).toBe('passed: 3 runs, 1.50 s');
  expect(tests[1]?.output).toContain('expected   view 2\n  got        view 1');
  expect(tests[1]?.output).toContain('replay     npm run replay -- A2:7');
  expect(tests[1]?.output).toContain('incident   hang, 2 times, for instance in A2: a tick of s1');
  expect(tests[2]?.output).toBe('B1 did not run');
  expect(tests[3]?.output).toContain('the framework failed, not your code');
});

test.each(hiddenVisibilities)('hidden scenarios are %s when that is asked for', (hidden) => {
  const { tests, output } = rendered(sampleReport(), { hidden });
  expect(tests.map((one) => one.visibility)).toEqual([...Array(4).fill('visible'), hidden]);
  // What all see tells of a hidden scenario only that it is there.
  expect(output.includes('secret')).toBe(hidden === 'visible');
  expect(output.includes('Hidden: 1 of the scenarios, worth 5 points')).toBe(hidden !== 'visible');
});

test('they are hidden unless told otherwise', () => {
  expect(rendered(sampleReport()).tests.at(-1)?.visibility).toBe('hidden');
});

test('the output says what is missing, what does not compile, and how the hand-in was shut in', () => {
  const { output } = rendered(sampleReport());
  expect(output).toContain(
    'Isolation: process only\nUsed: 101 s of processor time, 812 MiB of memory\nMissing: client/clerk.ts\n',
  );
  expect(output).toContain("Does not compile: pbservice/server.ts\n  '}' expected\n");
});

test('whatever a hand-in says, results.json fits, and its points are those of the report', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const { score, tests, output } = rendered(report);
      expect(score).toBe(report.score);
      const earned = report.parts.reduce((sum, part) => sum + part.earned, 0);
      expect(tests.reduce((sum, one) => sum + one.score, 0)).toBe(earned);
      for (const one of tests) expect(one.output.length).toBeLessThan(10_100);
      expect(output.length).toBeLessThan(10_100);
    }),
    { numRuns: 50 },
  );
});

/**
 * Gradescope's results.json (https://gradescope-autograders.readthedocs.io/en/latest/specs/, "Output
 * format"). There is no leaderboard: it would show to all who is how far.
 */

import { harmLines } from '../harms';
import type { Report, ScenarioReport } from '../schema';
import { renderFailure } from '../scorecard';
import { noPaint, type RenderOptions } from './options';
import { studentView } from './student-view';
import { bounded, incidentLine, summaryLines } from './summary';

/** Of the text of a test and of the whole, in UTF-16 code units; pages with more get slow. */
const maxOutputLength = 10_000;

export function renderGradescope(report: Report, options: RenderOptions): string {
  const scenarios = report.parts.flatMap((part) => part.scenarios);
  const view = studentView(report, options);
  const results = {
    score: report.score,
    ...(report.wallMs !== undefined && { execution_time: Math.round(report.wallMs / 10) / 100 }),
    // No score here: to show it, or not, is Gradescope's business.
    output: bounded(
      [...harmLines(view.report.parts), ...summaryLines(view)].join('\n'),
      maxOutputLength,
    ),
    // Anything but text would be read as HTML or Markdown.
    output_format: 'text',
    test_output_format: 'text',
    test_name_format: 'text',
    visibility: 'visible',
    // The output of the grader itself is for the teacher.
    stdout_visibility: 'hidden',
    tests: scenarios.map((scenario) => testOf(scenario, report, options)),
  };
  return `${JSON.stringify(results, null, 2)}\n`;
}

function testOf(scenario: ScenarioReport, report: Report, { hidden = 'hidden' }: RenderOptions) {
  const { id, name, points, passed, visibility } = scenario;
  return {
    score: passed === true ? points : 0,
    max_score: points,
    status: passed === true ? 'passed' : 'failed',
    name,
    number: id,
    output: bounded(outputOf(scenario, report), maxOutputLength),
    visibility: visibility === 'hidden' ? hidden : 'visible',
  };
}

function outputOf(scenario: ScenarioReport, { incidents = [] }: Report): string {
  const { id, passed, runs, wallMs } = scenario;
  const seen = incidents
    .filter((incident) => incident.scenario === id)
    .map((incident) => `  incident   ${incidentLine(incident)}`);
  const result =
    passed === true
      ? `passed: ${runs} runs, ${(wallMs / 1000).toFixed(2)} s`
      : renderFailure(scenario, [], noPaint);
  return [result, ...seen].join('\n');
}

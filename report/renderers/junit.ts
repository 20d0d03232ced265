/**
 * JUnit XML, as Jenkins, GitLab and others read it: a test suite for each part, a test case for each
 * scenario. What failed is a failure; what did not run, or failed by our fault, is an error.
 */
import { harmLines } from '../harms';
import { plainText } from '../plain-text';
import type { PartReport, Report, ScenarioReport } from '../schema';
import { renderFailure } from '../scorecard';
import { noPaint, type RenderOptions } from './options';
import { studentView } from './student-view';
import { bounded, scoreOutOf, summaryLines } from './summary';

/** Of what is said about one scenario, in UTF-16 code units. */
const maxOutputLength = 10_000;

export function renderJunit(whole: Report, options: RenderOptions): string {
  const view = studentView(whole, options);
  const { report } = view;
  const scenarios = report.parts.flatMap((part) => part.scenarios);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="viewlab" ${countsOf(scenarios)}>`,
    ...report.parts.flatMap((part, i) =>
      suite(part, report, [...(i === 0 ? summaryLines(view) : []), ...harmLines([part])]),
    ),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(part: PartReport, { startedAt }: Report, summary: readonly string[]): string[] {
  const name = `Part ${part.part}: ${part.title}`;
  return [
    `  <testsuite name="${attribute(name)}" ${countsOf(part.scenarios)} timestamp="${attribute(startedAt)}">`,
    '    <properties>',
    `      <property name="score" value="${scoreOutOf(part)}"/>`,
    '    </properties>',
    ...part.scenarios.flatMap(testCase),
    ...(summary.length === 0 ? [] : [`    <system-out>${xml(summary.join('\n'))}</system-out>`]),
    '  </testsuite>',
  ];
}

function countsOf(scenarios: readonly ScenarioReport[]): string {
  const count = (verdict: boolean | null) =>
    scenarios.filter(({ passed }) => passed === verdict).length;
  const wallMs = scenarios.reduce((sum, scenario) => sum + scenario.wallMs, 0);
  return (
    `tests="${scenarios.length}" failures="${count(false)}" errors="${count(null)}" skipped="0" ` +
    `time="${seconds(wallMs)}"`
  );
}

function testCase(scenario: ScenarioReport): string[] {
  const { id, part, name, passed, failure, wallMs } = scenario;
  const about = `classname="part ${part}" name="${attribute(`${id} ${name}`)}" time="${seconds(wallMs)}"`;
  if (passed === true) return [`    <testcase ${about}/>`];
  const element = passed === false ? 'failure' : 'error';
  const message = failure
    ? `expected ${failure.expected}, got ${failure.actual}`
    : 'it did not run';
  const text = bounded(renderFailure(scenario, [], noPaint), maxOutputLength);
  return [
    `    <testcase ${about}>`,
    `      <${element} type="${attribute(failure?.kind ?? 'not run')}" message="${attribute(bounded(message, 500))}">` +
      `${xml(text)}</${element}>`,
    '    </testcase>',
  ];
}

function seconds(wallMs: number): string {
  return (wallMs / 1000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' },
};

/** For text and attributes. XML has no way to write U+FFFE, U+FFFF and most control characters. */
function xml(text: string): string {
  return plainText(text, Number.POSITIVE_INFINITY)
    .replace(/[\ufffe\uffff]/g, '?')
    .replace(/[&<>"']/g, (char) => entities[char] as string);
}

/** Readers turn a bare line break in an attribute into a space. */
function attribute(text: string): string {
  return xml(text).replaceAll('\n', '&#10;');
}

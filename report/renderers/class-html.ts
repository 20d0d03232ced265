/**
 * A class as one HTML page that asks nobody for anything: the policy in its head lets it run its own
 * style and script, known by their hashes, and nothing else, so that no hand-in can add to it.
 */
import { createHash } from 'node:crypto';
import { harmLines } from '../harms';
import { plainText } from '../plain-text';
import type { Report } from '../schema';
import {
  type HandIn,
  partsOf,
  percentOf,
  reportsOf,
  type ScenarioSummary,
  scenarioSummaries,
} from './class';
import { pageScript, pageStyle } from './class-page-parts';
import { bounded, scoreOutOf, summaryLines } from './summary';

/** Of what is said about one hand-in, in UTF-16 code units. */
const maxNotesLength = 10_000;

export function renderClassHtml(handIns: readonly HandIn[], title: string): string {
  const reports = reportsOf(handIns);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${html(policy)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>${html(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${html(title)}</h1>
<p>${html(overview(handIns.length, reports))}</p>
${scoreTable(reports)}
${scenarioTable(scenarioSummaries(reports))}
${handInTable(handIns, reports)}
</main>
<script>${pageScript}</script>
</body>
</html>
`;
}

const policy = [
  "default-src 'none'",
  `style-src '${hashOf(pageStyle)}'`,
  `script-src '${hashOf(pageScript)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function overview(handIns: number, reports: readonly Report[]): string {
  const scores = reports.map(({ score }) => score).sort((a, b) => a - b);
  const middle = scores.length / 2;
  const median = ((scores[Math.ceil(middle) - 1] ?? 0) + (scores[Math.floor(middle)] ?? 0)) / 2;
  const mean = scores.reduce((sum, score) => sum + score, 0) / Math.max(scores.length, 1);
  const failed = handIns - reports.length;
  return (
    `${handIns} hand-ins, ${reports.length} graded` +
    `${failed > 0 ? `, ${failed} could not be graded` : ''}. ` +
    (scores.length > 0 ? `Mean ${mean.toFixed(1)} points, median ${median}.` : '')
  );
}

/** How many hand-ins reached how much of what they could: tenths, and those that have it all. */
function scoreTable(reports: readonly Report[]): string {
  const tenths = reports.map(({ score, maxScore }) => Math.floor(percentOf(score, maxScore) / 10));
  const rows = Array.from({ length: 11 }, (_, tenth) => {
    const count = tenths.filter((one) => one === tenth).length;
    const label = tenth === 10 ? '100 %' : `${tenth * 10} to ${tenth * 10 + 9} %`;
    return `<tr><th scope="row">${label}</th>${number(count)}<td>${bar(count, reports.length)}</td></tr>`;
  });
  return table('How many hand-ins have which score', ['score', 'hand-ins', 'share'], rows, false);
}

function scenarioTable(scenarios: readonly ScenarioSummary[]): string {
  const rows = scenarios.map(({ id, name, points, hidden, of, passed, unknown }) => {
    const rate = percentOf(passed, of);
    return (
      `<tr><th scope="row">${html(id)}</th><td>${html(name)}${hidden ? ' (hidden)' : ''}</td>` +
      `${number(points)}${number(passed, `${passed} of ${of}`)}${number(unknown)}` +
      `${number(rate, `${rate} %`)}<td>${bar(passed, of)}</td></tr>`
    );
  });
  const columns = ['scenario', 'about', 'points', 'passed', 'not run', 'rate', 'share that passed'];
  return table('How many hand-ins pass each scenario', columns, rows);
}

function handInTable(handIns: readonly HandIn[], reports: readonly Report[]): string {
  const parts = partsOf(reports);
  const rows = handIns.map((handIn) => {
    const name = `<th scope="row">${html(handIn.name)}</th>`;
    if ('error' in handIn) {
      const blanks = Array(parts.length + 2).fill(number(-1, '-'));
      const why = notes([`Could not be graded: ${handIn.error}`]);
      return `<tr>${name}${blanks.join('')}<td>${why}</td></tr>`;
    }
    const { report } = handIn;
    const { incidents = [], handIn: _handIn, ...rest } = report;
    const seen = incidents.reduce((sum, { count }) => sum + count, 0);
    const about = { report: { ...rest, incidents }, hidden: { scenarios: 0, points: 0 } };
    const cells = parts.map((part) => {
      const found = report.parts.find((one) => one.part === part);
      return found === undefined ? number(-1, '-') : number(found.score, scoreOutOf(found));
    });
    return (
      `<tr>${name}${number(report.score, scoreOutOf(report))}${cells.join('')}` +
      `${number(seen)}<td>${notes([...harmLines(report.parts), ...summaryLines(about)])}</td></tr>`
    );
  });
  const columns = [
    'hand-in',
    'score',
    ...parts.map((part) => `part ${part}`),
    'incidents',
    'notes',
  ];
  return table('Hand-ins', columns, rows);
}

function notes(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<pre>${html(bounded(lines.join('\n'), maxNotesLength))}</pre>`;
}

function table(
  caption: string,
  columns: readonly string[],
  rows: readonly string[],
  sortable = true,
): string {
  const headings = columns.map((column) =>
    sortable
      ? `<th scope="col"><button type="button">${html(column)}</button></th>`
      : `<th scope="col">${html(column)}</th>`,
  );
  return (
    `<table>\n<caption>${html(caption)}</caption>\n` +
    `<thead><tr>${headings.join('')}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`
  );
}

/** A cell that is sorted by its number; negative: there is none. */
function number(value: number, text = `${value}`): string {
  return `<td class="number" data-value="${value}">${html(text)}</td>`;
}

/** The number stands beside it, so nobody needs to see it. */
function bar(some: number, all: number): string {
  const width = all === 0 ? 0 : Math.round((1000 * some) / all) / 10;
  return (
    '<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">' +
    `<rect width="${width}" height="1"/></svg>`
  );
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

/** For text and for attributes alike. */
export function html(text: string): string {
  return plainText(text, Number.POSITIVE_INFINITY).replace(
    /[&<>"']/g,
    (char) => entities[char] as string,
  );
}

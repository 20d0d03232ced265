/**
 * Markdown for the comment on a pull request or the summary of a CI run (GitHub and GitLab). Texts
 * of a hand-in stand in code blocks alone, where neither Markdown nor HTML means anything and where
 * nobody is notified.
 */
import { anomaliesIn, listed } from '../anomalies';
import { type CauseGroup, causesIn, othersOf } from '../causes';
import { harmLine } from '../harms';
import { plainLine, plainText } from '../plain-text';
import type { PartReport, Report, ScenarioReport } from '../schema';
import { renderFailure } from '../scorecard';
import { noPaint, type RenderOptions } from './options';
import { studentView } from './student-view';
import { bounded, scoreOutOf, summaryLines } from './summary';

/** Of one code block, in UTF-16 code units. */
const maxBlockLength = 4_000;
/** GitHub refuses comments of more than 65,536 characters. */
const maxLength = 60_000;

export function renderMarkdown(whole: Report, options: RenderOptions): string {
  const view = studentView(whole, options);
  const { report } = view;
  const head = [
    `## Score: ${scoreOutOf(report)}`,
    codeBlock(summaryLines(view).join('\n')),
    ...report.parts.flatMap(partSection),
    ...anomalySection(report),
  ];
  const failed = report.parts
    .flatMap(({ scenarios }) => scenarios)
    .filter(({ passed }) => passed !== true);
  const failures: string[] = failed.length === 0 ? [] : ['### What did not pass'];
  let room = maxLength - [...head, ...failures].join('\n\n').length;
  const causes = causesIn(failed);
  for (const [i, cause] of causes.entries()) {
    const section = failureSection(cause);
    room -= section.length + 2;
    if (room < 0) {
      const left = causes.slice(i).reduce((sum, { others }) => sum + 1 + others.length, 0);
      failures.push(`... and ${left} more.`);
      break;
    }
    failures.push(section);
  }
  return `${[...head, ...failures].filter((section) => section !== '').join('\n\n')}\n`;
}

function partSection(part: PartReport): string[] {
  const rows = part.scenarios.map((scenario) => {
    const { id, name, points, passed } = scenario;
    return `| ${words(id)} | ${words(name)} | ${verdictOf(scenario)} | ${passed ? points : 0}/${points} |`;
  });
  const harm = harmLine(part);
  return [
    `### Part ${part.part}: ${words(part.title)}, ${scoreOutOf(part)} points`,
    harm === undefined ? '' : words(harm),
    rows.length === 0
      ? ''
      : [
          '| scenario | what it is about | result | points |',
          '| --- | --- | --- | --: |',
          ...rows,
        ].join('\n'),
  ];
}

/** Which anomalies the servers showed, each with its shortest run. */
function anomalySection({ parts }: Report): string[] {
  const rows = anomaliesIn(parts.flatMap(({ scenarios }) => scenarios)).map(
    ({ kind, schedule, scenarios }) =>
      `| ${words(kind)} | ${words(schedule)} | ${words(`in ${listed(scenarios)}`)} |`,
  );
  if (rows.length === 0) return [];
  return [
    '### Anomalies that the servers showed',
    ['| anomaly | shortest run | seen |', '| --- | --- | --- |', ...rows].join('\n'),
  ];
}

function verdictOf({ passed, failure }: ScenarioReport): string {
  if (passed === true) return 'passed';
  if (passed === false) return '**failed**';
  return failure === undefined ? '**did not run**' : '**framework failed**';
}

function failureSection(cause: CauseGroup): string {
  const text = renderFailure(cause.shown, [], noPaint, { also: othersOf(cause) });
  return codeBlock(bounded(text, maxBlockLength));
}

/** Nothing ends a fenced block but a fence as long as its own: it is longer than any in the text. */
function codeBlock(text: string): string {
  if (text === '') return '';
  const plain = plainText(text, Number.POSITIVE_INFINITY);
  const longest = Math.max(2, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${plain}\n${fence}`;
}

/** A line of words: what means something in Markdown or HTML is escaped. */
function words(text: string): string {
  return plainLine(text, 500).replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

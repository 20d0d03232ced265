/** What there is to say of a hand-in beside its scenarios, in lines of plain text. */
import { plainLine, plainText } from '../plain-text';
import type { Incident, Report } from '../schema';
import type { StudentView } from './student-view';

/** What the compiler says of one file, in UTF-16 code units. */
const maxMessageLength = 2_000;
/** So many files and incidents are told of each kind; the rest is counted. */
const maxShown = 20;

/** No line begins with what a hand-in wrote: either with a label, or with two spaces. */
export function summaryLines({ report, hidden }: StudentView): string[] {
  const { submission, isolation, missing = [], compile = [], incidents = [] } = report;
  return [
    ...(submission === undefined ? [] : [`Hand-in: ${plainLine(submission, 300)}`]),
    ...(isolation === undefined ? [] : [`Isolation: ${plainLine(isolation)}`]),
    ...few(missing, (file) => [`Missing: ${plainLine(file, 300)}`]),
    ...few(compile, ({ file, message }) => [
      `Does not compile: ${plainLine(file, 300)}`,
      ...plainText(message, maxMessageLength)
        .split('\n')
        .map((line) => `  ${line}`),
    ]),
    ...few(incidents, (incident) => [`Incident: ${incidentLine(incident)}`]),
    ...(hidden.scenarios === 0
      ? []
      : [
          `Hidden: ${hidden.scenarios} of the scenarios, worth ${hidden.points} points; they count`,
        ]),
  ];
}

export function incidentLine({ kind, count, example, scenario }: Incident): string {
  const where = scenario === undefined ? '' : ` in ${scenario}`;
  const often = count === 1 ? 'once' : `${count} times`;
  return `${kind}, ${often}, for instance${where}: ${plainLine(example, 500)}`;
}

/** `12/20`. */
export function scoreOutOf({ score, maxScore }: Pick<Report, 'score' | 'maxScore'>): string {
  return `${score}/${maxScore}`;
}

function few<T>(all: readonly T[], lines: (one: T) => string[]): string[] {
  const left = all.length - maxShown;
  return [...all.slice(0, maxShown).flatMap(lines), ...(left > 0 ? [`... and ${left} more`] : [])];
}

/** The beginning of a text that is too long, and that it was. */
export function bounded(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '');
  return `${kept}\n  ... (${text.length - kept.length} more characters)`;
}

/** The summary of a hand-in beside its scenarios, in lines of plain text. */
import { plainLine, plainText } from '../plain-text';
import type { Incident, Report } from '../schema';
import type { StudentView } from './student-view';

/** The length of the compiler's messages on one file, in UTF-16 code units. */
const maxMessageLength = 2_000;
/** The number of files and incidents of each kind that are told; the rest is counted. */
const maxShown = 20;

/** No line begins with what a hand-in wrote: either with a label, or with two spaces. */
export function summaryLines({ report, hidden }: StudentView): string[] {
  const {
    handIn,
    isolation,
    used,
    missing = [],
    ignored = [],
    compile = [],
    incidents = [],
  } = report;
  return [
    ...(handIn === undefined ? [] : [`Hand-in: ${plainLine(handIn, 300)}`]),
    ...(isolation === undefined ? [] : [`Isolation: ${plainLine(isolation)}`]),
    ...(used === undefined ? [] : [`Used: ${usedLine(used)}`]),
    ...few(missing, (file) => [`Missing: ${plainLine(file, 300)}`]),
    ...few(ignored, (file) => [
      `Ignored: ${plainLine(file, 300)}, which belongs to the lab: its own runs in its place`,
    ]),
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

/** `101 s of processor time, 812 MiB of memory`. */
function usedLine({ processorMs, memoryBytes }: NonNullable<Report['used']>): string {
  const memory = memoryBytes === undefined ? '' : `, ${mebibytes(memoryBytes)} MiB of memory`;
  return `${seconds(processorMs)} s of processor time${memory}`;
}

export function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}

export function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
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

/** A class as CSV (RFC 4180), one row a hand-in, safe to open in a spreadsheet. */

import { harmLines } from '../harms';
import { plainLine } from '../plain-text';
import type { Report } from '../schema';
import { type HandIn, partsOf, reportsOf, scenarioSummaries, scenariosOf } from './class';
import { incidentLine, mebibytes, seconds } from './summary';

/** Of one cell, in UTF-16 code units; Excel takes 32,767. */
const maxCellLength = 2_000;

/**
 * Columns: name, score and max score, the same for each part, the points of each scenario (empty:
 * it did not run), then processor seconds and MiB of memory that it used, the harm that it was charged for, incidents, compile errors,
 * missing files, ignored ones, isolation, and why there is no report.
 */
export function renderClassCsv(handIns: readonly HandIn[]): string {
  const reports = reportsOf(handIns);
  const parts = partsOf(reports);
  const ids = scenarioSummaries(reports).map(({ id }) => id);
  const heading = [
    ...['name', 'score', 'max score'],
    ...parts.flatMap((part) => [`part ${part}`, `part ${part} max`]),
    ...ids,
    ...['processor seconds', 'memory MiB'],
    ...['harms', 'incidents', 'compile errors', 'missing', 'ignored', 'isolation', 'error'],
  ];
  const rows = handIns.map((handIn) => {
    if ('error' in handIn) {
      const blanks = Array(heading.length - 2).fill('');
      return [cell(handIn.name), ...blanks, cell(handIn.error)];
    }
    const { name, report } = handIn;
    const points = pointsOf(report);
    return [
      cell(name),
      ...[report.score, report.maxScore],
      ...parts.flatMap((part): (string | number)[] => {
        const found = report.parts.find((one) => one.part === part);
        return found === undefined ? ['', ''] : [found.score, found.maxScore];
      }),
      ...ids.map((id) => points.get(id) ?? ''),
      ...usedBy(report),
      ...notesOf(report).map(cell),
      '',
    ];
  });
  return [heading, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function pointsOf(report: Report): Map<string, number> {
  const ran = scenariosOf(report).filter(({ passed }) => passed !== null);
  return new Map(ran.map(({ id, passed, points }) => [id, passed === true ? points : 0]));
}

function usedBy({ used }: Report): (string | number)[] {
  if (used === undefined) return ['', ''];
  const { processorMs, memoryBytes } = used;
  return [seconds(processorMs), memoryBytes === undefined ? '' : mebibytes(memoryBytes)];
}

function notesOf({
  incidents = [],
  compile = [],
  missing = [],
  ignored = [],
  isolation = '',
  parts,
}: Report): string[] {
  return [
    harmLines(parts).join(' | '),
    incidents.map(incidentLine).join(' | '),
    compile.map(({ file, message }) => `${file}: ${message}`).join(' | '),
    missing.join(' | '),
    ignored.join(' | '),
    isolation,
  ];
}

/**
 * A text as a cell. A spreadsheet takes what begins with one of these characters for a formula, and
 * may take a semicolon or a tab for the end of a cell: an apostrophe in front makes it text.
 */
function cell(text: string): string {
  const plain = plainLine(text, maxCellLength).replace(
    /(^|[;,|"'])(\s*)(?=[=+\-@＝＋－＠])/gu,
    "$1$2'",
  );
  return `"${plain.replaceAll('"', '""')}"`;
}

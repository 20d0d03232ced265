/** The scorecard in the terminal, for a teacher: all that is in the report. */

import { listed } from '../anomalies';
import { causesIn, othersOf } from '../causes';
import type { Report } from '../schema';
import { renderFailure, renderScorecard } from '../scorecard';
import { noPaint, type RenderOptions } from './options';
import { studentView } from './student-view';
import { scoreOutOf, summaryLines } from './summary';

/** The number of causes that are told. */
const shownCauses = 5;

export function renderTerminal(report: Report, { paint = noPaint }: RenderOptions): string {
  const failed = report.parts
    .flatMap(({ scenarios }) => scenarios)
    .filter(({ passed }) => passed !== true);
  const causes = causesIn(failed);
  const left = causes.slice(shownCauses).flatMap(({ shown, others }) => [shown, ...others]);
  return [
    ...summaryLines(studentView(report, { hidden: 'visible' })),
    '',
    renderScorecard(report.parts, paint),
    ...causes
      .slice(0, shownCauses)
      .map((cause) => `${renderFailure(cause.shown, [], paint, { also: othersOf(cause) })}\n`),
    ...(left.length > 0
      ? [`... and ${left.length} more (${listed(left.map(({ id }) => id))}), see --format json`]
      : []),
    paint('bold', `Score: ${scoreOutOf(report)}`),
    '',
  ].join('\n');
}

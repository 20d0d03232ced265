/** The scorecard in the terminal, for a teacher: all that is in the report. */

import type { Report } from '../schema';
import { renderFailure, renderScorecard } from '../scorecard';
import { noPaint, type RenderOptions } from './options';
import { studentView } from './student-view';
import { scoreOutOf, summaryLines } from './summary';

/** The number of failures shown in full; one cause often fails many scenarios. */
const shownFailures = 5;

export function renderTerminal(report: Report, { paint = noPaint }: RenderOptions): string {
  const failed = report.parts
    .flatMap(({ scenarios }) => scenarios)
    .filter(({ passed }) => passed !== true);
  const more = failed.length - shownFailures;
  return [
    ...summaryLines(studentView(report, { hidden: 'visible' })),
    '',
    renderScorecard(report.parts, paint),
    ...failed.slice(0, shownFailures).map((one) => `${renderFailure(one, [], paint)}\n`),
    ...(more > 0 ? [`... and ${more} more, see --format json`] : []),
    paint('bold', `Score: ${scoreOutOf(report)}`),
    '',
  ].join('\n');
}

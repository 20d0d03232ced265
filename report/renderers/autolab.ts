/**
 * Autolab (https://docs.autolabproject.com/lab/, "Writing Autograders"): what people read, and as
 * the last line a JSON object with the points of each problem. The problems are called A and B.
 */

import type { Report } from '../schema';
import { renderFailure, renderScorecard } from '../scorecard';
import { noPaint, type RenderOptions } from './options';
import { studentView } from './student-view';
import { bounded, scoreOutOf, summaryLines } from './summary';

/** Of one failure, in UTF-16 code units. */
const maxFailureLength = 4_000;
/** Of all that people read: Autolab cuts long outputs in their middle. */
const maxLength = 60_000;

export function renderAutolab(whole: Report, options: RenderOptions): string {
  const view = studentView(whole, options);
  const { report } = view;
  const failures = report.parts
    .flatMap(({ scenarios }) => scenarios)
    .filter(({ passed }) => passed !== true)
    .map((scenario) => bounded(renderFailure(scenario, [], noPaint), maxFailureLength));
  const text = [
    ...summaryLines(view),
    '',
    renderScorecard(report.parts, noPaint),
    ...failures.flatMap((failure) => [failure, '']),
  ].join('\n');
  const scores = Object.fromEntries(report.parts.map(({ part, score }) => [part, score]));
  return [
    bounded(text, maxLength),
    // Autolab may read the line before the last one, too: it is never one of a hand-in.
    `Score: ${scoreOutOf(report)}`,
    JSON.stringify({ scores }),
    '',
  ].join('\n');
}

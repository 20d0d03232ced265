import type { Explanation } from './explain';
import { callBy, linesOf, outcomeAt, quote } from './phrases';

const MOST_LINES = 20;

/** Renders an explanation as lines of text, the first of which is its sentence. */
export function renderExplanation(explanation: Explanation): string {
  const { sentence, reasons, limit } = explanation;
  const lines = [sentence, ...shorten(explanation).map((it) => `  ${it}`)];
  const orders = new Map(reasons.map((reason) => [reason.order, reason.state]));
  for (const [order, state] of orders) {
    const steps = order.slice(-MOST_LINES).map((it) => `${callBy(it)} (line ${it.invokedAt})`);
    const dots = order.length > steps.length ? '..., ' : '';
    const start = steps.length === 0 ? 'At the start' : `After ${dots}${steps.join(', ')}`;
    lines.push(`${start} there is ${quote(state)}, and next cannot come`);
    for (const reason of reasons.filter((it) => it.order === order)) {
      const what = `${callBy(reason.operation)} (line ${reason.operation.invokedAt})`;
      lines.push(`  ${what}: expected ${reason.expected}, got ${reason.got}`);
    }
  }
  if (limit !== undefined) {
    lines.push(`There may be a shorter explanation: this is the best one until ${limit}.`);
  }
  return lines.join('\n');
}

/** A line for each operation; of many, the last ones, which are nearest to the trouble. */
function shorten({ operations, untilLine }: Explanation): string[] {
  const shown = operations.slice(-MOST_LINES);
  const lines = shown.map((it) => `${linesOf(it)}: ${callBy(it)}, ${outcomeAt(it, untilLine)}`);
  const hidden = operations.length - shown.length;
  return hidden === 0 ? lines : [`(${hidden} operations before)`, ...lines];
}

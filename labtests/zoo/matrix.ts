/** The matrix of the zoo as one page: solutions down, scenarios across, the seed that caught it inside. */

import { html } from '../../report/renderers/class-html';
import { allScenarios } from '../catalogue';
import { type Catch, isExplained, type ZooResult } from './grade';
import { zooTotals } from './summary';

const style = `
:root { color-scheme: light dark; --line: #8884; --meant: #2a8a3e; --other: #2563c9; --miss: #c22; }
body { font: .9rem/1.4 system-ui, sans-serif; margin: 1.5rem; }
table { border-collapse: collapse; }
th, td { border: 1px solid var(--line); padding: .1rem .3rem; text-align: left; white-space: nowrap; }
thead th { background: Canvas; position: sticky; top: 0; writing-mode: vertical-rl; }
tbody th { background: Canvas; font-weight: normal; left: 0; position: sticky; }
.meant { background: var(--meant); color: #fff; }
.other { background: var(--other); color: #fff; }
.miss { background: var(--miss); color: #fff; }
`;

export function matrixPage(result: ZooResult): string {
  const { wrong, caught, right, passed } = zooTotals(result);
  const rows = [
    ...result.wrong.map((one) => {
      const { name, bug, meant } = one.solution;
      const title = isExplained(one) ? bug : `${bug} (its explanation is not the right one)`;
      return row(name, title, one.catches, (id) => (meant.includes(id) ? 'meant' : 'other'), meant);
    }),
    ...result.right.map(({ solution, failures }) =>
      row(solution.name, solution.design, failures, () => 'miss', []),
    ),
  ];
  const scenarios = allScenarios()
    .map(({ id, name }) => `<th title="${html(name)}">${id}</th>`)
    .join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Zoo</title><style>${style}</style></head><body>
<h1>${caught} of ${wrong} wrong solutions caught, ${passed} of ${right} right ones pass</h1>
<p>A number is the first seed with which the scenario failed. Green: a scenario that is meant to catch
it; blue: another one; red: a scenario that should have failed and passed, or the other way round.</p>
<table><thead><tr><th>solution</th>${scenarios}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></body></html>
`;
}

function row(
  name: string,
  title: string,
  catches: readonly Catch[],
  kindOf: (scenario: string) => 'meant' | 'other' | 'miss',
  meant: readonly string[],
): string {
  const cells = allScenarios().map(({ id }) => {
    const found = catches.find(({ scenario }) => scenario === id);
    if (found === undefined) return meant.includes(id) ? '<td class="miss"></td>' : '<td></td>';
    const { expected, actual } = found.failure;
    const why = html(`expected ${expected}, got ${actual}`);
    return `<td class="${kindOf(id)}" title="${why}">${found.seed}</td>`;
  });
  return `<tr><th title="${html(title)}">${html(name)}</th>${cells.join('')}</tr>`;
}

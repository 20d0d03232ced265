/** The table of faults has a scenario in each field. */
import { readText } from '../runtime/text-file';
import { allScenarios } from './catalogue';

const fields = readText('docs/faults.md')
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|[ |-]+$/.test(line))
  .map((line) => line.split('|').slice(1, -1))
  .map(([name = '', ...cells]) => [name.trim(), cells.map((cell) => cell.trim())] as const)
  .filter(([name]) => name !== 'message' && name !== 'fault');

test.each(fields)('%s', (_, cells) => {
  const ids = allScenarios().map(({ id }) => id);
  for (const cell of cells) {
    if (/^none: ./.test(cell)) continue;
    const named = cell.match(/\b[AB]\d+[a-z]?\b/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  }
});

/** The anomalies that a report tells of, and their runs. */

import type { Failure } from '../judging/failure';
import { anomaliesIn, renderAnomalies } from './anomalies';
import { parseReport } from './parse';
import { renderReport } from './renderers';
import { noPaint } from './renderers/options';
import { partReport, reportOf, reportOn } from './report';
import { aScenario, partB, resultOf, startedAt, wrong } from './reports.testing';
import type { ScenarioReport } from './schema';
import { renderScorecard } from './scorecard';

function failed(id: string, lengthMs: number, failure: Partial<Failure>): ScenarioReport {
  const trace = [{ t: lengthMs, node: 's1', type: 'tick' as const }];
  return reportOn(aScenario(id), { ...resultOf({ ...wrong, ...failure }), trace });
}

const lost = { anomalies: ['lost acknowledged write'] } as const;
const scenarios = [
  reportOn(aScenario('B1'), resultOf(null)),
  failed('B2', 900, lost),
  failed('B4', 300, { anomalies: ['split brain', 'lost acknowledged write'] }),
  failed('B5', 700, { kind: 'stuck' }),
  failed('B6', 100, { kind: 'framework', ...lost }),
  failed('B7', 100, {}),
];
const report = reportOf([partReport(partB, scenarios)], { startedAt });

test('each anomaly once, the worst first, with the shortest run that shows it', () => {
  expect(anomaliesIn(scenarios)).toEqual([
    { kind: 'lost acknowledged write', schedule: 'B4:7', scenarios: ['B2', 'B4'] },
    { kind: 'split brain', schedule: 'B4:7', scenarios: ['B4'] },
    // What is stuck shows it, whoever found it.
    { kind: 'stuck after heal', schedule: 'B5:7', scenarios: ['B5'] },
  ]);
});

test('the report has them, and one that has others is refused', () => {
  expect(report.anomalies).toEqual(anomaliesIn(scenarios));
  expect(parseReport(JSON.stringify(report))).toEqual(report);
  const { anomalies = [], ...without } = report;
  expect(parseReport(JSON.stringify(without))).toEqual(without);
  const forged = { ...report, anomalies: anomalies.slice(1) };
  expect(() => parseReport(JSON.stringify(forged))).toThrow(
    'anomalies: expected those that its scenarios show, got others',
  );
});

test('the scorecard and Markdown show them when there are any', () => {
  const [title, ...lines] = renderAnomalies(scenarios, noPaint);
  expect(title).toBe('Anomalies that these servers showed, each with its shortest run:');
  expect(lines).toEqual([
    '  lost acknowledged write  npm run replay -- B4:7  in B2, B4',
    '  split brain              npm run replay -- B4:7  in B4',
    '  stuck after heal         npm run replay -- B5:7  in B5',
  ]);
  expect(renderScorecard(report.parts, noPaint)).toContain(`${title}\n${lines.join('\n')}\n`);
  expect(renderReport(report, 'markdown')).toContain('| split brain | B4\\:7 | in B4 |');
  const clean = reportOf([partReport(partB, scenarios.slice(0, 1))], { startedAt });
  expect(clean).not.toHaveProperty('anomalies');
  expect(renderScorecard(clean.parts, noPaint)).not.toContain('Anomalies');
  expect(renderReport(clean, 'markdown')).not.toContain('nomalies');
});

test('what only a hidden scenario showed is not told to students', () => {
  const hidden = scenarios.map((one) =>
    one.id === 'B4' ? { ...one, visibility: 'hidden' as const } : one,
  );
  const secret = reportOf([partReport(partB, hidden)], { startedAt });
  const told = renderReport(secret, 'markdown');
  expect(told).toContain('| lost acknowledged write | B2\\:7 | in B2 |');
  expect(told).not.toContain('split brain');
  expect(renderReport(secret, 'terminal')).toContain('split brain');
});

test('many scenarios are counted', () => {
  const many = Array.from({ length: 9 }, (_, i) => failed(`B${i + 1}`, 10 + i, lost));
  expect(renderAnomalies(many, noPaint).at(-1)).toMatch(/in B1, B2, B3, B4, B5, B6 and 3 more$/);
});

import { partReport, pending, reportOf, reportOn } from '../report';
import { aScenario, partA, resultOf, sampleReport, startedAt } from '../reports.testing';
import type { Report } from '../schema';
import { partsOf, percentOf, reportsOf, scenarioSummaries } from './class';

function onlyA(): Report {
  const scenarios = [reportOn(aScenario('A2'), resultOf(null)), pending(aScenario('A3'))];
  return reportOf([partReport(partA, scenarios)], { startedAt });
}

test('scenarios are counted over all reports, whichever have them', () => {
  const handIns = [
    { name: 'alice', report: sampleReport() },
    { name: 'bob', error: 'no hand-in' },
    { name: 'carol', report: onlyA() },
  ];
  const reports = reportsOf(handIns);
  expect(reports).toHaveLength(2);
  expect(partsOf(reports)).toEqual(['A', 'B']);
  expect(
    scenarioSummaries(reports).map((one) => [one.id, one.passed, one.of, one.unknown, one.hidden]),
  ).toEqual([
    ['A1', 1, 1, 0, false],
    ['A2', 1, 2, 0, false],
    ['A3', 0, 1, 1, false],
    ['B1', 0, 1, 1, false],
    ['B2', 0, 1, 1, false],
    ['B3', 0, 1, 0, true],
  ]);
});

test('only all is 100 percent', () => {
  expect([percentOf(999, 1_000), percentOf(3, 3), percentOf(0, 0)]).toEqual([99, 100, 0]);
});

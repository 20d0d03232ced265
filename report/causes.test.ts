/** Failures of one cause are told once, by the simplest run, and the others are named. */
import type { Failure } from '../judging/failure';
import { causesIn, othersOf } from './causes';
import { reportOn } from './report';
import { aScenario, resultOf, wrong } from './reports.testing';
import type { ScenarioReport } from './schema';
import { renderFailure } from './scorecard';

const plain = (_: string, text: string) => text;

function failed(id: string, failure: Failure, more: Partial<ScenarioReport> = {}): ScenarioReport {
  return { ...reportOn(aScenario(id), resultOf(failure)), ...more };
}

const alone: Failure = { ...wrong, breach: 'writes go through the backup' };
const ids = (reports: readonly ScenarioReport[]) =>
  causesIn(reports).map(({ shown, others }) => [shown.id, ...others.map(({ id }) => id)]);

test('those that break one rule are one cause, whatever they saw', () => {
  const stale: Failure = { ...alone, kind: 'not linearizable', anomalies: ['stale read'] };
  expect(ids([failed('B1', wrong), failed('B4', alone), failed('B9', stale)])).toEqual([
    ['B4', 'B9'],
    ['B1'],
  ]);
});

test('a run in which servers crash and nothing else fails is the simplest, then the shortest', () => {
  const reports = [
    failed('B4', alone, { lengthMs: 900 }),
    failed('B5', { ...alone, plainFailover: true }, { lengthMs: 2_000 }),
    failed('B6', alone, { lengthMs: 300 }),
  ];
  expect(ids(reports)).toEqual([['B5', 'B6', 'B4']]);
});

test('a run in the plain setting comes before one that is drawn', () => {
  const drawn = {
    ...alone,
    setting: 'servers named like [::1]:9037; in the plain setting it fails, too',
  };
  const reports = [failed('B4', drawn, { lengthMs: 100 }), failed('B5', alone, { lengthMs: 900 })];
  expect(ids(reports)).toEqual([['B5', 'B4']]);
});

test('scenarios whose servers do not come up are one cause, and say nothing of what they are about', () => {
  const reports = ['nobody', 'backup nobody'].map((actual, i) =>
    failed(`B${i}`, { ...wrong, actual, inSetUp: true }),
  );
  const [cause, ...others] = causesIn([...reports, failed('B7', wrong)]);
  expect(others.map(({ shown }) => shown.id)).toEqual(['B7']);
  expect(cause && othersOf(cause)).toMatch(/^1 other, which could not begin either: /);
  const shown = renderFailure(cause?.shown as ScenarioReport, [], plain);
  expect(shown).toMatch(/hint +The scenario itself had not begun/);
  expect(shown).not.toMatch(/^ {2}(rule|why) /m);
});

test('an earlier part comes first, whatever it costs', () => {
  const early = { ...failed('A1', wrong, { points: 1 }), part: 'A' } as const;
  const late = ['B1', 'B2'].map(
    (id) => ({ ...failed(id, alone, { points: 9 }), part: 'B' }) as const,
  );
  expect(ids([...late, early])).toEqual([['A1'], ['B1', 'B2']]);
});

test('without a rule the words tell causes apart, but for numbers and names', () => {
  const views = (server: string, view: number): Failure => ({
    ...{ kind: 'expectation', expected: `view ${view} with primary ${server}` },
    actual: 'nothing',
  });
  const loop = (server: string, place: string): Failure => ({
    ...{ kind: 'did not settle', expected: `${server} to come to rest` },
    actual: `${server} did not come back from ${place}`,
  });
  const reports = [
    failed('B1', views('s1', 2)),
    failed('B2', views('10.0.0.1:80', 7)),
    failed('B3', { ...wrong, actual: 'nobody' }),
    failed('B4', loop('s1', 'a tick')),
    failed('B5', loop('vs', 'a tick')),
    failed('B6', loop('s1', 'PbService.operate')),
  ];
  expect(ids(reports)).toEqual([['B1', 'B2'], ['B4', 'B5'], ['B3'], ['B6']]);
});

test('the others are named with what replays them, the first dozen at least', () => {
  const reports = Array.from({ length: 20 }, (_, i) => failed(`B${i + 1}`, alone));
  const [cause] = causesIn(reports);
  const also = cause && othersOf(cause);
  expect(also).toMatch(/^19 others, which break the same rule: B2:7, B3:7, .*, B13:7 and 7 more$/);
  const text = renderFailure(reports[0] as ScenarioReport, [], plain, { also });
  expect(text).toMatch(/\n {2}also {7}19 others, which break the same rule: /);
  expect(text.split('\n').length).toBeLessThanOrEqual(60);
  expect(causesIn(reports.slice(0, 1)).map(othersOf)).toEqual([undefined]);
});

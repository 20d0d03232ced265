/** The costs of a harm, who is charged for it, and how each format tells that. */
import type { Failure } from '../judging/failure';
import { harmLines } from './harms';
import { parseReport } from './parse';
import { renderClass, renderReport } from './renderers';
import { noPaint } from './renderers/options';
import { partReport, reportOf, reportOn } from './report';
import { aScenario, partB, resultOf, startedAt, wrong } from './reports.testing';
import type { Report, ScenarioReport } from './schema';
import { renderScorecard } from './scorecard';

const lost: Failure = { ...wrong, anomalies: ['lost acknowledged write'] };
const lostPlainly: Failure = { ...lost, plainFailover: true };

function scenario(id: string, failure: Failure | null, points = 2): ScenarioReport {
  return reportOn(aScenario(id, points), resultOf(failure));
}

/** A part of nine points of which these scenarios fail. */
function part(failures: Readonly<Record<string, Failure>>) {
  const points = { B1: 2, B2: 2, B3: 5 };
  return partReport(
    partB,
    Object.entries(points).map(([id, each]) => scenario(id, failures[id] ?? null, each)),
  );
}

test.each([
  ['nothing when nothing fails', {}, [9, 9]],
  ['nothing where the failure has no name', { B1: wrong }, [7, 7]],
  ['its points, though one scenario shows it', { B1: lost }, [7, 6]],
  ['once, though two scenarios show it', { B1: lost, B2: lost }, [5, 5]],
  ['more in a plain failover', { B1: lostPlainly }, [7, 2]],
  [
    'the worst alone of several',
    { B1: lostPlainly, B2: { ...wrong, anomalies: ['too many messages'] } },
    [5, 2],
  ],
  ['nothing more than what failed lost already', { B1: lost, B3: lost }, [2, 2]],
  ['nothing when the framework failed', { B1: { ...lostPlainly, kind: 'framework' } }, [7, 7]],
] as [string, Record<string, Failure>, [number, number]][])(
  'a harm costs %s',
  (_what, failures, sums) => {
    const { earned, score, maxScore } = part(failures);
    expect([earned, score, maxScore]).toEqual([...sums, 9]);
  },
);

test('of a part of which only some scenarios run, a harm costs their share, rounded up', () => {
  const some = [scenario('B1', lostPlainly), scenario('B2', null)];
  // Seven of nine are 3.1 of four.
  expect(partReport(partB, some)).toMatchObject({ earned: 2, score: 0, maxScore: 4 });
  const { harms } = partReport(partB, some.slice(1));
  expect(harms?.map(({ points }) => points)).toEqual([2, 1, 1]);
  expect(partReport(partB, some.slice(1)).score).toBe(2);
});

test('a part that declares no harms has none', () => {
  const { harms: _none, ...harmless } = partB;
  const report = partReport(harmless, [scenario('B1', lost), scenario('B2', null)]);
  expect(report).not.toHaveProperty('harms');
  expect(report).toMatchObject({ earned: 2, score: 2 });
});

const charged = reportOf([part({ B1: lostPlainly, B2: lostPlainly })], { startedAt });
const line =
  'Lost acknowledged write in a plain failover, shown by B1, B2: costs at least 7 points, ' +
  'so 2/9 (without that 5/9)';

describe('a report', () => {
  const changed = (change: (one: Report['parts'][number]) => object) =>
    JSON.stringify({ ...charged, parts: charged.parts.map((one) => ({ ...one, ...change(one) })) });
  const problem = (text: string) => {
    try {
      parseReport(text);
      return '';
    } catch (error) {
      return String(error);
    }
  };

  test('says what was charged', () => {
    expect(parseReport(JSON.stringify(charged))).toEqual(charged);
    expect(charged).toMatchObject({ score: 2, maxScore: 9 });
    expect(charged.parts[0]?.harms).toEqual([
      { kind: 'lost acknowledged write', in: 'plain failover', points: 7, scenarios: ['B1', 'B2'] },
      { kind: 'lost acknowledged write', in: 'other runs', points: 3, scenarios: [] },
      { kind: 'too many messages', points: 1, scenarios: [] },
    ]);
  });

  test.each([
    ['that is charged for nothing', { score: 5 }, 'parts.0.score: expected 2, as its scenarios'],
    ['that has earned more', { earned: 9 }, 'parts.0.earned: expected 5, as its scenarios'],
    ['without the harms', { harms: [] }, 'parts.0.score: expected 5, as its scenarios and harms'],
  ])('%s is refused', (_what, change, message) => {
    expect(problem(changed(() => change))).toContain(message);
  });

  test.each([
    ['shown by nobody', { scenarios: [] }, 'parts.0.harms.0.scenarios: expected [B1, B2], those'],
    [
      'shown by others',
      { scenarios: ['B3'] },
      'parts.0.harms.0.scenarios: expected [B1, B2], those',
    ],
    ['worth more than there is', { points: 10 }, 'parts.0.harms.0.points: expected at most 9, got'],
    [
      'twice',
      { in: 'other runs', scenarios: [] },
      'parts.0.harms.1.kind: lost acknowledged write is there',
    ],
  ])('with a harm %s is refused', (_what, change, message) => {
    const text = changed(({ harms: [first, ...rest] = [] }) => ({
      harms: [{ ...first, ...change }, ...rest],
    }));
    expect(problem(text)).toContain(message);
  });
});

test('each format says it in one line', () => {
  const [title] = renderScorecard(charged.parts, noPaint).split('\n');
  expect(title).toMatch(/2\/9 points$/);
  const oneLine = (text: string) => text.replace(/\\(?=[^\w\s])/g, '').replace(/\s+/g, ' ');
  for (const format of ['terminal', 'gradescope', 'junit', 'autolab', 'markdown'] as const) {
    expect(oneLine(renderReport(charged, format))).toContain(line);
  }
  const handIn = { name: 'alice', report: charged };
  expect(renderClass([handIn], 'csv')).toContain(`"Part B: ${line}"`);
  expect(oneLine(renderClass([handIn], 'html'))).toContain(`Part B: ${line}`);
  expect(renderReport(reportOf([part({ B1: wrong })], { startedAt }), 'terminal')).not.toContain(
    'costs at least',
  );
});

test('what only hidden scenarios show is charged and not told to students', () => {
  const hide = (one: Report['parts'][number], ids: readonly string[]) => ({
    ...one,
    scenarios: one.scenarios.map((each) =>
      ids.includes(each.id) ? { ...each, visibility: 'hidden' as const } : each,
    ),
  });
  const secret = reportOf([hide(part({ B1: lostPlainly, B2: lost }), ['B1'])], { startedAt });
  const told = renderReport(secret, 'junit');
  expect(told).toContain(
    'What hidden scenarios show costs at least 7 points, so 2/9 (without that 5/9)',
  );
  expect(told).not.toContain('lost acknowledged');
  expect(renderReport(secret, 'terminal')).toContain('Lost acknowledged write');
  const known = reportOf([hide(charged.parts[0] as Report['parts'][number], ['B2'])], {
    startedAt,
  });
  expect(harmLines(known.parts)).toEqual([`Part B: ${line}`]);
  expect(renderReport(known, 'junit')).toContain('shown by B1: costs at least 7 points');
});

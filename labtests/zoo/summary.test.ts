/** The summary of a zoo that is not as it should be. */
import type { Failure } from '../../judging/failure';
import type { Catch, ZooResult } from './grade';
import { matrixPage } from './matrix';
import { isZooCaught, wrongLine, zooReport, zooSummary } from './summary';
import type { WrongSolution } from './wrong-solutions';

const took = { seconds: 61.4, cpuSeconds: 99.6 };

const lost: Failure = {
  kind: 'not linearizable',
  expected: 'all operations in one order',
  actual: 'lost append: <b> is gone',
};

const solution: WrongSolution = {
  ...{
    name: 'forgetful',
    bug: 'It forgets.',
    breaks: 'R4',
    why: 'Because.',
    area: 'backup',
    diff: '',
  },
  ...{
    meant: ['B4', 'B5'],
    kind: 'not linearizable',
    says: /^lost append/,
    expects: undefined,
    proves: undefined,
  },
};

const right = {
  ...{ name: 'other', design: 'Other.', files: [], from: (sources: never) => sources },
} as unknown as ZooResult['right'][number]['solution'];

function caughtBy(scenario: string, failure = lost): Catch {
  return { scenario, seed: 3, seconds: 0.25, failure };
}

function zoo(catches: Catch[], failures: Catch[] = []): ZooResult {
  const caught = catches.map(({ scenario }) => scenario);
  const passed = ['B4', 'B5', 'B6'].filter((id) => !caught.includes(id));
  return {
    wrong: [{ solution, catches, passed }],
    right: [{ solution: right, failures, runs: 20 }],
  };
}

test('all is well when a meant scenario catches it, in the right words', () => {
  const result = zoo([caughtBy('B4')]);
  expect(isZooCaught(result)).toBe(true);
  expect(zooReport(result, took)).toMatchObject({ wrong: 1, caught: 1, right: 1, passed: 1 });
  expect(Object.keys(zooReport(result, took)).slice(0, 4)).toEqual([
    ...['wrong', 'caught', 'right', 'passed'],
  ]);
  expect(wrongLine(result.wrong[0] as never)).toBe('caught  forgetful  B4:3 in 0.3 s  (B4)');
});

test('caught by a scenario that is not meant for it is not caught', () => {
  const result = zoo([caughtBy('B6')]);
  expect(isZooCaught(result)).toBe(false);
  expect(zooReport(result, took)).toMatchObject({ caught: 0 });
  expect(wrongLine(result.wrong[0] as never)).toBe(
    'NOT CAUGHT  forgetful: meant for it B4, B5; caught by B6',
  );
});

test('caught, but the first of those meant for it says something else', () => {
  const stuck: Failure = { kind: 'stuck', expected: 'all to finish', actual: '1 still waits' };
  const result = zoo([caughtBy('B4', stuck), caughtBy('B5')]);
  expect(isZooCaught(result)).toBe(false);
  expect(wrongLine(result.wrong[0] as never)).toContain(
    'NOT EXPLAINED: B4 says (stuck) 1 still waits',
  );
});

test('a right solution that loses a point', () => {
  const result = zoo([caughtBy('B4')], [caughtBy('B6')]);
  expect(isZooCaught(result)).toBe(false);
  expect(zooReport(result, took)).toMatchObject({ right: 1, passed: 0 });
  expect(zooSummary(result, took)).toContain('other fails B6:3: expected all operations');
});

test('what is caught by one scenario only, and which scenarios caught nothing', () => {
  const text = zooSummary(zoo([caughtBy('B4')]), took);
  expect(text).toContain('Caught by one scenario only:\n  forgetful (B4)\n');
  expect(text).toContain('Scenarios that caught nothing:\n  B5 B6\n');
  expect(text).toContain('Passed a scenario that is meant to catch them:\n  forgetful (B5)\n');
  expect(text).toContain('in 61 s (100 s of processors)');
});

describe('points', () => {
  const meets = (wrong: Partial<Catch['failure']>, scenario = 'B4') =>
    zooReport(zoo([caughtBy(scenario, { ...lost, ...wrong })]), took);

  test('a wrong solution loses what its harm costs, or the points of what it fails', () => {
    const [one] = meets({}).wrongSolutions;
    expect(one).toMatchObject({ breaks: 'R4', points: { lost: 1, byScenarios: 1 } });
    const [other] = meets({ anomalies: ['lost acknowledged write'] }).wrongSolutions;
    expect(other?.points).toEqual({ lost: 20, byScenarios: 1 });
    const [plain] = meets({
      anomalies: ['lost acknowledged write'],
      plainFailover: true,
    }).wrongSolutions;
    expect(plain?.points).toEqual({ lost: 35, byScenarios: 1 });
  });

  test('the medians of all, and of those that break plain failover', () => {
    const harm = { anomalies: ['stale read'], plainFailover: true } as const;
    const medians = { medianLost: 35, medianLostByScenarios: 1 };
    expect(meets(harm).points).toEqual({
      ...medians,
      plainFailover: { scenarios: ['B4', 'B5', 'B6', 'B7'], broken: 1, ...medians },
    });
    expect(meets(harm, 'B14').points.plainFailover).toMatchObject({ broken: 0, medianLost: 0 });
    const text = zooSummary(zoo([caughtBy('B4', { ...lost, ...harm })]), took);
    expect(text).toContain('median 35; by the 1 that break plain failover (B4, B5, B6, B7): 35');
  });

  test('each clause has the wrong solutions that break it', () => {
    const { clauses } = meets({});
    expect(clauses).toContainEqual({ clause: 'R4', brokenBy: ['forgetful'] });
    expect(clauses).toContainEqual({ clause: 'V1', brokenBy: [] });
  });
});

test('the page shows the seed, and takes no text for markup', () => {
  const page = matrixPage(zoo([caughtBy('B4')]));
  expect(page).toContain(
    '<td class="meant" title="expected all operations in one order, got lost append: &lt;b&gt; is gone">3</td>',
  );
  expect(page).not.toContain('<b>');
});

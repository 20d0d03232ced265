/** Failures of seeds, with what only their traces show. */
import type { Failure } from '../../judging/failure';
import type { TraceEvent } from '../../runtime/trace';
import { runSeeds } from './run-seeds';

const ping = { kind: 'request', to: 'vs', call: 'ViewService.ping', body: {} } as const;

/** Two servers ping, and one of them crashes. */
const failover: readonly TraceEvent[] = [
  ...['s1', 's2'].flatMap((from, id): TraceEvent[] => [
    { t: 1, node: from, type: 'send', id, from, ...ping },
    { t: 2, node: 'vs', type: 'deliver', id, from, ...ping },
  ]),
  { t: 5, node: 's1', type: 'crash' },
];
const paused: readonly TraceEvent[] = [{ t: 0, node: 's2', type: 'pause' }, ...failover];

async function failureOf(kind: Failure['kind'], trace: readonly TraceEvent[]) {
  const failure = { kind, expected: 'x', actual: 'y' };
  const run = async (seed: number) => ({
    ...{ seed, failure, virtualMs: 5, delivered: 1, trace, history: [] },
  });
  return (await runSeeds({ seeds: [1], run })).failure;
}

test('a failure tells whether servers crashed and nothing else failed', async () => {
  expect(await failureOf('stuck', failover)).toMatchObject({ plainFailover: true });
  expect(await failureOf('stuck', paused)).not.toHaveProperty('plainFailover');
  expect(await failureOf('stuck', [])).not.toHaveProperty('plainFailover');
});

test.each(['broken code', 'did not settle'] as const)(
  '%s is an anomaly in a plain failover',
  async (kind) => {
    expect(await failureOf(kind, failover)).toMatchObject({ anomalies: ['node broke down'] });
    expect(await failureOf(kind, paused)).not.toHaveProperty('anomalies');
    expect(await failureOf('stuck', failover)).not.toHaveProperty('anomalies');
  },
);

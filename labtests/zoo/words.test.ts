/** A failure is told by the clause that is broken, whatever the scenario that noticed is about, and by who is at fault. */
import { breaches } from '../../judging/breach';
import type { Failure } from '../../judging/failure';
import { Solution } from '../../nodes/sandbox/sandbox';
import { guidanceOn, ruleIn } from '../../report/guidance';
import { reportOn } from '../../report/report';
import { runScenario } from '../../suite/run/run-scenario';
import { runSeeds } from '../../suite/run/run-seeds';
import type { SingleScenario } from '../../suite/scenario/scenario';
import { everyScenario } from '../catalogue';
import { labs } from '../labs';
import { withWrongSolution } from './with-wrong-solution.testing';

function scenarioOf(id: string): SingleScenario {
  const scenario = everyScenario().find((other) => other.id === id);
  if (scenario?.body === undefined) throw new Error(`there is no scenario ${id} of single runs`);
  return scenario;
}

/** Of the first of five runs that fails. */
async function reportFrom(name: string, id: string) {
  const scenario = scenarioOf(id);
  return withWrongSolution(name, async (root) => {
    const solution = new Solution(root);
    const run = (seed: number, tracing: boolean, kept?: readonly string[]) =>
      runScenario(scenario, { seed, solution, tracing, kept });
    return reportOn(scenario, await runSeeds({ seeds: [1, 2, 3, 4, 5], run }));
  });
}

test.each([
  ['vs-dead-backup-stays', 'A13', 'V5', 'the view service'],
  ['vs-acknowledgement-not-reset', 'A9', 'V4', 'the view service'],
  ['vs-idle-promoted', 'A8b', 'V9', 'the view service'],
  ['vs-number-without-change', 'A7', 'V11', 'the view service'],
  ['vs-time-counted-in-pings', 'A7', 'V2', 'the view service'],
  ['primary-reads-locally', 'B14', 'R5', 'the primary'],
  ['primary-failed-forward-counts', 'B34', 'R4', 'the primary'],
  ['no-duplicate-table', 'B17', 'S1', 'the servers'],
  ['backup-answers-reads', 'B31', 'R8', 'the servers'],
  ['clerk-new-number-for-each-retry', 'B18b', 'C3', 'the clerk'],
  ['clerk-keeps-to-the-first-named', 'B8b', 'C2', 'the clerk'],
  ['clerk-all-the-same-id', 'B13', 'C7', 'the clerk'],
  ['clerk-queue-for-each-key', 'B9e', 'C1', 'the clerk'],
  ['clerk-ignores-time-out', 'B38b', 'C4', 'the clerk'],
  ['clerk-overloaded-is-final', 'B38d', 'C5', undefined],
  ['clerk-reuses-given-up-number', 'B38b', 'C6', 'the clerk'],
])('%s, noticed by %s, breaks %s: the fault of %s', async (name, id, clause, component) => {
  const { failure, guidance } = await reportFrom(name, id);
  expect([guidance?.clause, failure?.component]).toEqual([clause, component]);
});

const stuck: Failure = { kind: 'stuck', expected: 'all to finish', actual: 'c1 waits' };
const lost: Failure = {
  ...{ kind: 'not linearizable', expected: 'an order', actual: 'none' },
  anomalies: ['lost acknowledged write'],
};
const other: Failure = { kind: 'expectation', expected: 'this', actual: 'that' };
const ownWords = ({ rule, why, hint }: SingleScenario) => ({ rule, why, hint });

test('what may have several causes is told in the words of a scenario that is about one of them', () => {
  const swarm = scenarioOf('B30');
  expect(guidanceOn(lost, swarm)).toEqual(ownWords(swarm));
});

test('a scenario that is about something else says nothing of what it does not know', () => {
  const timeOuts = scenarioOf('B38a');
  expect(guidanceOn(lost, timeOuts)).toEqual({});
  expect(guidanceOn(stuck, timeOuts)).toEqual({});
  expect(guidanceOn({ ...stuck, remedy: 'do this' }, timeOuts)).toEqual({ hint: 'do this' });
});

test('a scenario that checks one clause alone knows which one is broken, and where to look', () => {
  const timeOuts = scenarioOf('B38a');
  const guidance = guidanceOn(other, timeOuts);
  expect(guidance).toMatchObject({ clause: 'C4', hint: timeOuts.hint, why: timeOuts.why });
  expect(ruleIn(guidance)).toMatch(/^C4: An operation with `timeoutMs` .*\(client\/clerk\.ts\)$/);
});

test('a clause that the scenario is not about comes with its own hint, and without the reason of the scenario', () => {
  const guidance = guidanceOn(
    { ...lost, breach: 'reads go through the backup' },
    scenarioOf('B38a'),
  );
  expect(guidance).toMatchObject({ clause: 'R5', hint: expect.stringMatching(/`get`/) });
  expect(guidance).not.toHaveProperty('why');
});

test('a lab without a contract keeps the words of its scenarios', () => {
  const scenario = scenarioOf('L1');
  for (const failure of [lost, stuck, other])
    expect(guidanceOn(failure, scenario)).toEqual(ownWords(scenario));
});

test('what is blamed on a clause is blamed on one that is there', () => {
  const contracts = labs.flatMap(({ contract }) => contract ?? []);
  const ids = contracts.flatMap(({ clauses }) => clauses().map(({ id }) => id));
  const blames = contracts.flatMap((contract) => Object.values(contract.blames ?? {}));
  const blamed = blames.flatMap(({ is = [], or = [] }) => [is, or].flat());
  expect(blamed.length).toBeGreaterThan(30);
  expect(blamed.filter((id) => !ids.includes(id))).toEqual([]);
});

test('each breach has a clause', () => {
  const known = labs.flatMap(({ contract }) => Object.keys(contract?.blames ?? {}));
  expect(Object.keys(breaches).filter((breach) => !known.includes(breach))).toEqual([]);
});

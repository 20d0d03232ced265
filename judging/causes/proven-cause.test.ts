/** Proofs of a trace against a clerk are told. */
import path from 'node:path';
import { everyScenario } from '../../labtests/catalogue';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { Solution } from '../../nodes/sandbox/sandbox';
import type { TraceEvent } from '../../runtime/trace';
import { runScenario } from '../../suite/run/run-scenario';
import { provenCause, withCause } from './proven-cause';

const runs = async (id: string, solution: Solution, seed: number) => {
  const scenario = everyScenario().find((other) => other.id === id);
  if (scenario === undefined) throw new Error(`there is no scenario ${id}`);
  return runScenario(scenario, { seed, solution, tracing: true });
};

/** Of the first ten seeds. */
async function firstFailure(id: string, solution: Solution) {
  for (let seed = 1; seed < 10; seed += 1) {
    const result = await runs(id, solution, seed);
    if (result.failure !== null) return result;
  }
  return runs(id, solution, 10);
}

test('nothing is proven against the clients of another lab, which speak another protocol', async () => {
  const { trace, failure } = await runs('L1', new Solution(path.join(__dirname, '../..')), 1);
  expect(failure).toBeNull();
  expect(provenCause(trace, 'stuck')).toBeUndefined();
});

test.each([
  [
    'clerk-reads-what-it-wrote',
    'B5',
    /^c\d+ returned from get\("\w"\) at [\d.]+ ms without having sent/,
  ],
  [
    'clerk-late-reply-for-the-next',
    'B6',
    /^c1 returned from append\("log", "primary died,"\) at .* before any reply to it had come\./,
  ],
  [
    'clerk-late-reply-for-the-next',
    'B13',
    /^c\d+ returned (?:"[^"]*"|nothing) from .*, which no reply to that had in it/,
  ],
  [
    'clerk-new-number-after-timeout',
    'B9a',
    /^c1 sent append\("k", "v1,"\) as two operations: .* under number 2, .* under number 3, /,
  ],
  [
    'clerk-keeps-to-the-first-named',
    'B4',
    /^c2 waits for .* that s2 is primary of view 3, and in the [\d.]+ s since then/,
  ],
  [
    'clerk-pauses-ever-longer',
    'B35b',
    /^c1 waits for .*, which it has sent (?:\d+ times|to no server); the last message that it sent at all was at /,
  ],
  [
    'primary-failed-forward-counts',
    'B13',
    /^s1, the primary of view 2, got .* Its forward to s2, sent at .* neither silence nor a time-out is a yes\./,
  ],
  [
    'primary-reads-locally',
    'B13',
    /^s\d, the primary of view \d, got get\("k"\) at .* and answered it at .* It had sent s\d, its backup, nothing: /,
  ],
  [
    'clerk-all-the-same-id',
    'B13',
    /^c\d+ sent .* under the client id ".*", under which c\d+, another clerk, had sent .* The clerk is at fault/,
  ],
  [
    'clerk-queue-for-each-key',
    'B9e',
    /^c\d+ sent .*, while .*, which it had sent before, was under way\. The clerk is at fault/,
  ],
  [
    'clerk-reuses-given-up-number',
    'B38b',
    /^c\d+ sent .* under number \d+, under which it had sent .* before it gave that up\. The clerk/,
  ],
])('%s, in %s', (name, id, sentence) =>
  withWrongSolution(name, async (root) => {
    const { failure, trace } = await firstFailure(id, new Solution(root));
    expect(failure && withCause(failure, trace).remedy).toMatch(sentence);
  }),
);

test('where the clerks kept their part the servers are at fault, and the rest is left to the hint', () =>
  withWrongSolution('no-duplicate-table', async (root) => {
    const { failure, trace } = await firstFailure('B17', new Solution(root));
    expect(failure?.kind).toBe('not linearizable');
    const told = failure && withCause(failure, trace);
    expect([told?.remedy, told?.component]).toEqual([undefined, 'the servers']);
  }));

test('the answer to the second copy of a request is a reply to it', () => {
  const operation = { op: 'put', key: 'a', value: 'x' };
  const message = { from: 'c1', to: 's1', id: 1, body: { client: 'c', seq: 1, operation } };
  const trace = (call: string): TraceEvent[] => [
    { t: 1, node: 'c1', type: 'invoke', operation: 1, f: 'put', args: { key: 'a', value: 'x' } },
    { t: 2, node: 'c1', type: 'send', kind: 'request', call: 'PbService.operate', ...message },
    {
      ...{ t: 3, node: 'c1', type: 'deliver', kind: 'response', call, id: 1, from: 's1', to: 'c1' },
      body: { reply: { value: null } },
    },
    { t: 4, node: 'c1', type: 'return', operation: 1, result: { reply: { value: null } } },
  ];
  expect(provenCause(trace(''), 'expectation')).toBeUndefined();
  expect(provenCause(trace('PbService.put'), 'expectation')?.remedy).toMatch(/before any reply/);
});

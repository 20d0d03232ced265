/** The scenarios of part A find what is wrong with a view service, and say so in the right words. */
import { allScenarios } from '../../catalogue';
import { Solution } from '../simulated/sandbox';
import { withBrokenSolution } from './broken-solution';
import { firstFailure } from './first-failure';
import { otherDesigns, viewServiceFlaws } from './view-service';

const scenarios = allScenarios().filter(({ part }) => part === 'A');
const rules = 'viewservice/rules.ts';

test.each(viewServiceFlaws.map((flaw) => [flaw.name, flaw] as const))(
  'found: %s',
  async (_name, { file = rules, replacements, meant, expected, actual }) => {
    await withBrokenSolution(file, replacements, async (root) => {
      const solution = new Solution(root);
      const found: string[] = [];
      for (const id of meant) {
        const failure = await firstFailure(id, solution, 10);
        if (failure === null) continue;
        found.push(id);
        expect(failure.kind).toBe('expectation');
        // What led there, line by line.
        expect(failure.details?.length).toBeGreaterThan(0);
        if (id !== meant[0]) continue;
        expect(failure.expected).toMatch(expected);
        expect(failure.actual).toMatch(actual);
      }
      expect(found).toEqual(meant);
    });
  },
);

test('a story that breaks a rule is made short, and is shown line by line', async () => {
  const flaw = viewServiceFlaws.find(({ name }) => name === 'no acknowledgement rule');
  await withBrokenSolution(rules, flaw?.replacements ?? [], async (root) => {
    const failure = await firstFailure('A19', new Solution(root), 1);
    expect(failure?.details).toHaveLength(2);
    expect(failure?.details?.[0]).toMatch(
      /^(s\d) pings 0 -> view 1 \(primary \1, backup nobody\)$/,
    );
    expect(failure?.details?.[1]).toMatch(/^(s\d) pings 0 -> view 2 \(primary s\d, backup \1\)$/);
  });
});

test.each([
  ['dead one tick too early', ['A1', 'A2', 'A3', 'A4', 'A5b', 'A6', 'A7', 'A8a', 'A9', 'A12']],
  ['dead one tick too late', ['A1', 'A5a', 'A6', 'A7', 'A9', 'A11a', 'A13', 'A16b', 'A17']],
  ['a failover in two steps', ['A5b', 'A6', 'A9', 'A10b', 'A11a', 'A11b', 'A11c', 'A12']],
  ['a backup that restarted goes unnoticed', ['A3', 'A8a', 'A10a', 'A11a', 'A14', 'A16b']],
])('%s: what has nothing to do with it passes', async (name, spared) => {
  const flaw = viewServiceFlaws.find((other) => other.name === name);
  await withBrokenSolution(rules, flaw?.replacements ?? [], async (root) => {
    const solution = new Solution(root);
    for (const id of spared) {
      expect([id, await firstFailure(id, solution, 3)]).toEqual([id, null]);
    }
  });
});

test.each(otherDesigns.map((design) => [design.name, design.replacements] as const))(
  'passes, as it is only another design: %s',
  async (_name, replacements) => {
    await withBrokenSolution(rules, replacements, async (root) => {
      const solution = new Solution(root);
      for (const scenario of scenarios) {
        expect([scenario.id, await firstFailure(scenario.id, solution, 2)]).toEqual([
          scenario.id,
          null,
        ]);
      }
    });
  },
);

/** A bug fails the scenarios that are about it, and not the others; a random story is made short. */

import { Solution } from '../../nodes/sandbox/sandbox';
import { firstFailure } from '../broken-solutions/first-failure.testing';
import { withWrongSolution } from './with-wrong-solution.testing';

test('a story that breaks a rule is made short, and is shown line by line', () =>
  withWrongSolution('vs-no-acknowledgement', async (root) => {
    const failure = await firstFailure('A19', new Solution(root), 1);
    expect(failure?.details).toHaveLength(2);
    expect(failure?.details?.[0]).toMatch(
      /^(s\d) pings 0 -> view 1 \(primary \1, backup nobody\)$/,
    );
    expect(failure?.details?.[1]).toMatch(/^(s\d) pings 0 -> view 2 \(primary s\d, backup \1\)$/);
  }));

test.each([
  ['vs-dead-too-early', ['A1', 'A2', 'A3', 'A4', 'A5b', 'A6', 'A7', 'A8a', 'A9', 'A12a']],
  ['vs-dead-too-late', ['A1', 'A5a', 'A6', 'A7', 'A9', 'A11a', 'A13', 'A16b', 'A17']],
  ['vs-failover-in-two-steps', ['A5b', 'A6', 'A9', 'A10b', 'A11a', 'A11b', 'A11c', 'A12a']],
  ['vs-backup-restart-unnoticed', ['A3', 'A8a', 'A10a', 'A11a', 'A14', 'A16b']],
])('%s: what has nothing to do with it passes', (name, spared) =>
  withWrongSolution(name, async (root) => {
    const solution = new Solution(root);
    for (const id of spared) {
      expect([id, await firstFailure(id, solution, 3)]).toEqual([id, null]);
    }
  }),
);

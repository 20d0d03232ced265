/** Events that repeat to the end of a run are told once. */
import { withoutRepeats } from './repetition';

function happening(t: number, node: string, text: string) {
  return { t, node, text, times: 1 };
}

test('what goes on is shown once, however its numbers grow, and counted', () => {
  const before = [happening(0, 'c1', 'append("x", "1a,")'), happening(0, 's1', 'CRASH')];
  const cycle = Array.from({ length: 200 }, (_, i) =>
    i % 2 === 0
      ? happening(10 * i, 's2', `<- s1: forward {"viewnum":${i}`)
      : happening(10 * i, 's1', '<- s2: reply error'),
  );
  const { shown, rest } = withoutRepeats([...before, ...cycle]);
  expect(shown).toEqual([...before, ...cycle.slice(0, 2)]);
  expect(rest).toBe('and so on for 2.0 s: 198 more events of these 2 kinds');
});

test('what happened only before, or to another node, is no part of it', () => {
  const early = Array.from({ length: 5 }, (_, i) => happening(i, 's1', 'tells'));
  const other = happening(6, 's2', 'tells');
  const late = Array.from({ length: 4 }, (_, i) => happening(7 + i, 's1', 'tells'));
  const { shown, rest } = withoutRepeats([...early, other, ...late]);
  expect(shown).toEqual([...early, other, late[0]]);
  expect(rest).toContain('3 more events of this kind');
});

test('nothing is left out of a run that comes to an end', () => {
  const all = ['a', 'b', 'a', 'b', 'a', 'b', 'the end'].map((text, i) => happening(i, 's1', text));
  expect(withoutRepeats(all)).toEqual({ shown: all, rest: undefined });
  expect(withoutRepeats([])).toEqual({ shown: [], rest: undefined });
});

/**
 * Honest mistakes in the grader: the same words as in the runner of students, behind walls and without;
 * no scenario without a verdict, nothing that sounds like an attack, and the others pass.
 */

import type { IncidentKind } from '../judging/incidents';
import {
  type HonestMistake,
  honestMistakes,
  scenariosForMistake,
  withMistake,
} from '../labtests/broken-solutions/honest-mistakes.testing';
import { isolationHere, isolationOf } from '../nodes/apart/launch';
import { grade } from './grade';
import { readHandIn } from './hand-in/read';

// Processes start, on busy machines, too.
jest.setTimeout(240_000);

const named = honestMistakes.map((mistake): [string, HonestMistake] => [mistake.name, mistake]);
/** What a bug may bring about; all others take somebody who wants to get out. */
const mayHappen: readonly IncidentKind[] = ['hang', 'memory', 'bad message'];

test.each(named)('%s', async (name, mistake) => {
  const { root, remove } = withMistake(mistake);
  const [concerned, other] = scenariosForMistake(mistake);
  try {
    const report = await grade({
      ...{ handIn: name, parts: ['A', 'B'], only: [concerned, other] },
      files: await readHandIn(root),
      seedsOf: () => [1, 2],
      // The first ones behind the best wall that there is here.
      isolation: honestMistakes.indexOf(mistake) < 3 ? isolationHere() : isolationOf('process'),
    });
    const scenarios = report.parts.flatMap((part) => part.scenarios);
    const failed = scenarios.find(({ id }) => id === concerned);
    const { says } = mistake;
    expect(failed?.passed).toBe(says === null);
    if (says !== null) {
      expect(failed?.failure?.kind).toBe(says.kind);
      expect(failed?.failure?.actual).toMatch(says.actual);
      if (says.expected !== undefined) expect(failed?.failure?.expected).toMatch(says.expected);
    }
    expect(scenarios.find(({ id }) => id === other)?.passed).toBe(true);
    expect(report.incidents.filter(({ kind }) => !mayHappen.includes(kind))).toEqual([]);
  } finally {
    remove();
  }
});

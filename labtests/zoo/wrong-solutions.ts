/** Solutions with one bug each, as students write them: every one of them must be caught. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Failure, FailureKind } from '../../judging/failure';
import { readText } from '../../runtime/text-file';
import { allScenarios } from '../catalogue';
import { parseEntry } from './entry';

const folder = path.join(__dirname, 'wrong');

/** The topics of bugs, and how many bugs of each there are at least. */
export const areas = {
  'view service': 25,
  primary: 20,
  backup: 12,
  'state transfer': 8,
  'duplicate detection': 8,
  clerk: 7,
} as const;
export type Area = keyof typeof areas;

const kinds: readonly FailureKind[] = [
  ...(['expectation', 'not linearizable', 'stuck'] as const),
  ...(['broken code', 'did not settle', 'not repeatable'] as const),
];

export interface WrongSolution {
  readonly name: string;
  /** The bug, in one sentence. */
  readonly bug: string;
  /** Why students write it. */
  readonly why: string;
  readonly area: Area;
  /** The clause that it breaks, and nothing else. */
  readonly breaks: string;
  /** The scenarios that are meant to catch it, the one that explains it best first. */
  readonly meant: readonly string[];
  /** The kind of failure that the first of them finds, and its words. */
  readonly kind: FailureKind;
  readonly says: RegExp;
  /** The expectation of the first of them, where that matters. */
  readonly expects: RegExp | undefined;
  /** The words of the cause that the trace proves, where it does: they stand in the place of the hint. */
  readonly proves: RegExp | undefined;
  readonly diff: string;
}

export function wrongSolutions(): WrongSolution[] {
  return readdirSync(folder)
    .sort()
    .map((file) => wrongSolution(path.basename(file, '.diff'), file));
}

function wrongSolution(name: string, file: string): WrongSolution {
  const required = ['Bug', 'Why', 'Area', 'Breaks', 'Caught by', 'Kind', 'Says'];
  const text = readText(path.join(folder, file));
  const { fields, diff } = parseEntry(text, name, { required, optional: ['Expects', 'Proves'] });
  const field = (key: string) => fields.get(key) ?? '';
  const [area, kind] = [field('Area'), field('Kind')];
  const meant = field('Caught by').split(', ');
  const known = new Set(allScenarios().map(({ id }) => id));
  const stranger = meant.find((id) => !known.has(id));
  if (stranger !== undefined) throw new Error(`${name}: there is no scenario ${stranger}`);
  if (!Object.hasOwn(areas, area)) throw new Error(`${name}: there is no area ${area}`);
  if (!kinds.includes(kind as FailureKind)) throw new Error(`${name}: there is no kind ${kind}`);
  const [expects, proves] = [fields.get('Expects'), fields.get('Proves')];
  return {
    ...{ name, bug: field('Bug'), breaks: field('Breaks'), why: field('Why'), meant, diff },
    ...{ area: area as Area, kind: kind as FailureKind, says: new RegExp(field('Says')) },
    expects: expects === undefined ? undefined : new RegExp(expects),
    proves: proves === undefined ? undefined : new RegExp(proves),
  };
}

/** Whether the failure tells what is wrong with this solution. */
export function explains(solution: WrongSolution, failure: Failure): boolean {
  const { kind, says, expects, proves } = solution;
  return (
    failure.kind === kind &&
    says.test(failure.actual) &&
    (proves === undefined || proves.test(failure.remedy ?? '')) &&
    (expects === undefined || expects.test(failure.expected))
  );
}

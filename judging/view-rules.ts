/** Rules that hold between any view and the one before it, in every scenario. */

import type { View } from '../viewservice/api';
import type { AnomalyKind } from './anomaly';
import type { Breach } from './breach';
import { expectation, type Failure } from './failure';

/** A rule that is broken, in words, and what that shows, if it has a name. */
export type BrokenRule = readonly [
  expected: string,
  breach: Breach,
  anomaly?: AnomalyKind | undefined,
];

export function describeView({ viewnum, primary, backup }: View): string {
  return `view ${viewnum} (primary ${primary ?? 'nobody'}, backup ${backup ?? 'nobody'})`;
}

export function sameView(a: View, b: View): boolean {
  return a.viewnum === b.viewnum && sameMembers(a, b);
}

function sameMembers(a: View, b: View): boolean {
  return a.primary === b.primary && a.backup === b.backup;
}

/**
 * Judges that `after` was seen next after `before`; undefined when all is well. `acknowledged`: the
 * primary of `before` has pinged with its number.
 */
export function judgeStep(before: View, after: View, acknowledged: boolean): Failure | undefined {
  if (sameView(before, after)) return undefined;
  const broken = numberingRule(before, after) ?? changeRule(before, after, acknowledged);
  if (broken === undefined) return undefined;
  const [expected, breach, anomaly] = broken;
  const actual = `${describeView(before)} was followed by ${describeView(after)}`;
  return expectation(expected, actual, anomaly, breach).failure;
}

function numberingRule(before: View, after: View): BrokenRule | undefined {
  const numbers = 'view numbers';
  if (after.viewnum === before.viewnum)
    return ['a new number with each new configuration', numbers];
  if (after.viewnum < before.viewnum) return ['view numbers that never go back', numbers];
  if (after.viewnum > before.viewnum + 1) return ['view numbers that rise one by one', numbers];
  if (after.primary === null)
    return ['a primary in every view from view 1 on', 'the first server is primary'];
  if (after.primary === after.backup)
    return ['two different servers as primary and backup', 'only the backup becomes primary'];
  if (sameMembers(before, after)) {
    const expected = 'successive views to differ in primary or backup';
    return [expected, 'successive views differ'];
  }
  return undefined;
}

function changeRule(before: View, after: View, acknowledged: boolean): BrokenRule | undefined {
  const { viewnum, primary, backup } = before;
  if (viewnum === 0) return undefined;
  if (!acknowledged) {
    const expected = `view ${viewnum} to stay until its primary ${primary} has pinged ${viewnum}`;
    return [expected, 'a view waits for its acknowledgement', 'view given up unacknowledged'];
  }
  if (after.primary === primary || after.primary === backup) return undefined;
  const expected = 'only the backup of a view to become primary of the next';
  return [expected, 'only the backup becomes primary', 'primary without the state'];
}

import type { View } from '../../viewservice/api';
import { viewServiceName } from './layout';
import type { Condition } from './member';

/** The situation of the cluster: a view with names, and the condition of each member. */
export interface Situation {
  readonly view: View;
  readonly acknowledged: boolean;
  /** The number of a view that replicas know and the view service has forgotten; null: none. */
  readonly forgotten: number | null;
  readonly conditionOf: (name: string) => Condition;
  /** True: the member has restarted, with empty memory, since the view was made. */
  readonly hasLostState: (name: string) => boolean;
}

/** The state of a view service that has heard of a view which it does not know, in words. */
export function forgottenInWords(viewnum: number): string {
  return `the view service has restarted and forgotten view ${viewnum}, so it makes no view any more`;
}

/** Says why an operation cannot go on just now: the question of everybody who watches a failover. */
export function whatIsMissing(situation: Situation): string {
  const { view, acknowledged, forgotten, conditionOf, hasLostState } = situation;
  const { viewnum, primary, backup } = view;
  const viewService = conditionOf(viewServiceName);
  if (forgotten !== null) return `${forgottenInWords(forgotten)}: quit, start anew`;
  if (primary === null) {
    return viewService === 'running'
      ? 'there is no primary yet'
      : `the view service is ${viewService}, so nobody can become primary`;
  }
  const hasHeir = backup !== null && conditionOf(backup) === 'running' && acknowledged;
  if (hasLostState(primary) && !hasHeir) {
    const trouble = `${primary}, primary of view ${viewnum}, has restarted with empty memory`;
    return `${trouble}, and nobody else has the data: quit, start anew`;
  }
  const down = [primary, backup].find((name) => name !== null && conditionOf(name) !== 'running');
  if (down === undefined || down === null) {
    return `${primary}, primary of view ${viewnum}, does not answer yet`;
  }
  const role = down === primary ? 'primary' : 'backup';
  const trouble = `${down}, ${role} of view ${viewnum}, is ${conditionOf(down)}`;
  if (viewService !== 'running') {
    return `${trouble}, and the view service is ${viewService}: nobody can make a new view`;
  }
  const revive = `"${conditionOf(down) === 'paused' ? 'resume' : 'restart'} ${down}"`;
  if (!acknowledged) {
    // The rule that keeps data safe is the one that can block: a view must be acknowledged first.
    if (role === 'primary') return `${trouble} and had not acknowledged it: nobody may take over`;
    return `${trouble} and has not got the state yet: ${primary} waits for it until ${revive}`;
  }
  if (role === 'backup') return `${trouble}: the view service will find it dead and replace it`;
  if (backup === null) {
    return `${trouble}, and there was no backup: nobody else has the data${
      conditionOf(down) === 'paused' ? ` until ${revive}` : ''
    }`;
  }
  if (conditionOf(backup) !== 'running') {
    return `${trouble}, and its backup ${backup} is ${conditionOf(backup)}: nobody else has the data`;
  }
  return `${trouble}: the view service will find it dead and make ${backup} primary`;
}

/** Expectations of the members of a view. */
import type { Address } from '../../runtime/node';
import type { View } from '../../viewservice/api';

/** Stands for any server, where it matters only that there is one. */
export const anybody = Symbol('anybody');

/** The expected members of a view; one that is left out may be anything. */
export interface Members {
  readonly primary?: Address | null | typeof anybody;
  readonly backup?: Address | null | typeof anybody;
  /** Not this view, nor one before it. */
  readonly after?: View;
}

/** Whether the view is like that. */
export function agrees(view: View, members: Members): boolean {
  return (
    view.viewnum > (members.after?.viewnum ?? 0) &&
    isWanted(view.primary, members.primary) &&
    isWanted(view.backup, members.backup)
  );
}

function isWanted(server: Address | null, wanted: Members['primary']): boolean {
  if (wanted === undefined) return true;
  return wanted === anybody ? server !== null : server === wanted;
}

export function describeMembers({ primary, backup, after }: Members): string {
  const member = (role: string, server: Members['primary']) =>
    server === anybody ? `any ${role}` : `${role} ${server ?? 'nobody'}`;
  const parts = [];
  if (primary !== undefined) parts.push(member('primary', primary));
  if (backup !== undefined) parts.push(member('backup', backup));
  const members = parts.length === 0 ? 'any members' : parts.join(' and ');
  return after === undefined ? members : `${members}, after view ${after.viewnum}`;
}

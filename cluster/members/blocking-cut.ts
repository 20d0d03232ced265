import type { View } from '../../viewservice/api';
import { viewServiceName } from './layout';

/**
 * Says which cut of a partition keeps an operation from going on; undefined when none does.
 *
 * @param view with names instead of addresses
 * @param client whose operation it is
 */
export function whatIsCutOff(
  { viewnum, primary, backup }: View,
  client: string,
  isCut: (a: string, b: string) => boolean,
): string | undefined {
  const remedy = '"heal" ends that';
  if (isCut(client, viewServiceName)) {
    return `the partition keeps this client from the view service, which knows the primary; ${remedy}`;
  }
  if (primary === null) return undefined;
  const named = `${primary}, primary of view ${viewnum}`;
  if (isCut(primary, viewServiceName)) {
    return `${named}, is cut off from the view service, which will find it dead`;
  }
  if (isCut(client, primary)) {
    return `the partition keeps this client from ${named}; ${remedy}`;
  }
  if (backup !== null && isCut(primary, backup)) {
    const trouble = `${named}, waits for its backup ${backup}, which the partition keeps from it`;
    return `${trouble}: the view service will find it dead and replace it`;
  }
  return undefined;
}

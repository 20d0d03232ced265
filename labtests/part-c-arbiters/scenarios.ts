/** The scenarios of part B that make sense where a coordination service decides. */
import type { Scenario } from '../../suite/scenario/scenario';
import type { CoordinationModel } from '../../worlds/coordination/programs';

/** Scenarios that ask of the system what leases give away, and why it is no flaw. */
const unfit: Readonly<Record<string, { readonly why: string; readonly only?: CoordinationModel }>> =
  {
    B25: {
      why: 'the pair is to go on without the view service: with leases it stops when they end',
    },
    B35b: {
      why: 'a server that gets no answers is to count as alive: here its lease ends',
    },
    B3: {
      why: 'a clerk is to ask once: ZooKeeper may answer it from a time when there was no view',
      only: 'zookeeper',
    },
  };

/** In the real world what goes to the service cannot be told apart, so pings cannot be counted. */
const countsPings: ReadonlySet<string> = new Set(['B3']);

export function fits(
  { part, id, campaign }: Scenario,
  arbiter: CoordinationModel,
  isReal: boolean,
): boolean {
  if (isReal && countsPings.has(id)) return false;
  const exception = Object.hasOwn(unfit, id) ? unfit[id] : undefined;
  const isUnfit = exception !== undefined && (exception.only ?? arbiter) === arbiter;
  return part === 'B' && campaign === undefined && !isUnfit;
}

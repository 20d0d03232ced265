/** Which scenarios of part B make sense where a coordination service decides. */
import type { Scenario } from '../scenario/scenario';
import type { ModelName } from './programs';

/** Scenarios that ask of the system what leases give away, and why it is no flaw. */
const unfit: Readonly<Record<string, { readonly why: string; readonly only?: ModelName }>> = {
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

export function fits({ part, id, campaign }: Scenario, arbiter: ModelName): boolean {
  const exception = Object.hasOwn(unfit, id) ? unfit[id] : undefined;
  const isUnfit = exception !== undefined && (exception.only ?? arbiter) === arbiter;
  return part === 'B' && campaign === undefined && !isUnfit;
}

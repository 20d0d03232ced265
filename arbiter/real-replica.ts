/** A replica of the real world under an arbiter: the rules of this project, and a clock for leases. */
import type { Boot } from '../runtime/node';
import * as rules from '../viewservice/rules';
import { lastingClock } from './clock';
import type { Coordination } from './coordination';
import { underArbiter } from './replica';

/** How many ping intervals a lease lasts, unless told. */
export const defaultDeadPings = 5;

export function arbitratedReplica(boot: Boot, coordination: Coordination, ttlMs: number): Boot {
  return underArbiter(boot, { open: () => coordination, rules, ttlMs, clock: lastingClock() });
}

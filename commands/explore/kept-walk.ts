/** Page and trace of a schedule that was replayed and failed. */

import type { Failure } from '../../judging/failure';
import { KeptFailures } from '../../report/kept-failure';
import type { TraceEvent } from '../../runtime/trace';
import { historyOf } from '../../worlds/explored/graded-history';

/** Says where they are. */
export function keepWalk(walk: {
  readonly failure: Failure;
  readonly trace: readonly TraceEvent[];
  readonly schedule: string;
}): string | undefined {
  const [command = ''] = walk.schedule.split(':');
  const nothing = { seed: 0, runs: 1, delivered: 0, wallMs: 0 };
  return new KeptFailures('replay').keep(command, {
    ...{ ...walk, ...nothing },
    history: historyOf(walk.trace),
  });
}

/** The history of the clients, read from the trace of a walk. */

import type { HistoryEvent } from '../../judging/history/model/history';
import { Recorder } from '../../judging/recorder';
import type { Operation } from '../../pbservice/api';
import type { TraceEvent } from '../../runtime/trace';

export function historyOf(trace: readonly TraceEvent[]): readonly HistoryEvent[] {
  let now = 0;
  const recorder = new Recorder(() => now);
  const operations = new Map<string, Operation>();
  for (const event of trace) {
    now = event.t;
    if (event.type === 'invoke') {
      const operation = { op: event.f, ...(event.args as object) } as Operation;
      operations.set(event.node, operation);
      recorder.invoke(event.node, operation);
    } else if (event.type === 'return') {
      const operation = operations.get(event.node);
      if (operation !== undefined) recorder.return(event.node, operation, event.result);
    }
  }
  return recorder.events;
}

/**
 * Tells as a trace what a bare view service was asked and what it answered, so that its failures can
 * be looked at like those of a world. Its calls take no time: what happened between two ticks is
 * spread evenly over the interval.
 */

import { sameView } from '../../../judging/view-rules';
import type { TraceEvent } from '../../../runtime/trace';
import { type View, ViewService } from '../../../viewservice/api';

const service = 'vs';
/** The caller that asks for a view without being a server. */
const asker = 'test';

type Untimed = TraceEvent extends infer E ? (E extends TraceEvent ? Omit<E, 't'> : never) : never;

export class BareTrace {
  private intervals: Untimed[][] = [];
  private calls = 0;
  private told: View | undefined;

  /** A view service starts that knows nothing: of a scenario with several the last one matters. */
  start(): void {
    this.intervals = [[{ node: service, type: 'start' }]];
    this.told = undefined;
  }

  tick(): void {
    this.intervals.push([{ node: service, type: 'tick' }]);
  }

  /** A call arrives; returns what is to be told of its answer. */
  called(method: 'ping' | 'get', args: object): (body: unknown) => void {
    const { server } = args as { server?: unknown };
    const from = method === 'ping' && typeof server === 'string' ? server : asker;
    this.calls += 1;
    const common = { id: this.calls, call: `${ViewService.name}.${method}` };
    this.message({ ...common, kind: 'request', from, to: service, body: args });
    return (body) => {
      this.views((body as { reply?: View }).reply);
      this.message({ ...common, kind: 'response', from: service, to: from, body });
    };
  }

  /** `intervalMs`: how long it is from one tick to the next. */
  events(intervalMs: number): TraceEvent[] {
    return this.intervals.flatMap((happened, interval) =>
      happened.map((event, i) => {
        const t = (interval + i / happened.length) * intervalMs;
        return { t: Math.round(t * 1000) / 1000, ...event } as TraceEvent;
      }),
    );
  }

  private message(message: Omit<Extract<Untimed, { type: 'send' }>, 'type' | 'node'>): void {
    this.add({ ...message, node: message.from, type: 'send' });
    this.add({ ...message, node: message.to, type: 'deliver' });
  }

  /** A view is known of when somebody is told. */
  private views(view: View | undefined): void {
    if (view === undefined || view.viewnum === 0) return;
    if (this.told !== undefined && sameView(view, this.told)) return;
    this.told = view;
    const { viewnum, primary, backup } = view;
    this.add({ node: service, type: 'view', viewnum, primary, backup });
  }

  private add(event: Untimed): void {
    this.intervals.at(-1)?.push(event);
  }
}

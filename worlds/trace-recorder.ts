import type { Address } from '../runtime/node';
import type { TraceEvent } from '../runtime/trace';

/** How much of a trace is kept: so many events, and so many UTF-16 code units of JSON. */
const maxEvents = 200_000;
const maxLength = 64 * 2 ** 20;

type MessageType = Extract<TraceEvent, { readonly call: string }>['type'];

interface RecordedMessage {
  readonly kind: 'request' | 'response';
  readonly id: number;
  readonly from: Address;
  readonly to: Address;
  readonly call: string;
}

/** Keeps the trace of a run, if somebody wants it: that costs time and memory. */
export class TraceRecorder {
  readonly events: TraceEvent[] = [];
  readonly isOn: boolean;
  private length = 0;

  constructor(isOn: boolean) {
    this.isOn = isOn;
  }

  /** The event is copied: what it carries may change. */
  record(event: TraceEvent): void {
    if (!this.isOn || this.events.length >= maxEvents) return;
    const text = JSON.stringify(event);
    this.length += text.length;
    if (this.length <= maxLength) this.events.push(JSON.parse(text));
  }

  /** Takes back what was recorded and should not have been. */
  forget(isWrong: (event: TraceEvent) => boolean): void {
    let kept = 0;
    for (const event of this.events) if (!isWrong(event)) this.events[kept++] = event;
    this.events.length = kept;
  }

  /** `body`: what the trace shows of it. */
  recordMessage(t: number, type: MessageType, message: RecordedMessage, body: unknown): void {
    const { kind, id, from, to, call } = message;
    const node = type === 'deliver' ? to : from;
    this.record({ t, node, type, kind, id, from, to, call, body });
  }
}

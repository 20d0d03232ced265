/**
 * Client histories by number. Only the order of returns and later invocations matters to whether a
 * history is linearizable, so histories that differ in the order of invocations among themselves, or
 * of returns among themselves, are one.
 */
import type { Operation } from '../../../pbservice/api';
import type { CallResult } from '../../../runtime/reactor';
import { judgeHistory } from '../run-scenario';
import type { Failure } from '../scenario/failure';
import { Recorder } from '../scenario/recorder';
import { Interner, PairTable } from './tables';

interface Event {
  readonly client: number;
  /** null: an invocation. */
  readonly result: string | null;
}

export class ClientHistories {
  /** Before the first invocation. */
  readonly empty: number;
  private readonly known = new Interner();
  private readonly histories: (readonly Event[])[] = [];
  private readonly steps = new PairTable();
  private readonly verdicts = new Map<number, Failure | null>();
  private readonly names: readonly string[];
  private readonly operations: readonly (readonly Operation[])[];
  private readonly textOf: (content: number) => string;

  /** The names of the clients and what each of them does, one operation after the other. */
  constructor(
    names: readonly string[],
    operations: readonly (readonly Operation[])[],
    textOf: (content: number) => string,
  ) {
    this.names = names;
    this.operations = operations;
    this.textOf = textOf;
    this.empty = this.number([]);
  }

  get count(): number {
    return this.histories.length;
  }

  /** The history when this client has invoked its next operation. */
  invoked(history: number, client: number): number {
    const step = 2 * client;
    const known = this.steps.get(history, step);
    return known >= 0 ? known : this.extend(history, step, { client, result: null });
  }

  /** The history when the operation of this client has returned; `content`: the result. */
  returned(history: number, client: number, content: number): number {
    const step = (content << 6) | (2 * client + 1);
    const known = this.steps.get(history, step);
    return known >= 0
      ? known
      : this.extend(history, step, { client, result: this.textOf(content) });
  }

  /** null: the history is linearizable. */
  judge(history: number): Failure | null {
    let verdict = this.verdicts.get(history);
    if (verdict === undefined) {
      verdict = judgeHistory(this.recorded(history).events);
      this.verdicts.set(history, verdict);
    }
    return verdict;
  }

  /** The history in the form in which all others are kept. */
  recorded(history: number): Recorder {
    const recorder = new Recorder(() => 0);
    const done = this.names.map(() => 0);
    for (const { client, result } of this.histories[history] as readonly Event[]) {
      const name = this.names[client] as string;
      const operation = this.operations[client]?.[done[client] as number] as Operation;
      if (result === null) {
        recorder.invoke(name, operation);
      } else {
        recorder.return(name, operation, JSON.parse(result) as CallResult);
        done[client] = (done[client] as number) + 1;
      }
    }
    return recorder;
  }

  private extend(history: number, step: number, event: Event): number {
    const events = [...(this.histories[history] as readonly Event[])];
    // Sorts it in among its like at the end: those are not ordered.
    let at = events.length;
    for (; at > 0; at -= 1) {
      const other = events[at - 1] as Event;
      const isLike = (other.result === null) === (event.result === null);
      if (!isLike || other.client < event.client) break;
    }
    events.splice(at, 0, event);
    const number = this.number(events);
    this.steps.add(history, step, number);
    return number;
  }

  private number(events: readonly Event[]): number {
    const id = this.known.id(JSON.stringify(events));
    this.histories[id] = events;
    return id;
  }
}

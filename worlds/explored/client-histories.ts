/**
 * Client histories by number. Only the order of returns and later invocations matters to whether a
 * history is linearizable, so histories that differ in the order of invocations among themselves, or
 * of returns among themselves, are one.
 */

import type { Failure } from '../../judging/failure';
import { judgeHistory } from '../../judging/judge-history';
import { Recorder } from '../../judging/recorder';
import type { Operation } from '../../pbservice/api';
import type { CallResult } from '../../runtime/node-io';
import { split } from './incarnations';
import { Interner, PairTable } from './tables';

interface Event {
  readonly client: number;
  readonly isReturn: boolean;
  /** The result, or the operation with its arguments. */
  readonly text: string;
}

export class ClientHistories {
  /** Before the first invocation. */
  readonly empty: number;
  private readonly known = new Interner();
  private readonly histories: (readonly Event[])[] = [];
  private readonly steps = new PairTable();
  private readonly verdicts = new Map<number, Failure | null>();
  private readonly names: readonly string[];
  private readonly isJudged: boolean;
  private readonly textOf: (content: number) => string;

  /** `isJudged`: whether what they saw must be linearizable. */
  constructor(names: readonly string[], textOf: (content: number) => string, isJudged = true) {
    this.isJudged = isJudged;
    this.names = names;
    this.textOf = textOf;
    this.empty = this.number([]);
  }

  get count(): number {
    return this.histories.length;
  }

  /** The history when this client has invoked an operation; `content`: its text. */
  invoked(history: number, client: number, content: number): number {
    return this.after(history, client, content, false);
  }

  /** The history when the operation of this client has returned; `content`: the result. */
  returned(history: number, client: number, content: number): number {
    return this.after(history, client, content, true);
  }

  private after(history: number, client: number, content: number, isReturn: boolean): number {
    const step = (content << 6) | (2 * client + (isReturn ? 1 : 0));
    const known = this.steps.get(history, step);
    if (known >= 0) return known;
    return this.extend(history, step, { client, isReturn, text: this.textOf(content) });
  }

  /** The operation that the client has invoked and not been answered; undefined: none. */
  underWay(history: number, client: number): Operation | undefined {
    const own = (this.histories[history] as readonly Event[]).filter(
      (event) => event.client === client,
    );
    const last = own.at(-1);
    return last === undefined || last.isReturn ? undefined : operationIn(last.text);
  }

  /** null: the history is linearizable. */
  judge(history: number): Failure | null {
    if (!this.isJudged) return null;
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
    const asked: Operation[] = [];
    for (const { client, isReturn, text } of this.histories[history] as readonly Event[]) {
      const name = this.names[client] as string;
      if (isReturn) {
        recorder.return(name, asked[client] as Operation, JSON.parse(text) as CallResult);
      } else {
        asked[client] = operationIn(text);
        recorder.invoke(name, asked[client] as Operation);
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
      if (other.isReturn !== event.isReturn || other.client < event.client) break;
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

/** An operation as nodes are given it: its name, and its arguments in JSON. */
export function operationIn(text: string): Operation {
  const [op, args] = split(text);
  return { op, ...(JSON.parse(args) as object) } as Operation;
}

export function textOfOperation({ op, ...args }: Operation): string {
  return `${op}\n${JSON.stringify(args)}`;
}

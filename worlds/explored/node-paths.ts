/**
 * The path of a node, the inputs that led to its state, read for people: its calls without an
 * answer, and its belief about its own role.
 */

import type { Json } from '../../runtime/node';
import type { CallResult } from '../../runtime/node-io';
import type { View } from '../../viewservice/api';
import { split } from './incarnations';
import {
  inputContent,
  inputKind,
  inputSlot,
  outputKind,
  outputSlot,
  outputTo,
  requestOutput,
  responseInput,
  timeoutInput,
} from './inputs';
import type { GivenInput, LocalTables } from './local-tables';

/** A call that waits for its answer. */
export interface PendingCall {
  /** The number of the node that is called, and `Service.method`. */
  readonly to: number;
  readonly call: string;
}

/** The belief of a server, by the newest reply to its pings; of a heartbeat pair, by its own words. */
export interface BelievedView {
  readonly role: 'primary' | 'backup' | 'idle';
  readonly viewnum: number;
}

export class Paths {
  private readonly calls = new Map<number, ReadonlyMap<number, PendingCall>>();
  private readonly beliefs = new Map<number, BelievedView | null>();
  private readonly locals: LocalTables;

  constructor(locals: LocalTables) {
    this.locals = locals;
  }

  /** The calls under way in this state of a node, by slot. */
  callsIn(state: number): ReadonlyMap<number, PendingCall> {
    return this.told(this.calls, state, new Map(), (before, given) => {
      const calls = new Map(before);
      const kind = inputKind(given.input);
      if (kind === responseInput || kind === timeoutInput) calls.delete(inputSlot(given.input));
      const transition = this.locals.transitions.get(given.state, given.input);
      for (const [word, content] of this.locals.outputsOf(transition)) {
        if (outputKind(word) !== requestOutput) continue;
        const [call] = split(this.locals.contents.text(content));
        calls.set(outputSlot(word), { to: outputTo(word), call });
      }
      return calls;
    });
  }

  /** The view that the replies to its pings have told a server of this name. */
  toldTo(name: string, state: number): BelievedView | null {
    return this.told(
      this.beliefs,
      state,
      null,
      (before: BelievedView | null, { state: at, input }) => {
        if (inputKind(input) !== responseInput) return before;
        if (this.callsIn(at).get(inputSlot(input))?.call !== 'ViewService.ping') return before;
        const result: CallResult = JSON.parse(this.locals.contents.text(inputContent(input)));
        if (!('reply' in result)) return before;
        const { viewnum, primary, backup } = result.reply as unknown as View;
        if (viewnum === 0 || (before !== null && before.viewnum >= viewnum)) return before;
        return {
          role: name === primary ? 'primary' : name === backup ? 'backup' : 'idle',
          viewnum,
        };
      },
    );
  }

  /** Goes back to a state of which it is known, and then along the inputs. */
  private told<T>(
    known: Map<number, T>,
    state: number,
    first: T,
    after: (before: T, given: GivenInput) => T,
  ): T {
    const way: { readonly state: number; readonly given: GivenInput }[] = [];
    let at = state;
    for (let given = this.locals.origin(at); given !== undefined && !known.has(at); ) {
      way.push({ state: at, given });
      at = given.state;
      given = this.locals.origin(at);
    }
    let value = known.get(at) ?? first;
    for (const step of way.reverse()) {
      value = after(value, step.given);
      known.set(step.state, value);
    }
    return value;
  }
}

/** A server of a heartbeat pair says itself what it is. */
export function saidBy(inspected: Json | undefined): BelievedView {
  const said = inspected as { role?: string; epoch?: number } | null | undefined;
  const role = said?.role === 'primary' || said?.role === 'backup' ? said.role : 'idle';
  return { role, viewnum: said?.epoch ?? 0 };
}

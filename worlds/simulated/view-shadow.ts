/**
 * A copy of the view service for whoever draws a run: it is given what the first is given, and asked for its
 * view after each input. So a view is known from the moment in which it is made, also one that nobody
 * hears of, and the run itself is not touched. A copy that acts otherwise than the first knows nothing.
 */
import * as v from 'valibot';
import type { Incarnation, NodeHost, NodeInput, NodeOutput } from '../../nodes/node-host';
import type { Address } from '../../runtime/node';
import type { CallResult } from '../../runtime/node-io';
import { View } from '../../viewservice/api';

export interface Shadowing {
  /** Told of each view that a view service has after an input, new or not. */
  readonly onView: (node: Address, view: View) => void;
  /** The copy has acted otherwise than the first: what it showed is worth nothing. */
  readonly onLeft: (node: Address) => void;
  /** The run goes on; what has failed is not tried once more in the copy. */
  readonly goesOn: () => boolean;
}

/** The caller of the copy: nobody that a node could know. */
const asker: Address = 'shadow';

/** The same host, with a copy beside whoever decides on the views. */
export function shadowed(host: NodeHost, shadowing: Shadowing): NodeHost {
  return {
    ...(host.isHere && { isHere: true }),
    open(options) {
      const incarnation = host.open(options);
      if (options.role.program.is !== 'decider') return incarnation;
      return new Shadowed(options.address, incarnation, host.open(options), shadowing);
    },
  };
}

class Shadowed implements Incarnation {
  private readonly name: Address;
  private readonly incarnation: Incarnation;
  /** undefined: it has gone its own way. */
  private copy: Incarnation | undefined;
  private readonly shadowing: Shadowing;
  private asked = 0;

  constructor(name: Address, incarnation: Incarnation, copy: Incarnation, shadowing: Shadowing) {
    this.name = name;
    this.incarnation = incarnation;
    this.copy = copy;
    this.shadowing = shadowing;
  }

  async give(input: NodeInput, nowMs: number): Promise<readonly NodeOutput[]> {
    const outputs = await this.incarnation.give(input, nowMs);
    if (this.copy === undefined || !this.shadowing.goesOn()) return outputs;
    const copied = await this.copy.give(input, nowMs);
    if (JSON.stringify(copied) !== JSON.stringify(outputs)) {
      this.leaveCopy();
      this.shadowing.onLeft(this.name);
    } else if (this.shadowing.goesOn()) await this.look(nowMs);
    return outputs;
  }

  inspect(): ReturnType<Incarnation['inspect']> {
    return this.incarnation.inspect();
  }

  crash(): void {
    this.incarnation.crash();
    this.leaveCopy();
  }

  private async look(nowMs: number): Promise<void> {
    this.asked -= 1;
    const request = { type: 'request', from: asker, call: 'ViewService.get', body: '{}' } as const;
    const outputs = await this.copy?.give({ ...request, id: this.asked }, nowMs);
    const answer = outputs?.find(
      (output) => output.type === 'response' && output.to === asker && output.id === this.asked,
    );
    if (answer?.type !== 'response') return;
    const result: CallResult = JSON.parse(answer.body);
    if ('reply' in result && v.is(View, result.reply))
      this.shadowing.onView(this.name, result.reply);
  }

  private leaveCopy(): void {
    this.copy?.crash();
    this.copy = undefined;
  }
}

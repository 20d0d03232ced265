/** Writes what happens at a node of the real network into its trace. */
import type { Address, Json } from '../node';
import { bugInShort } from '../node-bug';
import type { CallResult, Output } from '../node-io';
import type { TraceSink } from '../trace';

type Request = Output & { readonly type: 'request' };

export class HostTrace {
  private readonly sink: TraceSink;
  private readonly node: Address;
  private readonly now: () => number;
  /** The calls of this node, and those of others here, of which the response is still to come. */
  private readonly made = new Map<number, { readonly to: Address; readonly call: string }>();
  private readonly taken = new Map<string, { readonly name: string; readonly call: string }>();

  constructor(sink: TraceSink, node: Address, now: () => number) {
    this.sink = sink;
    this.node = node;
    this.now = now;
  }

  event(type: 'start' | 'stop' | 'crash'): void {
    this.sink({ ...this.at(), type });
  }

  timer(timer: number): void {
    this.sink({ ...this.at(), type: 'timer', timer });
  }

  invoke(operation: number, f: string, args: Json): void {
    this.sink({ ...this.at(), type: 'invoke', operation, f, args });
  }

  /** A request of this node goes out. */
  requestSent({ id, to, service, method, args }: Request): void {
    const call = `${service}.${method}`;
    this.made.set(id, { to, call });
    this.message('send', 'request', id, this.node, to, call, args);
  }

  /** The response to a request of this node, or the error that takes its place. */
  responseTaken(id: number, result: CallResult): void {
    const made = this.made.get(id);
    if (made === undefined) return;
    this.made.delete(id);
    this.message('deliver', 'response', id, made.to, this.node, made.call, result);
  }

  /** A request of another node; `from` is the connection, `name` what the other calls itself. */
  requestTaken(from: string, name: string, id: number, call: string, args: unknown): void {
    this.taken.set(`${from} ${id}`, { name, call });
    this.message('deliver', 'request', id, name, this.node, call, args);
  }

  responseSent(from: string, id: number, result: CallResult): void {
    const taken = this.taken.get(`${from} ${id}`);
    if (taken === undefined) return;
    this.taken.delete(`${from} ${id}`);
    this.message('send', 'response', id, this.node, taken.name, taken.call, result);
  }

  /** The log of a node, besides messages. */
  output(output: Output): void {
    switch (output.type) {
      case 'return':
        this.sink({ ...this.at(), type: 'return', operation: output.id, result: output.result });
        break;
      case 'log':
        this.sink({ ...this.at(), ...output });
        break;
      case 'failure':
        this.sink({
          ...{ ...this.at(), type: 'failure', where: output.where },
          error: bugInShort(output),
        });
        break;
    }
  }

  private message(
    type: 'send' | 'deliver',
    kind: 'request' | 'response',
    id: number,
    from: Address,
    to: Address,
    call: string,
    body: unknown,
  ): void {
    this.sink({ ...this.at(), type, kind, id, from, to, call, body });
  }

  private at() {
    return { t: this.now(), node: this.node };
  }
}

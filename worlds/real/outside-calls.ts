/** Calls from outside the cluster, as no node would make them. */
import type { Address } from '../../runtime/node';
import type { CallResult } from '../../runtime/node-io';
import { defaultLimits } from '../../runtime/websocket/limits';
import { Peer } from '../../runtime/websocket/peer';

export class OutsideCalls {
  private readonly peers = new Map<string, Peer>();
  private readonly waiting = new Map<number, (result: CallResult | undefined) => void>();
  private readonly timers = new Map<number, NodeJS.Timeout>();
  private nextId = 1;

  /** Resolves with undefined when no answer comes within the time. */
  call(
    from: string,
    to: Address,
    call: string,
    args: unknown,
    withinMs: number,
  ): Promise<CallResult | undefined> {
    const id = this.nextId++;
    const [service = '', method = ''] = call.split('.');
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.timers.set(
        id,
        setTimeout(() => this.settle(id, undefined), withinMs),
      );
      this.peer(from, to).request({ id, service, method, args });
    });
  }

  close(): void {
    for (const peer of this.peers.values()) peer.terminate();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.waiting.clear();
  }

  private settle(id: number, result: CallResult | undefined): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.waiting.get(id)?.(result);
    this.waiting.delete(id);
  }

  private peer(from: string, to: Address): Peer {
    const key = `${from} ${to}`;
    let peer = this.peers.get(key);
    if (peer === undefined) {
      const onResult = (id: number, result: CallResult) => this.settle(id, result);
      peer = new Peer({ to, from, token: undefined, limits: defaultLimits, onResult });
      this.peers.set(key, peer);
    }
    return peer;
  }
}

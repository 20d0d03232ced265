/** A client of the real world: in this process, on a host of its own, under its name. */

import { type ArbiterUrl, openCoordination } from '../../arbiter/arbiter-url';
import { askingArbiter } from '../../arbiter/client';
import type { Coordination } from '../../arbiter/coordination';
import { clientNode } from '../../client/node';
import type { Address, Json } from '../../runtime/node';
import type { NodeBug } from '../../runtime/node-bug';
import type { CallResult } from '../../runtime/node-io';
import { Host } from '../../runtime/websocket/host';

export interface ClientNodeOptions {
  readonly name: string;
  /** The one that tells the client which server is primary. */
  readonly arbiter: () => Promise<Address | ArbiterUrl>;
  /** Takes what shows that its clerk has a bug. */
  readonly onFailure: (bug: NodeBug) => void;
}

export class ClientNode {
  running = false;
  private readonly options: ClientNodeOptions;
  private coordination: Coordination | undefined;
  private host: Promise<Host> | undefined;

  constructor(options: ClientNodeOptions) {
    this.options = options;
  }

  start(): void {
    this.running = true;
    this.host = this.open();
  }

  /** The operations under way of the client never return. */
  crash(): void {
    this.running = false;
    this.host?.then((host) => {
      host.crash();
      void this.coordination?.close();
    });
    this.host = undefined;
  }

  async invoke(f: string, args: Json): Promise<CallResult> {
    const host = await this.host;
    return host === undefined ? new Promise(() => undefined) : host.invoke(f, args);
  }

  private async open(): Promise<Host> {
    const { name, onFailure } = this.options;
    const arbiter = await this.options.arbiter();
    if (typeof arbiter === 'string') {
      const boot = clientNode({ viewService: arbiter });
      return Host.start({ address: name, boot, onFailure });
    }
    const coordination = openCoordination(arbiter);
    this.coordination = coordination;
    const boot = clientNode({ viewService: coordination.name });
    const asking = askingArbiter(boot, () => coordination);
    return Host.start({ address: name, boot: asking, onFailure });
  }
}

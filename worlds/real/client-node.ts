/** A client of the real world: in this process, on a host of its own, under its name. */
import { askingArbiter } from '../../../arbiter/client';
import type { Coordination } from '../../../arbiter/coordination';
import { type ArbiterUrl, openCoordination } from '../../../arbiter/open';
import { clientNode } from '../../../client/node';
import type { Address, Json } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/reactor';
import { Host } from '../../../runtime/websocket/host';

export interface ClientNodeOptions {
  readonly name: string;
  /** Who tells it which server is primary. */
  readonly arbiter: () => Promise<Address | ArbiterUrl>;
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

  /** Its operations under way never return. */
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
    const { name } = this.options;
    const arbiter = await this.options.arbiter();
    if (typeof arbiter === 'string') {
      return Host.start({ address: name, boot: clientNode({ viewService: arbiter }) });
    }
    const coordination = openCoordination(arbiter);
    this.coordination = coordination;
    const boot = clientNode({ viewService: coordination.name });
    return Host.start({ address: name, boot: askingArbiter(boot, () => coordination) });
  }
}

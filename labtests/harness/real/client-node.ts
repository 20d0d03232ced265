/** A client of the real world: in this process, on a host of its own, under its name. */
import { clientNode } from '../../../client/node';
import type { Address, Json } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/reactor';
import { Host } from '../../../runtime/websocket/host';

export interface ClientNodeOptions {
  readonly name: string;
  readonly viewService: () => Promise<Address>;
}

export class ClientNode {
  running = false;
  private readonly options: ClientNodeOptions;
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
    this.host?.then((host) => host.crash());
    this.host = undefined;
  }

  async invoke(f: string, args: Json): Promise<CallResult> {
    const host = await this.host;
    return host === undefined ? new Promise(() => undefined) : host.invoke(f, args);
  }

  private async open(): Promise<Host> {
    const { name, viewService } = this.options;
    return Host.start({ address: name, boot: clientNode({ viewService: await viewService() }) });
  }
}

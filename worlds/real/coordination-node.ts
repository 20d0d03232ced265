/** The coordination service of a run, under the name of the view service: real servers behind links. */

import type { ArbiterKind, ArbiterUrl } from '../../arbiter/arbiter-url';
import { LocalService } from '../../arbiter/local/local-service';
import type { Faults } from '../../runtime/faults';
import type { Address } from '../../runtime/node';
import { parseAddress } from '../../runtime/websocket/address';
import { TcpLink } from './tcp-link';

export interface CoordinationNodeOptions {
  readonly kind: ArbiterKind;
  /** How many servers make the service. */
  readonly servers: number;
  readonly name: Address;
  readonly faults: Faults;
  /** Told of each piece that is sent from one node to another. */
  readonly onBytes: (from: Address, to: Address, count: number) => void;
}

export class CoordinationNode {
  readonly name: Address;
  running = false;
  paused = false;
  /** Resolves when it serves. */
  begun: Promise<void> = Promise.resolve();
  private readonly options: CoordinationNodeOptions;
  private service: Promise<LocalService> | undefined;
  private readonly links: TcpLink[] = [];

  constructor(options: CoordinationNodeOptions) {
    this.options = options;
    this.name = options.name;
  }

  start(): void {
    this.running = true;
    if (this.service === undefined) {
      this.service = LocalService.start(this.options.kind, this.options.servers);
      this.begun = this.service.then(() => undefined);
      return;
    }
    this.begun = this.service.then(async (service) => {
      const { servers } = service;
      for (const server of servers) {
        await server.kill();
        server.start();
      }
      await Promise.all(servers.map((_server, index) => service.untilReady(index)));
    });
  }

  /** kill -9 of the server that leads. */
  async killLeader(): Promise<void> {
    const leader = await (await this.service)?.leader();
    await leader?.kill();
  }

  /** kill -9 of so many servers that what is left is no quorum. */
  async killMost(): Promise<void> {
    const servers = (await this.service)?.servers ?? [];
    const most = Math.floor(servers.length / 2) + 1;
    await Promise.all(servers.slice(0, most).map((server) => server.kill()));
  }

  /** Starts whatever was killed; resolves when all serve. */
  async restore(): Promise<void> {
    const service = await this.service;
    if (service === undefined) return;
    for (const server of service.servers) if (!server.isRunning) server.start();
    await Promise.all(service.servers.map((_server, index) => service.untilReady(index)));
  }

  crash(): void {
    this.running = false;
    this.paused = false;
    void this.each((server) => server.killNow());
  }

  pause(): void {
    this.paused = true;
    void this.each((server) => server.pause());
  }

  resume(): void {
    this.paused = false;
    void this.each((server) => server.resume());
  }

  /** Where this node finds the service: behind links that can be cut for it alone. */
  async urlFor(node: Address): Promise<ArbiterUrl> {
    const { name } = this;
    const { faults, onBytes } = this.options;
    const { url } = await (this.service as Promise<LocalService>);
    const hosts = url.hosts.map(async (host) => {
      const ends = (direction: 'there' | 'back') =>
        direction === 'there' ? { from: node, to: name } : { from: name, to: node };
      const link = await TcpLink.open({
        target: parseAddress(host),
        isCut: (direction) => faults.isCut({ ...ends(direction), kind: 'request' }),
        onBytes: (direction, count) => onBytes(ends(direction).from, ends(direction).to, count),
      });
      this.links.push(link);
      return link.address;
    });
    return { ...url, hosts: await Promise.all(hosts) };
  }

  async close(): Promise<void> {
    for (const link of this.links) link.close();
    await this.service?.then((service) => service.stop());
  }

  private async each(act: (server: LocalService['servers'][number]) => void): Promise<void> {
    await this.begun;
    for (const server of (await this.service)?.servers ?? []) act(server);
  }
}

/**
 * A coordination service as a member of the cluster: a real server of it behind links that a
 * partition cuts. It keeps its data when it is started again, as the view service does not.
 */

import { type ArbiterKind, type ArbiterUrl, openCoordination } from '../../arbiter/arbiter-url';
import { LocalService } from '../../arbiter/local/local-service';
import { messageOf } from '../../runtime/errors';
import type { Address } from '../../runtime/node';
import { ProgramFailure } from '../../runtime/terminal/exit';
import { parseAddress } from '../../runtime/websocket/address';
import { TcpLink } from '../../worlds/real/tcp-link';
import { Member } from './member';
import type { Network } from './network';

export class ServiceMember extends Member {
  override readonly restartsWith = 'with all its data';
  private readonly kind: ArbiterKind;
  private network: Network | undefined;
  private service: LocalService | undefined;
  private readonly links: TcpLink[] = [];
  private readonly urls = new Map<string, ArbiterUrl>();
  /** The members that reach it: each through a link of its own. */
  private readonly clients: readonly string[];

  constructor(kind: ArbiterKind, clients: readonly string[]) {
    const nothing = () => undefined;
    super(kind, () => [], { onLine: nothing, onUnexpectedEnd: nothing });
    this.kind = kind;
    this.clients = clients;
  }

  override async join(network: Network): Promise<void> {
    this.network = network;
  }

  override get address(): Address {
    return this.service?.url.hosts.join(',') ?? this.kind;
  }

  override get pid(): number | undefined {
    return this.service?.servers[0]?.pid;
  }

  /** Where this one of its clients finds it. */
  urlFor(client: string): ArbiterUrl {
    const url = this.urls.get(client);
    if (url === undefined) throw new Error(`${this.kind} has no link for ${client}`);
    return url;
  }

  override async start(): Promise<void> {
    this.condition = 'starting';
    try {
      if (this.service === undefined) await this.open();
      else await this.startAgain(this.service);
    } catch (error) {
      this.condition = 'dead';
      throw new ProgramFailure(messageOf(error));
    }
    this.condition = 'running';
  }

  override async kill(): Promise<void> {
    await Promise.all((this.service?.servers ?? []).map((server) => server.kill()));
    this.condition = 'dead';
  }

  override killNow(): void {
    for (const server of this.service?.servers ?? []) server.killNow();
  }

  override pause(): void {
    for (const server of this.service?.servers ?? []) server.pause();
    this.condition = 'paused';
  }

  override resume(): void {
    for (const server of this.service?.servers ?? []) server.resume();
    this.condition = 'running';
  }

  override async stop(): Promise<void> {
    await this.service?.stop();
    this.condition = 'dead';
  }

  override leave(): void {
    for (const link of this.links) link.close();
  }

  private async open(): Promise<void> {
    const service = await LocalService.start(this.kind);
    this.service = service;
    // Its client is loaded now: later that would hold up the links, which live in this process.
    await openCoordination(service.url).close();
    for (const client of this.clients) {
      const hosts = service.url.hosts.map((host) => this.link(host, client));
      this.urls.set(client, { ...service.url, hosts: await Promise.all(hosts) });
    }
  }

  private async startAgain(service: LocalService): Promise<void> {
    for (const server of service.servers) server.start();
    await Promise.all(service.servers.map((_server, index) => service.untilReady(index)));
  }

  private async link(host: string, client: string): Promise<Address> {
    const link = await TcpLink.open({
      target: parseAddress(host),
      isCut: () => this.network?.isCut(client, this.name) ?? false,
      onBytes: (direction) => {
        if (direction === 'back' && !this.network?.isCut(client, this.name)) {
          this.network?.traffic?.answered(client);
        }
      },
    });
    this.links.push(link);
    return link.address;
  }
}

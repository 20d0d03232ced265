/** A coordination service on this machine: its servers on free ports, its data in a temporary folder. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { temporaryFolder } from '../../runtime/temporary-folder';
import type { ArbiterKind, ArbiterUrl } from '../arbiter-url';
import { etcdServers } from './etcd';
import { freePorts, LocalServer, type ServerPlan } from './server-process';
import { zooKeeperServers } from './zookeeper';

interface Installation {
  /** The package of Debian and Ubuntu. */
  readonly debianPackage: string;
  readonly isInstalled: () => boolean;
  /** Free ports that each server needs. */
  readonly portsEach: number;
  readonly plan: (folder: string, ports: readonly (readonly number[])[]) => readonly ServerPlan[];
}

const installations: Readonly<Record<ArbiterKind, Installation>> = {
  etcd: {
    debianPackage: 'etcd-server',
    isInstalled: () => isCommand('etcd'),
    portsEach: 2,
    plan: etcdServers,
  },
  zookeeper: {
    debianPackage: 'zookeeper',
    isInstalled: () => isCommand('java') && existsSync('/usr/share/java/zookeeper.jar'),
    portsEach: 3,
    plan: zooKeeperServers,
  },
};

/** Why the service cannot be started here; undefined when it can. */
export function whyNotHere(kind: ArbiterKind): string | undefined {
  const { isInstalled, debianPackage } = installations[kind];
  if (isInstalled()) return undefined;
  return `${kind} is not installed. On Debian and Ubuntu: apt-get install ${debianPackage}`;
}

export class LocalService {
  readonly url: ArbiterUrl;
  readonly servers: readonly LocalServer[];
  private readonly plans: readonly ServerPlan[];
  /** The folder of its data; removed when the service stops. */
  readonly folder: string;
  private readonly killNow = () => {
    for (const server of this.servers) server.killNow();
  };

  private constructor(kind: ArbiterKind, plans: readonly ServerPlan[], folder: string) {
    this.url = { kind, hosts: plans.map(({ host }) => host), cluster: 'pb' };
    this.plans = plans;
    this.servers = plans.map(({ command }) => new LocalServer(command));
    this.folder = folder;
    process.once('exit', this.killNow);
  }

  /** Starts so many servers, which make one service; rejects when it is not installed. */
  static async start(kind: ArbiterKind, count = 1): Promise<LocalService> {
    const why = whyNotHere(kind);
    if (why !== undefined) throw new Error(why);
    const { portsEach, plan } = installations[kind];
    const ports = await freePorts(count * portsEach);
    const each = Array.from({ length: count }, (_, i) =>
      ports.slice(i * portsEach, (i + 1) * portsEach),
    );
    const folder = temporaryFolder(`viewlab-${kind}-`);
    const service = new LocalService(kind, plan(folder, each), folder);
    try {
      for (const server of service.servers) server.start();
      await Promise.all(service.servers.map((_server, index) => service.untilReady(index)));
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  untilReady(index: number): Promise<void> {
    const { isReady } = this.plans[index] as ServerPlan;
    return (this.servers[index] as LocalServer).untilReady(isReady);
  }

  /** The server that leads; rejects when none does. */
  async leader(): Promise<LocalServer> {
    const leads = await Promise.all(
      this.plans.map(({ isLeader }, index) =>
        this.servers[index]?.isRunning ? isLeader().catch(() => false) : false,
      ),
    );
    const leader = this.servers[leads.indexOf(true)];
    if (leader === undefined) throw new Error(`${this.url.kind} has no leader just now`);
    return leader;
  }

  /** Ends its servers at once, and removes their data. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    process.off('exit', this.killNow);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function isCommand(name: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

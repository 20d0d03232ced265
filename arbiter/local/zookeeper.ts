/** Starts ZooKeeper on this machine, one server or an ensemble, from Debian's package. */
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import type { ServerPlan } from './server-process';

/**
 * ZooKeeper's unit of time, in milliseconds; sessions last at least two of them. Its default, 2 s, is
 * for networks and disks that are slower than one machine's.
 */
const tickTimeMs = 250;
/** How long one look at a server may take, in milliseconds. */
const lookTimeoutMs = 1_000;

export function zooKeeperServers(
  folder: string,
  ports: readonly (readonly number[])[],
): readonly ServerPlan[] {
  const peers =
    ports.length === 1
      ? []
      : ports.map(
          ([, quorum, election], index) => `server.${index + 1}=127.0.0.1:${quorum}:${election}`,
        );
  return ports.map(([client], index) => {
    const home = `${folder}/zookeeper${index + 1}`;
    mkdirSync(home);
    writeFileSync(`${home}/myid`, `${index + 1}\n`);
    const settings = [
      `tickTime=${tickTimeMs}`,
      'initLimit=40',
      'syncLimit=20',
      `dataDir=${home}`,
      'clientPortAddress=127.0.0.1',
      `clientPort=${client}`,
      'maxClientCnxns=0',
      'admin.enableServer=false',
      '4lw.commands.whitelist=srvr',
      ...peers,
    ];
    writeFileSync(`${home}/zoo.cfg`, `${settings.join('\n')}\n`);
    return {
      host: `127.0.0.1:${client}`,
      command: [
        'java',
        ...['-Xmx192m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
        ...['-cp', '/usr/share/java/zookeeper.jar'],
        'org.apache.zookeeper.server.quorum.QuorumPeerMain',
        `${home}/zoo.cfg`,
      ],
      isReady: async () => (await mode(client as number)) !== undefined,
      isLeader: async () => (await mode(client as number)) === 'leader',
    };
  });
}

/** `standalone`, `leader` or `follower`; undefined: it serves nobody just now. */
function mode(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('srvr'));
    let answer = '';
    socket.setTimeout(lookTimeoutMs, () => socket.destroy());
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(/^Mode: (\w+)$/m.exec(answer)?.[1]));
  });
}

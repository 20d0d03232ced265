/**
 * A link from one node to one server of a coordination service, which can be cut. Its protocol is not
 * ours, so faults are about bytes: while a direction is cut they wait, as TCP has it in a
 * partition that heals, and then go on in order.
 */
import net from 'node:net';

export interface TcpLinkOptions {
  /** Where the server listens. */
  readonly target: { readonly host: string; readonly port: number };
  readonly isCut: (direction: 'there' | 'back') => boolean;
  /** Told of each piece that is sent. */
  readonly onBytes: (direction: 'there' | 'back', count: number) => void;
}

/** How often a cut link is looked at again, in milliseconds. */
const lookIntervalMs = 10;

export class TcpLink {
  private readonly server: net.Server;
  private readonly sockets = new Set<net.Socket>();

  private constructor(options: TcpLinkOptions) {
    this.server = net.createServer((near) => {
      const far = net.connect(options.target);
      this.join(near, far, 'there', options);
      this.join(far, near, 'back', options);
    });
  }

  static async open(options: TcpLinkOptions): Promise<TcpLink> {
    const link = new TcpLink(options);
    await new Promise<void>((resolve, reject) => {
      link.server.once('error', reject);
      link.server.listen(0, '127.0.0.1', resolve);
    });
    return link;
  }

  /** `host:port` for the node. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as net.AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private join(
    from: net.Socket,
    to: net.Socket,
    direction: 'there' | 'back',
    { isCut, onBytes }: TcpLinkOptions,
  ): void {
    this.sockets.add(from);
    from.setNoDelay();
    const pass = (data: Buffer) => {
      if (to.destroyed) return;
      if (isCut(direction)) {
        from.pause();
        setTimeout(() => pass(data), lookIntervalMs).unref();
        return;
      }
      from.resume();
      to.write(data);
    };
    from.on('data', (data: Buffer) => {
      onBytes(direction, data.length);
      pass(data);
    });
    from.on('error', () => undefined);
    from.once('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}

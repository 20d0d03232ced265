/** As much of a Redis client as the bench needs: plain TCP, one command under way at a time. */
import { connect, type Socket } from 'node:net';

export class RedisClient {
  private readonly socket: Socket;
  private received = '';
  private waiting: { lines: number; take: (lines: string[]) => void } | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      this.received += text;
      this.deliver();
    });
  }

  static open(port: number): Promise<RedisClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => resolve(new RedisClient(socket)));
      socket.once('error', reject);
    });
  }

  /** SET, then WAIT until the one replica has it: our guarantee, as near as Redis comes to it. */
  async putOnBoth(key: string, value: string): Promise<void> {
    const commands = encode('SET', key, value) + encode('WAIT', '1', '0');
    const [set, wait] = await this.ask(commands, 2);
    if (set !== '+OK' || wait !== ':1') throw new Error(`redis: SET ${set}, WAIT ${wait}`);
  }

  /** `up` once the replica at this port follows its master. */
  async replicationLink(): Promise<string | undefined> {
    // A bulk string: its length, then so many lines; the link stands near the top.
    const lines = await this.ask(encode('INFO', 'replication'), 8);
    return lines.find((line) => line.startsWith('master_link_status:'))?.split(':')[1];
  }

  close(): void {
    this.socket.destroy();
  }

  private ask(commands: string, lines: number): Promise<string[]> {
    return new Promise((take) => {
      this.received = '';
      this.waiting = { lines, take };
      this.socket.write(commands);
    });
  }

  private deliver(): void {
    const { waiting } = this;
    const lines = this.received.split('\r\n');
    // The text after the last line break is the beginning of a line.
    if (waiting === undefined || lines.length <= waiting.lines) return;
    this.waiting = undefined;
    waiting.take(lines.slice(0, waiting.lines));
  }
}

function encode(...words: string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join('')}`;
}

/**
 * Replies on their way to one peer. What the connection cannot take yet waits as it is: encoded, a
 * thousand replies with the same value would be a thousand copies, made in one go while nothing else
 * happens here. So they are encoded a little at a time, as fast as the peer reads. See decision R5.
 */
import type { RpcError } from '../errors';
import type { Connection } from './connection';
import { encodeResponse, type ResponseMessage } from './frames';
import type { Limits } from './limits';

interface Waiting {
  readonly response: ResponseMessage;
  readonly sizeBytes: number;
}

export interface ReplyQueueOptions {
  readonly connection: Connection;
  readonly limits: Limits;
  /** The number of bytes more that wait, or fewer if negative. */
  readonly onChange: (bytes: number) => void;
  /** A reply is out of the queue. */
  readonly onSent: () => void;
  /** The peer cannot be told any more: it does not read. */
  readonly onStuck: () => void;
}

export class ReplyQueue {
  private readonly options: ReplyQueueOptions;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  /** Given to the connection, and not yet to the system. */
  private writingBytes = 0;
  private toldBytes = 0;
  private pumping = false;
  private closed = false;

  constructor(options: ReplyQueueOptions) {
    this.options = options;
  }

  /** Bytes that this peer has not taken yet, about. */
  get sizeBytes(): number {
    return this.waitingBytes + this.writingBytes;
  }

  add(response: ResponseMessage): void {
    if (this.closed) return;
    const sizeBytes = sizeOf(response);
    if (this.waiting.length === 0 && this.hasRoom) {
      this.send({ response, sizeBytes });
    } else {
      // The node may go on to change what it replied.
      this.waiting.push({ response: copyOf(response) as ResponseMessage, sizeBytes });
      this.waitingBytes += sizeBytes;
      if (this.sizeBytes > this.options.limits.maxBufferedBytes) this.options.onStuck();
    }
    this.tellOfChange();
  }

  /** The system has taken a frame with replies of so many bytes. */
  written(bytes: number): void {
    if (this.closed) return;
    this.writingBytes -= bytes;
    this.tellOfChange();
    if (this.waiting.length === 0 || this.pumping) return;
    this.pumping = true;
    // Not in this turn: a peer that reads fast must not keep others waiting.
    setImmediate(() => {
      this.pumping = false;
      this.pump();
    });
  }

  /** Gives up all that waits. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.waiting = [];
    this.waitingBytes = 0;
    this.writingBytes = 0;
    this.tellOfChange();
  }

  /** Hands over all that waits, for a connection that is about to be closed in good order. */
  flush(): void {
    for (const one of this.waiting.splice(0)) this.send(one);
    this.waitingBytes = 0;
  }

  private tellOfChange(): void {
    const change = this.sizeBytes - this.toldBytes;
    this.toldBytes = this.sizeBytes;
    if (change !== 0) this.options.onChange(change);
  }

  private get hasRoom(): boolean {
    return this.writingBytes < this.options.limits.writeAheadBytes;
  }

  private pump(): void {
    let taken = 0;
    while (!this.closed && taken < this.waiting.length && this.hasRoom) {
      const one = this.waiting[taken] as Waiting;
      taken += 1;
      this.waitingBytes -= one.sizeBytes;
      this.send(one);
    }
    this.waiting = this.waiting.slice(taken);
  }

  private send({ response, sizeBytes }: Waiting): void {
    const { connection, onSent, onStuck } = this.options;
    if (this.closed) return;
    this.writingBytes += sizeBytes;
    onSent();
    const failure = trySend(connection, response, sizeBytes);
    if (failure === undefined) return;
    const { id } = response;
    const told =
      failure.code === 'too-large' &&
      trySend(connection, { id, result: { error: failure.body } }, sizeBytes) === undefined;
    if (!told) onStuck();
  }
}

function trySend(
  connection: Connection,
  response: ResponseMessage,
  sizeBytes: number,
): RpcError | undefined {
  try {
    connection.send(encodeResponse(response), sizeBytes);
    return undefined;
  } catch (error) {
    return error as RpcError;
  }
}

/** The memory of a message besides its texts: ids, names, an object for it. */
const overheadBytes = 64;

/** About how many bytes something takes; a text counts a byte for each code unit. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let sizeBytes = overheadBytes;
  for (const key in value) sizeBytes += key.length + sizeOf(value[key as keyof typeof value]);
  return sizeBytes;
}

/** The same value, its texts shared, which nobody else can change. */
function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if ('toJSON' in value) return JSON.parse(JSON.stringify(value) ?? 'null');
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copyOf(part)]));
}

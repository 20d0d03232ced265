/**
 * The way to one other node: a connection that is opened when it is needed, and again when it broke.
 * All calls to that node share it and are told apart by their ids.
 */

import { WebSocket } from 'ws';
import { type ErrorBody, messageOf, RpcError } from '../errors';
import type { Address } from '../node';
import type { CallResult } from '../node-io';
import { Connection } from './connection';
import { encodeRequest, type RequestMessage } from './frames';
import { handshakeHeaders, subprotocol } from './handshake';
import type { Limits } from './limits';

export interface PeerOptions {
  /** The address to call. */
  readonly to: Address;
  /** The caller's name: only for the log of the other side, which does not rely on it. */
  readonly from: Address;
  readonly token: string | undefined;
  readonly limits: Limits;
  readonly onResult: (id: number, result: CallResult) => void;
}

export class Peer {
  private readonly options: PeerOptions;
  private socket: WebSocket | null = null;
  private connection: Connection | null = null;
  /** Encoded requests that wait for the connection to open. */
  private queued = new Map<number, string>();
  private queuedBytes = 0;
  /** Requests that were sent and have no response yet. */
  private readonly sent = new Set<number>();

  constructor(options: PeerOptions) {
    this.options = options;
  }

  request(message: RequestMessage): void {
    const encoded = encodeRequest(message);
    if (this.connection !== null) {
      this.sendNow(message.id, encoded);
    } else if (!this.hasRoomFor(encoded)) {
      this.fail(message.id, 'overloaded', 'too many messages wait for the connection to open');
    } else {
      this.queued.set(message.id, encoded);
      this.queuedBytes += encoded.length;
      try {
        this.socket ??= this.open();
      } catch (error) {
        // Not an address at all.
        this.lost({ code: 'refused', message: messageOf(error) });
      }
    }
  }

  /** The caller does not wait for this response any more. */
  forget(id: number): void {
    this.queuedBytes -= this.queued.get(id)?.length ?? 0;
    this.queued.delete(id);
    this.sent.delete(id);
  }

  close(): void {
    if (this.connection !== null) this.connection.close();
    else this.socket?.terminate();
  }

  terminate(): void {
    this.socket?.terminate();
  }

  private hasRoomFor(encoded: string): boolean {
    const { maxQueuedMessages, maxBufferedBytes } = this.options.limits;
    const isFirst = this.queued.size === 0;
    const fits = this.queuedBytes + encoded.length <= maxBufferedBytes;
    return this.queued.size < maxQueuedMessages && (fits || isFirst);
  }

  private open(): WebSocket {
    const { to, from, token, limits } = this.options;
    const socket = new WebSocket(`ws://${to}/`, subprotocol, {
      headers: handshakeHeaders({ from, token }),
      perMessageDeflate: false,
      maxPayload: limits.maxPayloadBytes,
      handshakeTimeout: limits.handshakeTimeoutMs,
    });
    let reason: ErrorBody = { code: 'refused', message: 'the connection was not opened' };
    socket.on('unexpected-response', (request, response) => {
      const code = response.statusCode === 401 ? 'unauthorized' : 'refused';
      reason = { code, message: `the handshake was answered with ${response.statusCode}` };
      request.destroy();
      this.lost(reason);
    });
    socket.on('error', (error) => {
      reason = { code: 'refused', message: error.message };
      if (this.connection === null) this.lost(reason);
    });
    socket.on('open', () => {
      this.connection = new Connection(socket, limits, {
        onMessage: (message) => {
          if (!('result' in message)) throw new RpcError('malformed', 'expected a response');
          if (message.id !== null) this.settle(message.id, message.result);
        },
        onClose: () => this.lost(reason),
      });
      const { queued } = this;
      this.queued = new Map();
      this.queuedBytes = 0;
      for (const [id, encoded] of queued) this.sendNow(id, encoded);
    });
    return socket;
  }

  private sendNow(id: number, encoded: string): void {
    this.sent.add(id);
    try {
      this.connection?.send(encoded);
    } catch (error) {
      const { code, message } = error as RpcError;
      this.fail(id, code, message);
    }
  }

  private lost(reason: ErrorBody): void {
    this.connection = null;
    this.socket = null;
    const queued = [...this.queued.keys()];
    const sent = [...this.sent];
    for (const id of queued) this.fail(id, reason.code, reason.message);
    for (const id of sent) this.fail(id, 'connection-lost', 'the connection broke');
  }

  private fail(id: number, code: ErrorBody['code'], message: string): void {
    this.settle(id, { error: { code, message } });
  }

  private settle(id: number, result: CallResult): void {
    this.forget(id);
    this.options.onResult(id, result);
  }
}

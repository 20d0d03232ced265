/**
 * One open WebSocket: sends messages in frames, decodes what comes, notices a peer that is gone or
 * does not read.
 */

import { WebSocket } from 'ws';
import { type ErrorBody, RpcError } from '../errors';
import { decodeFrame, encodeFrame, encodeResponse, type WireMessage } from './frames';
import type { Limits } from './limits';

export interface ConnectionEvents {
  onMessage(message: WireMessage): void;
  /** The connection is closed, for whatever reason; nothing comes any more. */
  onClose(): void;
  /** The system has taken messages, of which their sender said that they have so many bytes. */
  onWritten?(sizeBytes: number): void;
}

/** After so many heartbeats without an answer a peer is gone: one of them may just have come when this process was busy. */
const maxUnanswered = 2;

/** WebSocket close codes (RFC 6455, section 7.4.1). */
const invalidData = 1007;
const goingAway = 1001;

export class Connection {
  private readonly socket: WebSocket;
  private readonly events: ConnectionEvents;
  private readonly limits: Limits;
  private readonly heartbeat: NodeJS.Timeout;
  private outbox: string[] = [];
  private outboxLength = 0;
  private outboxBytes = 0;
  /** Heartbeats since something was last heard. */
  private unanswered = 0;
  private lastBeatAt = performance.now();

  constructor(socket: WebSocket, limits: Limits, events: ConnectionEvents) {
    this.socket = socket;
    this.events = events;
    this.limits = limits;
    this.heartbeat = setInterval(() => this.beat(), limits.heartbeatIntervalMs);
    socket.on('message', (data, isBinary) => this.receive(data as Buffer, isBinary));
    socket.on('pong', () => {
      this.unanswered = 0;
    });
    socket.on('close', () => {
      clearInterval(this.heartbeat);
      events.onClose();
    });
    // A 'close' follows each 'error', and says enough.
    socket.on('error', () => undefined);
  }

  /**
   * Sends an encoded message, together with all others of this turn of the event loop. Throws
   * RpcError `too-large` or `overloaded`; then the message certainly was not sent. `sizeBytes` is
   * what `onWritten` will say of it.
   */
  send(message: string, sizeBytes = 0): void {
    const { limits } = this;
    // A character takes up to three bytes in UTF-8; a server may fairly refuse what comes near.
    if (message.length > limits.maxPayloadBytes / 3) {
      if (Buffer.byteLength(message) > limits.maxPayloadBytes) {
        throw new RpcError(
          'too-large',
          `the message is larger than ${limits.maxPayloadBytes} bytes`,
        );
      }
    }
    if (this.socket.bufferedAmount + this.outboxLength > limits.maxBufferedBytes) {
      throw new RpcError('overloaded', 'the peer does not read what was sent to it');
    }
    if (this.outbox.length === 0) process.nextTick(() => this.flush());
    else if (this.outboxLength + message.length > limits.maxPayloadBytes / 3) this.flush();
    this.outbox.push(message);
    this.outboxLength += message.length;
    this.outboxBytes += sizeBytes;
    if (this.outbox.length >= limits.maxMessagesPerFrame) this.flush();
  }

  /** Closes after what was sent so far has gone out. */
  close(): void {
    this.flush();
    this.socket.close(goingAway);
  }

  /** Closes at once. */
  terminate(): void {
    this.socket.terminate();
  }

  private flush(): void {
    if (this.outbox.length === 0) return;
    const frame = encodeFrame(this.outbox);
    this.outbox = [];
    this.outboxLength = 0;
    const { outboxBytes } = this;
    this.outboxBytes = 0;
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(frame, () => this.events.onWritten?.(outboxBytes));
  }

  private receive(data: Buffer, isBinary: boolean): void {
    this.unanswered = 0;
    try {
      if (isBinary) throw new RpcError('malformed', 'expected a text frame, got a binary one');
      for (const message of decodeFrame(data.toString(), this.limits.maxMessagesPerFrame))
        this.events.onMessage(message);
    } catch (error) {
      const body =
        error instanceof RpcError ? error.body : new RpcError('malformed', String(error)).body;
      this.complain(body);
    }
  }

  /** Says what was wrong, if the peer reads at all, and hangs up. */
  private complain(error: ErrorBody): void {
    try {
      this.send(encodeResponse({ id: null, result: { error } }));
      this.flush();
      this.socket.close(invalidData, error.code);
    } catch {
      this.terminate();
    }
  }

  private beat(): void {
    const sinceLastBeatMs = performance.now() - this.lastBeatAt;
    this.lastBeatAt = performance.now();
    // This process itself was stopped: what the peer sent meanwhile has not been read yet.
    if (sinceLastBeatMs > 1.5 * this.limits.heartbeatIntervalMs) this.unanswered = 0;
    if (this.unanswered >= maxUnanswered) {
      // Half open: the peer is gone without a word, or stopped.
      this.terminate();
      return;
    }
    this.unanswered += 1;
    this.socket.ping();
  }
}

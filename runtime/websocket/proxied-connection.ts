/** One connection through a fault proxy: the caller's half, the node's half, and what is between. */
import { WebSocket } from 'ws';
import type { Envelope, Faults } from '../faults';
import {
  decodeFrame,
  encodeFrame,
  encodeRequest,
  encodeResponse,
  type WireMessage,
} from './frames';
import { defaultLimits } from './limits';

/** The events of a message: types of the trace. */
export type ProxyEvent = 'send' | 'deliver' | 'drop' | 'block' | 'duplicate';

export interface ProxiedMessage extends Envelope {
  /** How the caller presented itself, before it was given a name. */
  readonly caller: string;
  /** The id of the call; null: a complaint about a frame that could not be read. */
  readonly id: number | null;
  /** `Service.method`; empty when a response answers nothing that was asked here. */
  readonly call: string;
  /** The arguments, or how the call ended. */
  readonly body: unknown;
  readonly sizeBytes: number;
}

export interface ProxiedConnectionOptions {
  readonly caller: string;
  /** The names of both ends: requests go from `from` to `to`. */
  readonly from: string;
  readonly to: string;
  readonly downstream: WebSocket;
  readonly upstream: WebSocket;
  readonly faults: Faults;
  readonly onEvent: ((event: ProxyEvent, message: ProxiedMessage) => void) | undefined;
  readonly onClose: () => void;
}

/** Bytes that may wait at one half before the proxy stops reading from the other. */
const maxWaitingBytes = defaultLimits.maxBufferedBytes;
/** Of how many requests the proxy remembers what they asked: more are not under way. */
const maxRemembered = defaultLimits.maxRequestsPerConnection;

export class ProxiedConnection {
  private readonly options: ProxiedConnectionOptions;
  /** `Service.method` of the last requests, for the events. */
  private readonly asked = new Map<number, string>();

  constructor(options: ProxiedConnectionOptions) {
    this.options = options;
    const { downstream, upstream } = options;
    this.join(downstream, upstream);
    this.join(upstream, downstream);
    upstream.once('close', () => options.onClose());
  }

  terminate(): void {
    this.options.downstream.terminate();
    this.options.upstream.terminate();
  }

  private join(source: WebSocket, sink: WebSocket): void {
    source.on('message', (data, isBinary) => this.pass(source, sink, data as Buffer, isBinary));
    // Heartbeats are answered by the node itself, so that a stopped one is noticed.
    source.on('ping', (data) => {
      if (isOpen(sink)) sink.ping(data);
    });
    source.on('pong', (data) => {
      if (isOpen(sink)) sink.pong(data);
    });
    source.on('error', () => undefined);
    source.on('close', (code, reason) => {
      // 1005 and 1006 are no codes that one could send: the other side hung up without a word.
      if (code === 1005 || code === 1006) sink.terminate();
      else sink.close(code, reason);
    });
  }

  private pass(source: WebSocket, sink: WebSocket, data: Buffer, isBinary: boolean): void {
    const { faults, onEvent } = this.options;
    const messages = faults.any || onEvent !== undefined ? decode(data, isBinary) : undefined;
    if (messages === undefined) {
      // A message without sense is for the receiver to judge.
      this.send(source, sink, data, isBinary);
      return;
    }
    const now = messages.filter((message) => {
      const sizeBytes = messages.length === 1 ? data.length : Buffer.byteLength(encode(message));
      return this.arrivesAtOnce(source, sink, message, sizeBytes);
    });
    if (now.length === messages.length) this.send(source, sink, data, isBinary);
    else if (now.length > 0) this.send(source, sink, encodeFrame(now.map(encode)), false);
  }

  /** False: it does not arrive, or it does so by itself, later or once more. */
  private arrivesAtOnce(
    source: WebSocket,
    sink: WebSocket,
    message: WireMessage,
    sizeBytes: number,
  ): boolean {
    const { faults, onEvent } = this.options;
    const envelope = { ...this.describe(message), sizeBytes };
    onEvent?.('send', envelope);
    const fate = faults.fateOf(envelope);
    if (fate.type === 'drop' || fate.type === 'cut') {
      onEvent?.(fate.type === 'drop' ? 'drop' : 'block', envelope);
      return false;
    }
    const arriveLater = () => this.arriveLater(source, sink, message, envelope);
    if (fate.type === 'hold') {
      fate.onRelease(arriveLater);
      return false;
    }
    const [first = 0, ...copies] = fate.timesMs;
    for (const delayMs of copies) {
      onEvent?.('duplicate', envelope);
      setTimeout(arriveLater, delayMs);
    }
    if (first > 0) setTimeout(arriveLater, first);
    else onEvent?.('deliver', envelope);
    return first === 0;
  }

  private arriveLater(
    source: WebSocket,
    sink: WebSocket,
    message: WireMessage,
    envelope: ProxiedMessage,
  ): void {
    const { faults, onEvent } = this.options;
    if (faults.isCut(envelope)) {
      onEvent?.('block', envelope);
    } else if (isOpen(sink)) {
      onEvent?.('deliver', envelope);
      this.send(source, sink, encode(message), false);
    } else {
      onEvent?.('drop', envelope);
    }
  }

  private send(source: WebSocket, sink: WebSocket, data: Buffer | string, binary: boolean): void {
    if (!isOpen(sink)) return;
    sink.send(data, { binary }, () => {
      if (source.isPaused && sink.bufferedAmount < maxWaitingBytes / 2) source.resume();
    });
    if (sink.bufferedAmount > maxWaitingBytes) source.pause();
  }

  private describe(message: WireMessage): Omit<ProxiedMessage, 'sizeBytes'> {
    const { caller, from, to } = this.options;
    if ('result' in message) {
      const { id, result } = message;
      const call = (id === null ? undefined : this.asked.get(id)) ?? '';
      return { kind: 'response', caller, from: to, to: from, id, call, body: result };
    }
    const { id, service, method, args } = message;
    const call = `${service}.${method}`;
    this.asked.set(id, call);
    const [oldest] = this.asked.size > maxRemembered ? this.asked.keys() : [];
    if (oldest !== undefined) this.asked.delete(oldest);
    return { kind: 'request', caller, from, to, id, call, body: args };
  }
}

function decode(data: Buffer, isBinary: boolean): WireMessage[] | undefined {
  if (isBinary) return undefined;
  try {
    return decodeFrame(data.toString());
  } catch {
    return undefined;
  }
}

function encode(message: WireMessage): string {
  return 'result' in message ? encodeResponse(message) : encodeRequest(message);
}

function isOpen(socket: WebSocket): boolean {
  return socket.readyState === WebSocket.OPEN;
}

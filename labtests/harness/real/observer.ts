/**
 * What can be seen of a real cluster from outside: the messages that pass the proxies, and in them
 * the views and their acknowledgements.
 */
import type { Address, Json } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/reactor';
import type { TraceEvent } from '../../../runtime/trace';
import type { ProxiedMessage, ProxyEvent } from '../../../runtime/websocket/proxied-connection';
import { noView, type PingArgs, type View } from '../../../viewservice/api';
import { LinkCounts } from './link-counts';
import type { Names } from './names';

export interface ObserverOptions {
  readonly now: () => number;
  readonly names: Names;
  /** Keeps the trace, which costs time and memory. */
  readonly tracing: boolean;
  /** Whether this is how a node presents itself, rather than somebody under its name. */
  readonly isNode: (caller: Address) => boolean;
  /** Called after each thing that was seen. */
  readonly onChange: () => void;
}

/** How much of the trace is kept. */
const maxTraceEvents = 200_000;
/** The largest message that the trace shows in full. */
const maxBodyBytes = 2_000;

export class Observer {
  readonly trace: TraceEvent[] = [];
  /** The newest view that the view service has told anybody. */
  view: View = noView;
  /** The newest view number with which its primary has pinged, and the view service has answered. */
  acknowledged = 0;
  /** Messages delivered so far. */
  delivered = 0;
  private readonly options: ObserverOptions;
  /** Requests of nodes, and bytes of all messages, by sender and receiver. */
  readonly requests = new LinkCounts();
  readonly bytes = new LinkCounts();
  /** Pings that have no answer yet, by who sent them and their id. */
  private readonly pings = new Map<string, PingArgs>();

  constructor(options: ObserverOptions) {
    this.options = options;
  }

  record(event: TraceEvent): void {
    if (!this.options.tracing || this.trace.length >= maxTraceEvents) return;
    this.trace.push(event);
  }

  /** A proxy says what happens to a message. */
  notice(event: ProxyEvent, message: ProxiedMessage): void {
    const { kind, from, to, caller, call } = message;
    if (event === 'deliver') this.delivered += 1;
    if (event === 'send') {
      this.bytes.add(from, to, message.sizeBytes);
      if (kind === 'request' && this.options.isNode(caller)) this.requests.add(from, to, 1);
    }
    if (call.startsWith('ViewService.')) this.noticeView(event, message);
    this.recordMessage(event, message);
    this.options.onChange();
  }

  /** Under an arbiter, whoever makes or acknowledges a view says so. */
  noticeLog(node: Address, event: string, fields: { readonly [key: string]: Json }): void {
    if (event === 'view') this.noticeNewView(node, fields as unknown as View);
    if (event === 'acknowledged') this.acknowledged = fields.viewnum as number;
    this.options.onChange();
  }

  private noticeNewView(node: Address, view: View): void {
    if (view.viewnum <= this.view.viewnum) return;
    this.view = { ...view };
    this.record({ t: this.options.now(), node, type: 'view', ...this.view });
  }

  private noticeView(event: ProxyEvent, message: ProxiedMessage): void {
    const { kind, caller, id, call, body } = message;
    const key = `${caller} ${id}`;
    if (kind === 'request') {
      if (event === 'deliver' && call === 'ViewService.ping') this.pings.set(key, body as PingArgs);
      return;
    }
    if (event !== 'send') return;
    // By its answer one knows that the view service has seen the ping, and what came of it.
    const ping = this.pings.get(key);
    this.pings.delete(key);
    const result = body as CallResult;
    if (!('reply' in result)) return;
    if (ping !== undefined) this.noticePing(ping);
    this.noticeNewView(message.from, this.options.names.withNames(result.reply as View));
  }

  private noticePing({ server, viewnum }: PingArgs): void {
    const { view } = this;
    const name = this.options.names.nameOf(server);
    if (name === view.primary && viewnum === view.viewnum) this.acknowledged = viewnum;
  }

  private recordMessage(type: ProxyEvent, message: ProxiedMessage): void {
    const { tracing, now, names } = this.options;
    if (!tracing || message.id === null) return;
    const { kind, id, from, to, call, body, sizeBytes } = message;
    const node = type === 'deliver' ? to : from;
    const shown = sizeBytes > maxBodyBytes ? `${sizeBytes} bytes` : body;
    const named = call.startsWith('ViewService.') ? names.withNames(shown) : shown;
    this.record({ t: now(), node, type, kind, id, from, to, call, body: named });
  }
}

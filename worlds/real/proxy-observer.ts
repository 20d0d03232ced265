/**
 * An observer of a real cluster from outside: the messages that pass the proxies, and in them
 * the views and their acknowledgements.
 */
import { abridged } from '../../runtime/abridgement';
import type { Address, Json } from '../../runtime/node';
import type { ProxiedMessage, ProxyEvent } from '../../runtime/websocket/proxied-connection';
import { LinkNumbers } from '../link-numbers';
import { TraceRecorder } from '../trace-recorder';
import { ViewWatcher } from '../view-watcher';
import type { AddressBook } from './address-book';
import { ViewMessages } from './view-messages';

export interface ProxyObserverOptions {
  readonly now: () => number;
  readonly names: AddressBook;
  /** Keeps the trace, which costs time and memory. */
  readonly tracing: boolean;
  /** Whether this is how a node presents itself, rather than somebody under its name. */
  readonly isNode: (caller: Address) => boolean;
  /** Called after each thing that was seen. */
  readonly onChange: () => void;
}

/** The largest message that the trace shows in full. */
const maxBodyBytes = 2_000;

export class ProxyObserver {
  readonly trace: TraceRecorder;
  readonly views: ViewWatcher;
  /** Messages delivered so far. */
  delivered = 0;
  /** Requests of nodes, and bytes of all messages. */
  readonly requests = new LinkNumbers();
  readonly bytes = new LinkNumbers();
  private readonly options: ProxyObserverOptions;
  private readonly talk = new ViewMessages();
  /** When something last arrived. */
  private readonly arrivals = new LinkNumbers();

  constructor(options: ProxyObserverOptions) {
    this.options = options;
    this.views = new ViewWatcher(options.now);
    this.trace = new TraceRecorder(options.tracing);
  }

  /** A proxy says what happens to a message. */
  notice(event: ProxyEvent, message: ProxiedMessage): void {
    const { kind, from, to, caller, call } = message;
    if (event === 'deliver') {
      this.delivered += 1;
      this.arrived(from, to);
    }
    if (event === 'send') {
      this.bytes.add(from, to, message.sizeBytes);
      if (kind === 'request' && this.options.isNode(caller)) this.requests.add(from, to, 1);
    }
    if (call.startsWith('ViewService.')) this.noticeView(event, message);
    this.recordMessage(event, message);
    this.options.onChange();
  }

  arrived(from: Address, to: Address): void {
    this.arrivals.set(from, to, this.options.now());
  }

  /** When something from `from` last arrived at `to`; before all if never. */
  heardMs(from: Address, to: Address): number {
    return this.arrivals.get(from, to) ?? Number.NEGATIVE_INFINITY;
  }

  noticeLog(node: Address, event: string, fields: { readonly [key: string]: Json }): void {
    if (this.views.logged(event, fields)) this.recordView(node);
    this.options.onChange();
  }

  private noticeView(event: ProxyEvent, message: ProxiedMessage): void {
    const answer = this.talk.answerIn(event, message);
    if (answer === undefined) return;
    const { names } = this.options;
    if (answer.ping !== undefined) this.views.pinged(names.withNames(answer.ping));
    if (this.views.told(names.withNames(answer.view))) this.recordView(message.from);
  }

  private recordView(node: Address): void {
    this.trace.record({ t: this.options.now(), node, type: 'view', ...this.views.view });
  }

  private recordMessage(type: ProxyEvent, message: ProxiedMessage): void {
    const { tracing, now, names } = this.options;
    if (!tracing || message.id === null) return;
    const { id, call, body, sizeBytes } = message;
    const shown = sizeBytes > maxBodyBytes ? abridged(body) : body;
    const named = call.startsWith('ViewService.') ? names.withNames(shown) : shown;
    this.trace.recordMessage(now(), type, { ...message, id }, named);
  }
}

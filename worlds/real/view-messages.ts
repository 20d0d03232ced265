/** The messages of a view service, read as they pass the proxy in front of it. */
import type { CallResult } from '../../runtime/node-io';
import type { ProxiedMessage, ProxyEvent } from '../../runtime/websocket/proxied-connection';
import type { PingArgs, View } from '../../viewservice/api';

/** The view service has answered: with which view, and to which ping if it was one. */
export interface ViewAnswer {
  readonly ping: PingArgs | undefined;
  readonly view: View;
}

/** Pings that a view service never answers are not remembered for ever. */
const maxUnanswered = 1_000;

export class ViewMessages {
  /** Pings that have no answer yet, by who sent them and their id. */
  private readonly pings = new Map<string, PingArgs>();

  /** The answer, when this is the moment at which the view service gives one. */
  answerIn(event: ProxyEvent, message: ProxiedMessage): ViewAnswer | undefined {
    const { kind, caller, id, call, body } = message;
    const key = `${caller} ${id}`;
    if (kind === 'request') {
      if (event === 'deliver' && call === 'ViewService.ping') this.remember(key, body as PingArgs);
      return undefined;
    }
    if (event !== 'send') return undefined;
    // By its answer one knows that the view service has seen the ping, and what came of it.
    const ping = this.pings.get(key);
    this.pings.delete(key);
    const view = toldView(message);
    return view && { ping, view };
  }

  private remember(key: string, ping: PingArgs): void {
    this.pings.set(key, ping);
    const [oldest] = this.pings.size > maxUnanswered ? this.pings.keys() : [];
    if (oldest !== undefined) this.pings.delete(oldest);
  }
}

/** The view in a reply of a view service; undefined when the message is none. */
export function toldView({ kind, call, body }: ProxiedMessage): View | undefined {
  if (kind !== 'response' || !call.startsWith('ViewService.')) return undefined;
  const result = body as CallResult;
  return 'reply' in result ? (result.reply as View) : undefined;
}

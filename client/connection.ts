/** A clerk on the real network, for programs that are not servers. */

import { type ArbiterUrl, formatArbiterUrl, openCoordination } from '../arbiter/arbiter-url';
import { askingArbiter } from '../arbiter/client';
import { messageOf } from '../runtime/errors';
import type { Address, Boot } from '../runtime/node';
import { reasonInWords } from '../runtime/terminal/words';
import type { TraceSink } from '../runtime/trace';
import { Host } from '../runtime/websocket/host';
import { type View, ViewService } from '../viewservice/api';
import { Clerk } from './clerk';
import { nowhere, runtimeForPair } from './pair';

export interface ClientConnection {
  readonly ask: WhomToAsk;
  readonly clerk: Clerk;
  /** The view that the view service has now; rejects with RpcError. */
  view(): Promise<View>;
  /** The wait of an operation that takes long, in words. */
  whatIsMissing(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Who knows which server is primary: a view service, a coordination service, or the two servers of a
 * heartbeat pair.
 */
export type WhomToAsk =
  | { readonly viewService: Address }
  | { readonly arbiter: ArbiterUrl }
  | { readonly pair: readonly Address[] };

export interface ConnectionSettings {
  readonly ask: WhomToAsk;
  /** The name under which it presents itself to servers, which only note it; client-PID unless told. */
  readonly name?: string;
  readonly token: string | undefined;
  readonly trace?: TraceSink | undefined;
}

export async function openConnection(settings: ConnectionSettings): Promise<ClientConnection> {
  const { ask, name, token, trace } = settings;
  const coordination = 'arbiter' in ask ? openCoordination(ask.arbiter) : undefined;
  let parts: { clerk: Clerk; view: () => Promise<View> } | undefined;
  const viewService = 'viewService' in ask ? ask.viewService : nowhere;
  const boot: Boot = (plain) => {
    const runtime = 'pair' in ask ? runtimeForPair(plain, ask.pair) : plain;
    const views = runtime.connect(ViewService, viewService);
    parts = { clerk: new Clerk(runtime, { viewService }), view: () => views.get({}) };
    return { serves: [] };
  };
  const host = await Host.start({
    ...(name !== undefined && { address: name }),
    token,
    trace,
    boot: coordination === undefined ? boot : askingArbiter(boot, () => coordination),
  });
  const { clerk, view } = parts as NonNullable<typeof parts>;
  return {
    ask,
    clerk,
    view,
    whatIsMissing: async () => {
      try {
        const { viewnum, primary } = await view();
        if (primary === null) return 'there is no primary yet: start a replica';
        return `${primary}, the primary of view ${viewnum}, does not answer yet`;
      } catch (error) {
        return silenceInWords(ask, error);
      }
    },
    close: async () => {
      await host.stop();
      await coordination?.close();
    },
  };
}

/** The error when nobody could say who is primary. */
export function silenceInWords(ask: WhomToAsk, error: unknown): string {
  const reason = reasonInWords(messageOf(error));
  if ('pair' in ask) return `no server of the pair ${ask.pair.join(', ')} is primary (${reason})`;
  if ('arbiter' in ask) return `${formatArbiterUrl(ask.arbiter)} does not answer (${reason})`;
  return `the view service ${ask.viewService} does not answer (${reason})`;
}

/** A clerk on the real network, for programs that are not servers. */
import { messageOf } from '../runtime/errors';
import type { Address } from '../runtime/node';
import { reasonInWords } from '../runtime/terminal/words';
import type { TraceSink } from '../runtime/trace';
import { Host } from '../runtime/websocket/host';
import { type View, ViewService } from '../viewservice/api';
import { Clerk } from './clerk';

export interface ClientConnection {
  readonly clerk: Clerk;
  /** What the view service says now; rejects with RpcError. */
  view(): Promise<View>;
  /** What an operation that takes long waits for, in words. */
  whatIsMissing(): Promise<string>;
  close(): Promise<void>;
}

export interface ConnectionSettings {
  readonly viewService: Address;
  readonly token: string | undefined;
  readonly trace?: TraceSink | undefined;
}

export async function openConnection(settings: ConnectionSettings): Promise<ClientConnection> {
  const { viewService, token, trace } = settings;
  let parts: { clerk: Clerk; view: () => Promise<View> } | undefined;
  const host = await Host.start({
    token,
    trace,
    boot: (runtime) => {
      const views = runtime.connect(ViewService, viewService);
      parts = { clerk: new Clerk(runtime, { viewService }), view: () => views.get({}) };
      return { serves: [] };
    },
  });
  const { clerk, view } = parts as NonNullable<typeof parts>;
  return {
    clerk,
    view,
    whatIsMissing: async () => {
      try {
        const { viewnum, primary } = await view();
        if (primary === null) return 'there is no primary yet: start a replica';
        return `${primary}, the primary of view ${viewnum}, does not answer yet`;
      } catch (error) {
        const reason = reasonInWords(messageOf(error));
        return `the view service ${viewService} does not answer (${reason})`;
      }
    },
    close: () => host.stop(),
  };
}

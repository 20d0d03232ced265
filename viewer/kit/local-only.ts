/** Rules of all servers of pages on this machine: whom they answer, and which headers they send. See decision V5. */
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Nothing is kept, framed, or given to other pages. */
export const privateHeaders = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** The host that a request asks for, if it is a name of this machine: others are made to point here. */
export function ownHostOf({ socket, headers: { host } }: IncomingMessage): string | undefined {
  const { port } = socket.address() as AddressInfo;
  return [`127.0.0.1:${port}`, `localhost:${port}`].find((own) => own === host);
}

/** The handshake of both sides before a WebSocket opens: their words, and the checks. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Names the protocol and its version, so that an unlike program is refused at the handshake. */
export const subprotocol = 'viewlab.1';

const fromHeader = 'x-viewlab-from';

export interface Handshake {
  readonly from: string;
  readonly token: string | undefined;
}

export function handshakeHeaders({ from, token }: Handshake): Record<string, string> {
  return {
    [fromHeader]: from,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

/** The HTTP status with which to refuse the handshake; undefined when it is fine. */
export function refusalOf(
  headers: IncomingHttpHeaders,
  token: string | undefined,
): { status: number; reason: string } | undefined {
  // Browsers send an Origin, and let any page open a WebSocket to this machine.
  if (headers.origin !== undefined) {
    return { status: 403, reason: 'handshakes from browsers are refused' };
  }
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
  if (!offered?.includes(subprotocol)) {
    return { status: 400, reason: `expected the WebSocket subprotocol ${subprotocol}` };
  }
  if (token !== undefined && !sameSecret(headers.authorization ?? '', `Bearer ${token}`)) {
    return { status: 401, reason: 'the shared secret is missing or wrong' };
  }
  return undefined;
}

/** The name under which the peer presents itself: good for logs, proof of nothing. */
export function peerName(headers: IncomingHttpHeaders): string {
  const name = headers[fromHeader];
  return typeof name === 'string' && name.length <= 255 ? name : 'somebody';
}

/** Compares in a time that tells nothing of the secret. */
export function sameSecret(got: string, expected: string): boolean {
  const a = Buffer.from(got);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Pieces of traces, each a millisecond after the one before. */
import type { TraceEvent } from '../../runtime/trace';

export type Body = Readonly<Record<string, unknown>>;

let t = 0;
let ids = 0;

export const nextMs = () => t++;

/** A message arrives, or meets another fate. */
export function sent(
  kind: 'request' | 'response',
  from: string,
  to: string,
  id: number,
  call: string,
  body: Body,
  fate: 'deliver' | 'drop' | 'block' = 'deliver',
): TraceEvent[] {
  const message = { kind, id, from, to, call, body } as const;
  return [
    { t: nextMs(), node: from, type: 'send', ...message },
    { t: nextMs(), node: fate === 'deliver' ? to : from, type: fate, ...message },
  ];
}

export function called(
  from: string,
  to: string,
  call: string,
  args: Body,
  answer: Body,
): TraceEvent[] {
  const id = nextId();
  return [
    ...sent('request', from, to, id, call, args),
    ...sent('response', to, from, id, call, answer),
  ];
}

export const nextId = () => ids++;

/** A ping, and the view that it is answered with. */
export const told = (server: string, viewnum: number, primary: string, backup: string | null) =>
  called(
    server,
    'vs',
    'ViewService.ping',
    { server, viewnum: 0 },
    { reply: { viewnum, primary, backup } },
  );

/** A client asks a server, which does this or that before it answers. */
export function operated(
  [client, seq]: readonly [string, number],
  server: string,
  operation: Body,
  meanwhile: () => TraceEvent[],
  answer: Body,
): TraceEvent[] {
  const id = nextId();
  return [
    ...sent('request', client, server, id, 'PbService.operate', { client, seq, operation }),
    ...meanwhile(),
    ...sent('response', server, client, id, 'PbService.operate', answer),
  ];
}

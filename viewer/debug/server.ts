/** The other end: the server that this page came from. */
import type { Progress, Request, Snapshot } from '../../debugging';

/** What the server tells by itself. */
export interface Told {
  readonly progress?: Progress;
  /** The code was changed, and there is something else to see. */
  readonly reloaded?: boolean;
  readonly failed?: string;
}

/** What the page has of the tree: the server sends only the rest. */
interface Known {
  readonly generation: number;
  readonly states: number;
}

const token = new URLSearchParams(location.search).get('token') ?? '';

/** Rejects with an Error when the server is gone, or with what it says went wrong. */
export async function ask(request: Request, known: Known): Promise<unknown> {
  const response = await fetch('/ask', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-token': token },
    body: JSON.stringify({ ...known, request }),
  });
  const answer: unknown = await response.json();
  const error = (answer as { error?: unknown } | null)?.error;
  if (!response.ok) throw new ServerError(String(error ?? response.statusText));
  return answer;
}

/** The server answers, and says that something went wrong. */
export class ServerError extends Error {}

export function listen(onTold: (told: Told) => void): void {
  const events = new EventSource(`/events?token=${encodeURIComponent(token)}`);
  events.addEventListener('message', ({ data }) => onTold(JSON.parse(String(data)) as Told));
}

export function isSnapshot(answer: unknown): answer is Snapshot {
  return typeof (answer as Partial<Snapshot> | null)?.generation === 'number';
}

/** The other end: the server that this page came from. */
import type { DebugAnswer, Request, SearchProgress, Snapshot } from './debugging';

/** The news that the server tells by itself. */
export interface DebugNews {
  readonly progress?: SearchProgress;
  /** The code was changed, and there is something else to see. */
  readonly reloaded?: boolean;
  readonly failed?: string;
}

/** The part of the tree that the page has: the server sends only the rest. */
interface Known {
  readonly generation: number;
  readonly states: number;
}

const token = new URLSearchParams(location.search).get('token') ?? '';

/** Rejects with an Error when the server is gone, or with what it says went wrong. */
export async function askDebugger(request: Request, known: Known): Promise<DebugAnswer> {
  const response = await fetch('/ask', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-token': token },
    body: JSON.stringify({ ...known, request }),
  });
  const answer: unknown = await response.json();
  const error = (answer as { error?: unknown } | null)?.error;
  if (!response.ok) throw new ServerError(String(error ?? response.statusText));
  return answer as DebugAnswer;
}

/** The server answers, and says that something went wrong. */
export class ServerError extends Error {}

export function listen(onTold: (told: DebugNews) => void): void {
  const events = new EventSource(`/events?token=${encodeURIComponent(token)}`);
  events.addEventListener('message', ({ data }) => onTold(JSON.parse(String(data)) as DebugNews));
}

export function isSnapshot(answer: NonNullable<DebugAnswer>): answer is Snapshot {
  return 'generation' in answer;
}

/** The connection of the page to the cluster: opens it, opens it again, and knows when it is over. */
import { type LiveNews, type LiveRequest, liveSubprotocol, tokenPrefix } from '../model/live-data';

export type LinkState = 'connecting' | 'live' | 'silent' | 'gone' | 'refused' | 'ended';

/** Without news for so long the cluster seems to stand still, in milliseconds: it tells four times a second. */
const silenceMs = 3_000;
const retryMs = 1_500;

export class LiveLink {
  private readonly token: string;
  private readonly onTold: (told: LiveNews) => void;
  private readonly onState: (state: LinkState, silentForMs: number) => void;
  private socket: WebSocket | undefined;
  private state: LinkState = 'connecting';
  private heardAt = performance.now();

  constructor(
    token: string,
    onTold: (told: LiveNews) => void,
    onState: (state: LinkState, silentForMs: number) => void,
  ) {
    this.token = token;
    this.onTold = onTold;
    this.onState = onState;
  }

  open(): void {
    const socket = new WebSocket(`ws://${location.host}/live`, [
      liveSubprotocol,
      tokenPrefix + this.token,
    ]);
    this.socket = socket;
    const watch = setInterval(() => this.look(), 1_000);
    socket.addEventListener('message', ({ data }) => {
      this.heardAt = performance.now();
      const told: LiveNews = JSON.parse(data);
      this.change(told.type === 'ended' ? 'ended' : 'live');
      this.onTold(told);
    });
    socket.addEventListener('close', () => {
      clearInterval(watch);
      if (this.state !== 'ended') void this.tryAgain();
    });
  }

  /** False: nobody is there to hear it. */
  send(asked: LiveRequest): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(asked));
    return true;
  }

  /** Finds out whether nobody is there, or somebody who does not know the token. */
  private async tryAgain(): Promise<void> {
    const isThere = await fetch('/', { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
    this.change(isThere ? 'refused' : 'gone');
    setTimeout(() => this.open(), retryMs);
  }

  private look(): void {
    const silentForMs = performance.now() - this.heardAt;
    if (this.state === 'live' && silentForMs > silenceMs) this.state = 'silent';
    if (this.state === 'silent') this.onState('silent', silentForMs);
  }

  private change(state: LinkState): void {
    if (this.state === state) return;
    this.state = state;
    this.onState(state, 0);
  }
}

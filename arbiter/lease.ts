/**
 * A lease: the time for which a server may trust its session, by its own clock. It is always a little
 * shorter than the service keeps the session. A server that stops in time leaves no moment in which two could serve. See decision A6.
 */
import type { Session } from './coordination';

/**
 * Bound on how much the clocks of a server and of the coordination service may differ in rate. While
 * the service counts 1 s, the server's clock counts at least 0.9 s.
 */
export const clockRateBound = 0.1;

export class Lease {
  private readonly clock: () => number;
  private session: Session | null = null;
  /** The agreement names the session, so nobody else can be made primary before it ends. */
  private registered = false;
  private trustedUntilMs = Number.NEGATIVE_INFINITY;

  /** `clock`: milliseconds, monotonic, which goes on while the process is stopped. */
  constructor(clock: () => number) {
    this.clock = clock;
  }

  get current(): Session | null {
    return this.session;
  }

  /** The clock now: taken before a request is sent, it says from when on the renewal counts. */
  now(): number {
    return this.clock();
  }

  /** Asked at the very moment when an answer leaves. */
  get holds(): boolean {
    return this.registered && this.clock() < this.trustedUntilMs;
  }

  open(session: Session, sentAtMs: number): void {
    this.session = session;
    this.registered = false;
    this.trustedUntilMs = Number.NEGATIVE_INFINITY;
    this.renewed(sentAtMs);
  }

  renewed(sentAtMs: number): void {
    const trustMs = (this.session?.trustMs ?? 0) * (1 - clockRateBound);
    this.trustedUntilMs = Math.max(this.trustedUntilMs, sentAtMs + trustMs);
  }

  /** The agreement names this session for the incarnation that the server has now. */
  register(): void {
    this.registered = true;
  }

  /** A new incarnation begins: until it is registered, the lease is nobody's. */
  unregister(): void {
    this.registered = false;
  }

  lose(): void {
    this.session = null;
    this.registered = false;
  }
}

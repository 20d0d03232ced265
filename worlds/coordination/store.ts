/**
 * The store of a coordination service, which outlives every crash: keys with versions, sessions, and
 * their history, for readers that lag behind. Time is the caller's.
 */
export interface StoreEntry {
  readonly value: string;
  readonly version: number;
  readonly session: string | null;
  /** The version that it replaced. */
  readonly previous: number | null;
}

type Keys = ReadonlyMap<string, StoreEntry>;

interface OpenSession {
  readonly ttlMs: number;
  expiresAtMs: number;
}

interface State {
  /** Counts all changes. */
  readonly revision: number;
  readonly atMs: number;
  readonly keys: Keys;
}

/** How many states before the newest one a reader may still be given. */
const keptStates = 100;

export class Store {
  private states: State[] = [{ revision: 0, atMs: 0, keys: new Map() }];
  private readonly sessions = new Map<string, OpenSession>();
  private opened = 0;

  get newest(): State {
    return this.states[this.states.length - 1] as State;
  }

  /** After a restart the clock begins anew, and every session gets its full time again. */
  restart(nowMs: number): void {
    for (const session of this.sessions.values()) session.expiresAtMs = nowMs + session.ttlMs;
    this.states = [{ ...this.newest, atMs: nowMs }];
  }

  open(ttlMs: number, nowMs: number): string {
    this.opened += 1;
    const session = `lease-${this.opened}`;
    this.sessions.set(session, { ttlMs, expiresAtMs: nowMs + ttlMs });
    return session;
  }

  renew(session: string, nowMs: number): boolean {
    const open = this.sessions.get(session);
    if (open === undefined) return false;
    open.expiresAtMs = nowMs + open.ttlMs;
    return true;
  }

  /** Ends the sessions whose time was up `lateMs` ago; says whether there were any. */
  expire(nowMs: number, lateMs: number): boolean {
    const over = [...this.sessions].filter(([, { expiresAtMs }]) => expiresAtMs + lateMs <= nowMs);
    for (const [session] of over) this.end(session, nowMs);
    return over.length > 0;
  }

  end(session: string, nowMs: number): void {
    if (!this.sessions.delete(session)) return;
    this.change(nowMs, (keys) => {
      for (const [key, entry] of keys) if (entry.session === session) keys.delete(key);
    });
  }

  attach(session: string, key: string, value: string, nowMs: number): boolean {
    if (!this.sessions.has(session)) return false;
    this.change(nowMs, (keys, version) =>
      keys.set(key, { value, version, session, previous: null }),
    );
    return true;
  }

  compareAndSwap(key: string, version: number | null, value: string, nowMs: number): boolean {
    const found = this.newest.keys.get(key);
    // The network of the simulation delivers twice at times, which connections to the real ones do not.
    if (found?.previous === version && found.value === value) return true;
    if ((found?.version ?? null) !== version) return false;
    const entry = { value, session: null, previous: version };
    this.change(nowMs, (keys, next) => keys.set(key, { ...entry, version: next }));
    return true;
  }

  /** A state no older than the revision, nor than `lagMs`. */
  seenBy(revision: number, nowMs: number, lagMs: number): State {
    // The first state that was replaced after the moment that the reader is behind.
    const since = nowMs - lagMs;
    const found = this.states.find(
      (state, index) =>
        state.revision >= revision && (this.states[index + 1]?.atMs ?? nowMs + 1) > since,
    );
    return found ?? this.newest;
  }

  private change(
    atMs: number,
    make: (keys: Map<string, StoreEntry>, version: number) => unknown,
  ): void {
    const revision = this.newest.revision + 1;
    const keys = new Map(this.newest.keys);
    make(keys, revision);
    this.states.push({ revision, atMs, keys });
    if (this.states.length > keptStates) this.states.shift();
  }
}

/**
 * The interface of a coordination service to the arbiter, small enough for etcd, ZooKeeper and the model in
 * the simulated world alike: leases, keys that vanish with them, and a compare-and-swap.
 *
 * Every promise settles within a bound that the implementation sets; it rejects with an Error when
 * the service does not answer. The request may then still take effect, later.
 */
export interface Coordination {
  /** For people: which service, and where. */
  readonly name: string;

  /** Opens a session, which ends by itself when it is not renewed for about `ttlMs` milliseconds. */
  openSession(ttlMs: number): Promise<Session>;

  /** The value of a key, null when there is none; `version` is for `compareAndSwap`. */
  get(key: string): Promise<Versioned>;

  /**
   * The names of the keys below `prefix`, without the prefix. What it and `get` see may be behind, but
   * is no older than what earlier calls of this object have seen or written.
   */
  list(prefix: string): Promise<readonly string[]>;

  /** Writes the key if its version is still this one; false when somebody else was faster. */
  compareAndSwap(key: string, version: Version, value: string): Promise<boolean>;

  /** Calls when something may have changed. A hint: it may come late, twice, or never. */
  watch(onChange: () => void): void;

  /** Ends sessions and connections. Never rejects. */
  close(): Promise<void>;
}

/** Compared for being the same, and nothing else; null: the key does not exist. */
export type Version = string | number | null;

export interface Versioned {
  readonly value: string | null;
  readonly version: Version;
}

export interface Session {
  /** No two sessions of a service ever have the same. */
  readonly id: string;
  /**
   * For so many milliseconds by the clock of the service, counted from the sending of a renewal that
   * succeeded (or of the request that opened it), the session certainly does not end by itself.
   */
  readonly trustMs: number;
  /** True: the session lasts, and was renewed after this call. False: it has ended for good. */
  renew(): Promise<boolean>;
  /** Creates a key that vanishes when the session ends, and not before. */
  attach(key: string, value: string): Promise<void>;
  /** Ends it at once. Never rejects; a service that is not reached ends it when its time is up. */
  end(): Promise<void>;
}

/** The keys of a cluster, below the path that its URL names. */
export const stateKey = 'state';
export const membersPrefix = 'members/';

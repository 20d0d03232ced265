/**
 * The bounds of the real network; HostOptions.limits changes them for one node. The page
 * docs/reference/limits.md is generated from this table, comments included.
 */
export const defaultLimits = {
  /** Largest WebSocket message taken or sent, in bytes. */
  maxPayloadBytes: 16 * 1024 * 1024,
  /** Bytes that may wait to be written to one connection before it counts as a slow reader. */
  maxBufferedBytes: 32 * 1024 * 1024,
  /** The same for all connections that a node has accepted; beyond it the slowest reader is cut off. */
  maxBufferedBytesInAll: 256 * 1024 * 1024,
  /** Bytes of replies that are encoded for one connection before it has taken them; others wait. */
  writeAheadBytes: 1024 * 1024,
  /** Bytes of requests that a node handles at a time; more are `overloaded`. */
  maxRequestBytesInAll: 256 * 1024 * 1024,
  /** Messages that may wait for one connection to open. */
  maxQueuedMessages: 10_000,
  /** Connections that one node accepts at a time. */
  maxConnections: 1_000,
  /** Requests of one connection that a node handles at a time. */
  maxRequestsPerConnection: 5_000,
  /** Messages in one frame. */
  maxMessagesPerFrame: 10_000,
  /** Milliseconds within which a connection must be open. */
  handshakeTimeoutMs: 2_000,
  /** Milliseconds between two heartbeats; a peer silent for two of them is cut off. */
  heartbeatIntervalMs: 2_000,
} as const;

export type Limits = { readonly [name in keyof typeof defaultLimits]: number };

import { describeThrown, isInstance, read, shown } from './thrown-value';

/**
 * Every error that a call between nodes can end in. An error is *definite* when the operation
 * certainly did not happen, and *indefinite* when it may have happened: only the request or only
 * the reply may be lost, and the caller cannot tell which. A retry after an indefinite error needs
 * duplicate detection. (The distinction is Maelstrom's; the reason for it is the lecture's.)
 *
 * docs/errors.md is generated from this table.
 */
export const errorTable = {
  refused: {
    definite: true,
    meaning: 'Nobody listens at the address, or the connection could not be opened in time.',
    remedy: 'Check the address and that the server runs. Servers and clerks retry by themselves.',
  },
  unauthorized: {
    definite: true,
    meaning:
      'The server refused the WebSocket handshake because the shared secret is missing or wrong.',
    remedy: 'Give every program of the cluster the same file with --token-file.',
  },
  malformed: {
    definite: true,
    meaning:
      'The message does not fit the contract of the method: a field is missing or of a wrong type.',
    remedy: 'Compare the arguments with docs/reference/protocol.md. The message names the field.',
  },
  'unknown-method': {
    definite: true,
    meaning: 'The node does not serve this service, or the service has no such method.',
    remedy: 'Check the address: a view service does not answer what a replica answers.',
  },
  'too-large': {
    definite: true,
    meaning:
      'The message, or the value or the sum of all data that the operation would make, is larger than ' +
      'the limit.',
    remedy: 'Send less at once. State transfer goes in chunks for this reason.',
  },
  overloaded: {
    definite: true,
    meaning: 'A bounded queue is full, here or at the server, and the request was not taken.',
    remedy: 'Pause and retry. The limits stand in docs/reference/limits.md.',
  },
  'not-primary': {
    definite: true,
    meaning:
      'The server is not the acting primary: it is backup or idle, deposed, or has no state.',
    remedy: 'Ask the view service who is primary, pause, and retry there with the same number.',
  },
  'wrong-view': {
    definite: true,
    meaning: 'A message between replicas is of another view than the one that the receiver is in.',
    remedy:
      'Whoever is behind learns the newest view with its next ping. Retry in the newest view.',
  },
  'not-initialised': {
    definite: true,
    meaning:
      'The backup does not have the state of the view yet, or a part of the transfer is missing.',
    remedy: 'The primary sends the full state (again) before it forwards operations.',
  },
  rejected: {
    definite: false,
    meaning:
      'The number of the operation is lower than that of the last write of its client, so this is a ' +
      'late copy: it has no effect. What became of the first copy is not remembered any more.',
    remedy: 'Read the message. Retrying the same request will not help.',
  },
  'not-implemented': {
    definite: true,
    meaning: 'The method is still a stub.',
    remedy: 'Implement it: the message names the file and the method.',
  },
  timeout: {
    definite: false,
    meaning:
      'No reply came within the time-out. The request or the reply may be lost, or just late.',
    remedy: 'Retry with the same operation number, so that it takes effect at most once.',
  },
  'connection-lost': {
    definite: false,
    meaning: 'The connection broke after the request was sent and before its reply came.',
    remedy: 'Retry with the same operation number, so that it takes effect at most once.',
  },
  'view-changed': {
    definite: false,
    meaning:
      'The view changed while the operation was on its way to the backup, which may have it.',
    remedy: 'Retry at the new primary with the same operation number.',
  },
  'bad-reply': {
    definite: false,
    meaning: 'The reply does not fit the contract of the method.',
    remedy: 'This is a bug of the server that replied: check what its handler returns.',
  },
  internal: {
    definite: false,
    meaning: 'The handler threw something that is not an RpcError: a bug of the server.',
    remedy: 'Read the log of the server, which has the stack trace.',
  },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** True for every string that is a code of the table. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value);
}

/** The body of a reply that is an error. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
}

/** How a call to another node fails, and what a handler throws to refuse a request. */
export class RpcError extends Error {
  override readonly name: string;
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    // A refusal is an answer, not a bug: the way to it is of no use, and costly to write down.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'RpcError';
    this.code = code;
  }

  /** True when the operation certainly did not happen. */
  get definite(): boolean {
    return errorTable[this.code].definite;
  }

  get body(): ErrorBody {
    return { code: this.code, message: this.message };
  }
}

/**
 * For stubs: `throw notImplemented('viewservice/server.ts', 'ViewServer.ping')` makes the one sentence
 * that people see instead of a stack trace.
 */
export function notImplemented(file: string, what: string): RpcError {
  return new RpcError('not-implemented', notYet(`${what} in ${file}`));
}

/** The sentence about a stub. */
export function notYet(stub: string): string {
  return `${stub} is not implemented yet`;
}

/**
 * What a message of `notImplemented` is about, for instance `ViewServer.ping in viewservice/server.ts`;
 * undefined when it is another message.
 */
export function stubIn(message: string): string | undefined {
  // On its way it may have been given a beginning: the address of the server that said it.
  return /(?<![\w.])([\w.]{1,100} in [\w./-]{1,100}) is not implemented yet$/.exec(message)?.[1];
}

/** The message of anything that was thrown: never throws itself, and is never long. */
export function messageOf(thrown: unknown): string {
  return describeThrown(thrown).message;
}

/**
 * What a thrown RpcError says; undefined when something else was thrown, or what was an RpcError has
 * been made into something else.
 */
export function refusalIn(thrown: unknown): ErrorBody | undefined {
  if (!isInstance(thrown, RpcError)) return undefined;
  const code = read(thrown, 'code');
  return isErrorCode(code) ? { code, message: messageOf(thrown) } : undefined;
}

/** Code of a node returned something that its contract does not have: the framework throws this. */
export class WrongResult extends Error {
  /** The result that is owed, in words. */
  readonly expected: string;

  /** `did`: what the code did with the value that it returned, for instance `get resolved with`. */
  constructor(expected: string, did: string, value: unknown) {
    super(`${did} ${shown(value)}`);
    this.expected = expected;
  }
}

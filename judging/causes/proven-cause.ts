/**
 * Causes that the trace of a failed run proves against the code, in any scenario. Each cause is
 * wrong in every design: where one is found, the report has it instead of the hint of the scenario, which
 * would send a student to another file.
 */
import type { TraceEvent } from '../../runtime/trace';
import { type Breach, broken, type Cause } from '../breach';
import type { CitedOperation, Failure, FailureKind } from '../failure';
import { quote } from '../history/phrases';
import { shortNamesIn } from '../short-names';
import { acknowledgedUnheard } from './acknowledged-unheard';
import { answeredAlone } from './answered-alone';
import { type ClientOperation, clientOperations, ms, type Try } from './client-operations';
import { consentToFormerPrimary } from './former-primary';
import { pathOf } from './operation-path';
import { pauseTooLong } from './pause-too-long';
import { sharedNumbers } from './shared-numbers';
import { silentToPrimary } from './silent-to-primary';

const explained: ReadonlySet<FailureKind> = new Set(['expectation', 'not linearizable', 'stuck']);

/** The failure with the paths of its operations, and with its cause in the place of a hint, and who is at fault, where the trace proves it. */
export function withCause(whole: Failure, trace: readonly TraceEvent[]): Failure {
  const { cited = [], ...failure } = whole;
  const short = shortNamesIn(trace);
  const path = pathOf(cited, trace).map(short);
  const caused = causeIn(failure, trace, cited);
  return {
    ...caused,
    ...(caused.remedy !== undefined && { remedy: short(caused.remedy) }),
    ...(path.length > 0 && { path }),
  };
}

function causeIn(
  failure: Failure,
  trace: readonly TraceEvent[],
  cited: readonly CitedOperation[],
): Failure {
  if (failure.remedy !== undefined || !explained.has(failure.kind)) return failure;
  const cause = provenCause(trace, failure.kind, cited);
  if (cause !== undefined) return { ...failure, ...cause, ...broken(cause.breach) };
  const isServers = failure.kind === 'not linearizable' && clerksKeptTheirPart(trace);
  return isServers ? { ...failure, component: 'the servers' } : failure;
}

/** Undefined: nothing is proven. Of several operations that prove the same, one that is cited. */
export function provenCause(
  trace: readonly TraceEvent[],
  kind: FailureKind,
  cited: readonly CitedOperation[] = [],
): Cause | undefined {
  if (isOfAnotherProtocol(trace)) return undefined;
  const all = clientOperations(trace);
  const isCited = ({ client, invokedAt }: ClientOperation) =>
    cited.some(({ process, calledAtMs }) => process === client && calledAtMs === invokedAt);
  const operations = all
    .filter((one) => !hasTwin(one, all))
    .toSorted((a, b) => Number(isCited(b)) - Number(isCited(a)));
  const of = (breach: Breach, remedy: string | undefined): Cause | undefined =>
    remedy === undefined ? undefined : { breach, remedy };
  for (const operation of operations) {
    const unlike =
      returnedUnasked(operation, all) ?? returnedUnanswered(operation) ?? returnedOther(operation);
    const cause = of('a reply belongs to its request', unlike);
    if (cause !== undefined) return cause;
  }
  const silent = kind === 'stuck' ? silentToPrimary(trace, all) : undefined;
  const paused = kind === 'stuck' ? pauseTooLong(trace, all) : undefined;
  const again = operations.map(renumbered).find((cause) => cause !== undefined);
  const cause =
    of('a clerk asks whom the view service names', silent) ??
    of('a clerk goes on trying', paused) ??
    of('a retry keeps its number', again);
  return (
    cause ??
    sharedNumbers(trace, operations) ??
    answeredAlone(trace, cited) ??
    acknowledgedUnheard(trace) ??
    consentToFormerPrimary(trace)
  );
}

/** Each operation went out under one number of its own, after the one before, and returned the reply to it. */
function clerksKeptTheirPart(trace: readonly TraceEvent[]): boolean {
  const all = clientOperations(trace);
  const lastOf = new Map<string, { readonly seq: number; readonly one: ClientOperation }>();
  return (
    all.length > 0 &&
    !isOfAnotherProtocol(trace) &&
    all.every((one) => {
      const [first] = one.tries;
      if (first === undefined) return one.returned?.isReply !== true;
      const before = lastOf.get(first.by);
      lastOf.set(first.by, { seq: first.seq, one });
      const isNext =
        before === undefined ||
        (before.seq < first.seq && (before.one.returned?.at ?? first.sentAt + 1) <= first.sentAt);
      return isNext && !hasTwin(one, all) && one.tries.every((other) => isSameNumber(other, first));
    })
  );
}

/** Whom clerks ask: replicas, and somebody who says which of them is the primary. */
const clerksAsk = /^(PbService|ViewService|PairService|CoordinationService)\./;

/** Clients of another lab ask other services: what a clerk owes says nothing of them. */
function isOfAnotherProtocol(trace: readonly TraceEvent[]): boolean {
  const clients = new Set(trace.flatMap(({ type, node }) => (type === 'invoke' ? [node] : [])));
  return trace.some(
    (event) =>
      event.type === 'send' &&
      event.kind === 'request' &&
      clients.has(event.node) &&
      !clerksAsk.test(event.call),
  );
}

/** An operation is done by a request: no request, no operation. */
function returnedUnasked(
  { client, call, content, invokedAt, tries, returned }: ClientOperation,
  all: readonly ClientOperation[],
): string | undefined {
  if (returned?.isReply !== true || tries.length > 0) return undefined;
  const [, key] = JSON.parse(content);
  const own = all.findLast((other) => {
    const [op, itsKey, value] = JSON.parse(other.content);
    const isBefore = other.client === client && other.invokedAt < invokedAt && itsKey === key;
    return isBefore && (op === 'get' ? other.returned?.value : value) === returned.value;
  });
  const from =
    own === undefined
      ? ''
      : ` What it returned is what its own ${own.call} of ${ms(own.invokedAt)} had in it.`;
  return (
    `${client} returned from ${call} at ${ms(returned.at)} without having sent a request for it.${from} ` +
    'The clerk is at fault: it may return only what a replica has answered to a request for this ' +
    'very operation.'
  );
}

/** A request may have got lost: only a reply to it tells that it was done. */
function returnedUnanswered(operation: ClientOperation): string | undefined {
  const { client, call, tries, heard, returned } = operation;
  if (returned?.isReply !== true || tries.some(isAnswered)) return undefined;
  const other = heard.at(-1);
  const instead =
    other === undefined
      ? ''
      : ` The reply that had come was to ${other.call}, which it had sent under number ${other.seq}.`;
  return (
    `${client} returned from ${call} at ${ms(returned.at)} before any reply to it had come.${instead} ` +
    'The clerk is at fault: a late reply belongs to the try that it answers, not to the operation ' +
    'that is under way when it comes.'
  );
}

function returnedOther(operation: ClientOperation): string | undefined {
  const { client, call, tries, heard, returned } = operation;
  if (returned?.isReply !== true || tries.some(({ reply }) => isSame(reply, returned))) {
    return undefined;
  }
  const other = heard.find((one) => !tries.includes(one) && isSame(one.reply, returned));
  const whose = other === undefined ? '' : `; it is what had come for ${other.call}`;
  return (
    `${client} returned ${inWords(returned.value)} from ${call}, which no reply to that ` +
    `had in it${whose}. The clerk is at fault: an operation returns the reply to its own request.`
  );
}

function inWords(value: unknown): string {
  return typeof value === 'string' || value === null ? quote(value) : typeof value;
}

function isSame(reply: Try['reply'], returned: { readonly value: unknown }): boolean {
  return reply !== undefined && reply.value === returned.value;
}

function isAnswered({ reply }: Try): boolean {
  return reply !== undefined;
}

/**
 * A retry under another number is another operation to the replicas, unless the first try was refused;
 * of a get it does no harm.
 */
function renumbered({ client, call, isGet, tries }: ClientOperation): string | undefined {
  const inDoubt = tries.find(({ refused }) => refused !== true);
  const again = tries.find((one) => inDoubt !== undefined && !isSameNumber(one, inDoubt));
  if (isGet || inDoubt === undefined || again === undefined || again.sentAt < inDoubt.sentAt) {
    return undefined;
  }
  const number = (one: Try) =>
    inDoubt.by === again.by ? `number ${one.seq}` : `number ${one.seq} of client ${one.by}`;
  return (
    `${client} sent ${call} as two operations: at ${ms(inDoubt.sentAt)} under ${number(inDoubt)}, ` +
    `at ${ms(again.sentAt)} under ${number(again)}, though the first was not refused and may have ` +
    'been done. The clerk is at fault: a retry keeps its number, by which the replicas know what ' +
    'they have done.'
  );
}

function isSameNumber(one: Try, other: Try): boolean {
  return one.by === other.by && one.seq === other.seq;
}

/** The same client does the same at the same time: whose request is whose cannot be told. */
function hasTwin(one: ClientOperation, all: readonly ClientOperation[]): boolean {
  const endOf = ({ returned }: ClientOperation) => returned?.at ?? Number.POSITIVE_INFINITY;
  return all.some(
    (other) =>
      other !== one &&
      other.client === one.client &&
      other.content === one.content &&
      other.invokedAt <= endOf(one) &&
      one.invokedAt <= endOf(other),
  );
}

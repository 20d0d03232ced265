/** Frames between the grader and the process of a node, and the checks on those that come back. */
import * as v from 'valibot';
import { OperationResult } from '../../pbservice/api';
import { type ErrorCode, errorTable, messageOf } from '../../runtime/errors';
import type { IncarnationOptions, NodeInput, NodeOutput } from '../node-host';
import { maxDepth, maxOutputs } from '../outputs';
import { Fault } from './incidents';
import { excessIn } from './json-bounds';

/** The descriptors that a node's process reads its inputs from and writes its outputs to. */
export const inputFd = 3;
export const outputFd = 4;

export type ToNode =
  | { readonly type: 'open'; readonly options: IncarnationOptions }
  | { readonly type: 'give'; readonly input: NodeInput; readonly nowMs: number }
  | LiveOn
  | Turns
  /** Asks what it has changed of what its incarnations share. */
  | { readonly type: 'check' }
  /** A run is over. */
  | { readonly type: 'end' };

/**
 * One of many incarnations goes on: it is given these inputs, one after the other, and answers with what it
 * did at the last of them, and with what it remembers then.
 */
export interface LiveOn {
  readonly type: 'live';
  readonly incarnation: number;
  /** The incarnation begins. */
  readonly options?: IncarnationOptions;
  readonly inputs: readonly { readonly input: NodeInput; readonly nowMs: number }[];
  /** Incarnations that nobody needs any more. */
  readonly over: readonly number[];
}

/** Some of the incarnations in a process, each of another run, get one input each. */
export interface Turns {
  readonly type: 'turns';
  readonly turns: readonly Turn[];
  /** Incarnations that are over. */
  readonly over: readonly number[];
}

export interface Turn {
  readonly incarnation: number;
  /** The incarnation begins with this input. */
  readonly options?: IncarnationOptions;
  readonly input: NodeInput;
  readonly nowMs: number;
}

/** The acts of an incarnation at its turn, and the processor time of the turn, in milliseconds, as its process has it. */
export interface Turned {
  readonly outputs: readonly NodeOutput[];
  readonly processorMs: number;
}

/** How much a node may say in answer to one input, in bytes. */
export const maxAnswerBytes = 64 * 2 ** 20;
/** How many things an answer may tell: what a node did, and what it did besides. */
const maxTold = maxOutputs + 1_000;
/** The longest text about a bug, in UTF-16 code units, and how many places of a stack it has. */
const maxTextLength = 5_000;
const maxFrames = 10;
/** An answer is a list of outputs, or one for each turn, and an output may have a list. */
const answerDepth = 4;
/** How many values may stand in an answer or a message. */
const maxParts = 1_000_000;

const id = v.pipe(v.number(), v.safeInteger());
const name = v.pipe(v.string(), v.maxLength(300));
const body = v.string();
const text = v.pipe(v.string(), v.maxLength(maxTextLength));
const errorCode = v.picklist(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]);
const Output = v.variant('type', [
  v.object({
    type: v.literal('booted'),
    tickIntervalMs: v.nullable(v.pipe(v.number(), v.minValue(1))),
  }),
  v.object({ type: v.literal('request'), to: name, id, call: name, body }),
  v.object({ type: v.literal('response'), to: name, id, body }),
  v.object({
    type: v.literal('timer'),
    timer: id,
    durationMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
  }),
  v.object({ type: v.literal('cancel-timer'), timer: id }),
  v.object({ type: v.literal('return'), id, body }),
  v.object({ type: v.literal('log'), event: name, body }),
  v.object({
    ...{ type: v.literal('failure'), where: name, message: text },
    frames: v.pipe(v.array(text), v.maxLength(maxFrames)),
    code: v.exactOptional(errorCode),
    expected: v.exactOptional(text),
    isEndless: v.exactOptional(v.boolean()),
  }),
  v.object({ type: v.literal('memory'), fingerprint: v.nullable(v.string()) }),
]);
const Outputs = v.array(Output);
const Duration = v.pipe(v.number(), v.finite(), v.minValue(0));

/**
 * The outputs in an answer. Throws a Fault when the answer is not one that the framework in the
 * node's process would give (code of the hand-in wrote it), or a message in it is too much.
 */
export function decodeAnswer(line: string): readonly NodeOutput[] {
  return honest(() => outputsOf(parse(line, 'an answer', answerDepth)));
}

/** The same of an answer to so many turns: each a list of its processor time and of the outputs. */
export function decodeAnswers(line: string, turns: number): readonly Turned[] {
  return honest(() => {
    const answers = parse(line, 'an answer', answerDepth);
    if (!Array.isArray(answers) || answers.length !== turns) {
      throw new Error(`expected the answers of ${turns} turns`);
    }
    return answers.map((answer) => {
      const [processorMs, ...outputs] = v.parse(v.array(v.unknown()), answer);
      return { processorMs: v.parse(Duration, processorMs), outputs: outputsOf(outputs) };
    });
  });
}

function honest<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('forged output', `it went round the framework: ${messageOf(error)}`);
  }
}

function outputsOf(value: unknown): readonly NodeOutput[] {
  // Before they are looked at one by one.
  if (Array.isArray(value) && value.length > maxTold) {
    throw new Fault('bad message', `it told more than ${maxTold} things at one input`);
  }
  const outputs = v.parse(Outputs, value, { abortEarly: true, abortPipeEarly: true });
  for (const output of outputs) if ('body' in output) checkBody(output);
  return outputs;
}

function checkBody(output: { readonly type: string; readonly body: string }): void {
  const value = parse(output.body, `a ${output.type}`, maxDepth);
  const result = output.type === 'return' ? Returned : output.type === 'response' ? Reply : Any;
  if (!v.is(result, value)) {
    throw new Error(`a ${output.type} has neither an error nor a reply that could be one`);
  }
}

const Refusal = v.object({ error: v.object({ code: errorCode, message: text }) });
const Reply = v.union([Refusal, v.object({ reply: v.unknown() })]);
const Returned = v.union([Refusal, v.object({ reply: OperationResult })]);
const Any = v.unknown();

/** Parses what a node's process wrote. Throws a Fault when it is more than one may say at a time. */
function parse(text: string, what: string, maxDepth: number): unknown {
  const excess = excessIn(text, { maxDepth, maxParts });
  if (excess === 'depth') {
    throw new Fault('bad message', `${what} nests its values more than ${maxDepth} deep`);
  }
  if (excess === 'parts') {
    throw new Fault('bad message', `${what} has more than ${maxParts} values in it`);
  }
  return JSON.parse(text);
}

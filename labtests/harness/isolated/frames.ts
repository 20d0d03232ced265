/** What crosses between the grader and the process of a node, and what of it is believed. */
import * as v from 'valibot';
import { messageOf } from '../../../runtime/errors';
import type { IncarnationOptions, NodeInput, NodeOutput } from '../simulated/node-host';
import { Fault } from './incidents';

/** The descriptors that a node's process reads its inputs from and writes its outputs to. */
export const inputFd = 3;
export const outputFd = 4;

export type ToNode =
  | { readonly type: 'open'; readonly options: IncarnationOptions }
  | { readonly type: 'give'; readonly input: NodeInput; readonly nowMs: number }
  | LiveOn
  | Turns
  /** Asks what it has changed of what its lives share. */
  | { readonly type: 'check' }
  /** A run is over. */
  | { readonly type: 'end' };

/**
 * One of many lives goes on: it is given these inputs, one after the other, and answers with what it
 * did at the last of them, and with what it remembers then.
 */
export interface LiveOn {
  readonly type: 'live';
  readonly life: number;
  /** It begins. */
  readonly options?: IncarnationOptions;
  readonly inputs: readonly { readonly input: NodeInput; readonly nowMs: number }[];
  /** Lives that nobody needs any more. */
  readonly over: readonly number[];
}

/** Some of the lives in a process, each of another run, get one input each. */
export interface Turns {
  readonly type: 'turns';
  readonly turns: readonly Turn[];
  /** Lives that are over. */
  readonly over: readonly number[];
}

export interface Turn {
  readonly life: number;
  /** It begins with this input. */
  readonly options?: IncarnationOptions;
  readonly input: NodeInput;
  readonly nowMs: number;
}

/** How much a node may say in answer to one input, in bytes. */
export const maxAnswerBytes = 64 * 2 ** 20;
/** How many things a node may do in answer to one input. */
const maxOutputs = 50_000;
/** How deep the values in a message may be nested. */
const maxDepth = 64;

const id = v.pipe(v.number(), v.safeInteger());
const name = v.pipe(v.string(), v.maxLength(300));
const body = v.string();
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
  v.object({ type: v.literal('failure'), where: name, message: v.string(), stack: v.string() }),
  v.object({ type: v.literal('memory'), fingerprint: v.nullable(v.string()) }),
]);
const Outputs = v.pipe(v.array(Output), v.maxLength(maxOutputs));

/**
 * The outputs in an answer. Throws a Fault when the answer is not one that the framework in the
 * node's process would give (code of the hand-in wrote it), or a message in it is too much.
 */
export function decodeAnswer(line: string): readonly NodeOutput[] {
  return honest(() => outputsOf(JSON.parse(line)));
}

/** The same of an answer to so many turns: the outputs of each of them. */
export function decodeAnswers(line: string, turns: number): readonly (readonly NodeOutput[])[] {
  return honest(() =>
    v.parse(v.pipe(v.array(v.unknown()), v.length(turns)), JSON.parse(line)).map(outputsOf),
  );
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
  const outputs = v.parse(Outputs, value);
  for (const output of outputs) if ('body' in output) checkBody(output);
  return outputs;
}

function checkBody(output: { readonly type: string; readonly body: string }): void {
  if (depthOf(output.body) > maxDepth) {
    const what = `a ${output.type} nests its values more than ${maxDepth} deep`;
    throw new Fault('bad message', what);
  }
  const value: unknown = JSON.parse(output.body);
  const isResult = output.type === 'response' || output.type === 'return';
  if (isResult && !v.is(CallResult, value)) {
    throw new Error(`a ${output.type} has neither a reply nor an error`);
  }
}

const CallResult = v.union([
  v.object({ error: v.object({ code: v.string(), message: v.string() }) }),
  v.object({ reply: v.unknown() }),
]);

/** How deep JSON text is nested, strings left out. */
function depthOf(text: string): number {
  // Most messages are far shorter than the depth that is allowed.
  if (text.length <= maxDepth) return 0;
  let depth = 0;
  let deepest = 0;
  for (const token of text.match(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs) ?? []) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}

/**
 * The process in which one node of a hand-in lives. It gets one line of JSON for each input and
 * answers with one line of JSON: all that the node did until it settled. Between inputs it waits
 * in a blocking read, so that nothing in it runs unasked.
 */
import { readSync, writeSync } from 'node:fs';
import path from 'node:path';
import * as errors from '../../runtime/errors';
import * as expiry from '../../runtime/expiry';
import * as node from '../../runtime/node';
import * as bugs from '../../runtime/node-bug';
import * as reactor from '../../runtime/reactor';
import * as service from '../../runtime/service';
import { InProcessHost } from '../in-process-host';
import type { Incarnation, NodeOutput } from '../node-host';
import * as sandbox from '../sandbox/sandbox';
import { inputFd, type LiveOn, outputFd, type ToNode, type Turns } from './frames';
import { harden, SharedObjects } from './hardening';
import { lockDown } from './lockdown';

const host = new InProcessHost(new sandbox.Solution(path.join(__dirname, '../..')));
// Kept before any code of the node runs, which may put others in their place.
const { parse, stringify } = JSON;
const write = writeSync;
const read = readSync;
const exit = process.exit.bind(process);
const cpuUsage = process.cpuUsage.bind(process);
const now = performance.now.bind(performance);

const newLine = 10;

let incarnation: Incarnation | undefined;
/** Many incarnations at a time: of a node that is explored, or of one in each of many runs. */
const incarnations = new Map<number, Incarnation>();
/** The bugs of a node outside the handlers that the framework knows of. */
let besides: NodeOutput[] = [];
/** The first of them say what is wrong. */
const maxBesides = 50;
process.on('unhandledRejection', (error) => {
  if (besides.length < maxBesides) besides.push(bugs.bugOf(bugs.unawaited, error));
});
process.on('uncaughtException', (error) => {
  if (besides.length < maxBesides) besides.push(bugs.bugOf('a callback', error));
});

/** The grader need not be told of each of a thousand attempts. */
const maxTold = 20;
let told = 0;
function tell(event: string, fields: { readonly what: string }): void {
  told += 1;
  if (told <= maxTold) besides.push({ type: 'log', event, body: stringify(fields) });
}
// Tests of what the wall holds by itself leave the fence away.
if (!process.argv.includes('--no-fence')) {
  harden(tell);
  lockDown([errors, expiry, bugs, node, reactor, sandbox, service], tell);
}
const shared = new SharedObjects({ errors, expiry, reactor, sandbox, service });

const chunk = Buffer.alloc(262_144);
/** What has come of the next line, piece by piece: no byte of a long one is looked at, or copied, again with each piece. */
let pieces: Buffer[] = [];

/** The next line; undefined when the other side has closed. It writes one at a time, and waits for the answer. */
function readLine(): string | undefined {
  for (;;) {
    const count = read(inputFd, chunk);
    if (count === 0) return undefined;
    const isEnd = chunk[count - 1] === newLine;
    if (isEnd && pieces.length === 0) return chunk.toString('utf8', 0, count - 1);
    pieces.push(Buffer.from(chunk.subarray(0, count)));
    if (!isEnd) continue;
    const line = Buffer.concat(pieces);
    pieces = [];
    return line.toString('utf8', 0, line.length - 1);
  }
}

function writeLine(value: unknown): void {
  const bytes = Buffer.from(`${stringify(value)}\n`);
  for (let done = 0; done < bytes.length; ) done += write(outputFd, bytes, done);
}

async function answer(message: Exclude<ToNode, Turns>): Promise<readonly NodeOutput[]> {
  if (message.type === 'open') {
    incarnation?.crash();
    incarnation = host.open(message.options);
    return [];
  }
  if (message.type === 'live') return [...(await liveOn(message)), ...takeBesides()];
  if (message.type === 'end' || message.type === 'check') {
    if (message.type === 'end') endIncarnations([...incarnations.keys()]);
    for (const what of shared.changed()) tell('tampering', { what });
    told = 0;
    return takeBesides();
  }
  const outputs = (await incarnation?.give(message.input, message.nowMs)) ?? [];
  return [...takeBesides(), ...outputs];
}

async function liveOn({
  incarnation,
  options,
  inputs,
  over,
}: LiveOn): Promise<readonly NodeOutput[]> {
  endIncarnations(over);
  if (options !== undefined) incarnations.set(incarnation, host.open(options));
  const going = incarnations.get(incarnation);
  let outputs: readonly NodeOutput[] = [];
  let nowMs = 0;
  for (const given of inputs) {
    nowMs = given.nowMs;
    outputs = (await going?.give(given.input, nowMs)) ?? [];
  }
  const memory = (await going?.give({ type: 'recall' }, nowMs)) ?? [];
  return [...outputs, ...memory];
}

/** One after the other, so that each has what it did besides: the time that it took, and what it did. */
async function takeTurns({ turns, over }: Turns): Promise<readonly (number | NodeOutput)[][]> {
  endIncarnations(over);
  const answers: (number | NodeOutput)[][] = [];
  const meter = new Meter();
  for (const { incarnation, options, input, nowMs } of turns) {
    if (options !== undefined) incarnations.set(incarnation, host.open(options));
    const outputs = (await incarnations.get(incarnation)?.give(input, nowMs)) ?? [];
    answers.push([meter.read(), ...takeBesides(), ...outputs]);
    told = 0;
  }
  return answers;
}

/** A turn that lasts so long, in milliseconds, is worth asking the kernel what of it was its own. */
const longTurnMs = 1;

/** Tells the processor time between two readings, in milliseconds: of a short turn the time that it lasted. */
class Meter {
  private lastMs = now();
  private processorMs = processorMs();

  read(): number {
    const nowMs = now();
    const lastedMs = nowMs - this.lastMs;
    this.lastMs = nowMs;
    if (lastedMs < longTurnMs) {
      this.processorMs += lastedMs;
      return lastedMs;
    }
    const beforeMs = this.processorMs;
    this.processorMs = processorMs();
    return Math.max(0, this.processorMs - beforeMs);
  }
}

function processorMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1_000;
}

function endIncarnations(over: readonly number[]): void {
  for (const incarnation of over) {
    incarnations.get(incarnation)?.crash();
    incarnations.delete(incarnation);
  }
}

function takeBesides(): NodeOutput[] {
  const taken = besides;
  besides = [];
  return taken;
}

async function main(): Promise<void> {
  writeLine([]);
  for (let line = readLine(); line !== undefined; line = readLine()) {
    const message: ToNode = parse(line);
    writeLine(await (message.type === 'turns' ? takeTurns(message) : answer(message)));
  }
  exit(0);
}

void main();

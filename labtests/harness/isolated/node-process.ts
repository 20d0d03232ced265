/**
 * The process in which one node of a hand-in lives. It gets one line of JSON for each input and
 * answers with one line of JSON: all that the node did until it settled. Between inputs it waits
 * in a blocking read, so that nothing in it runs unasked.
 */
import { readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../../runtime/errors';
import { InProcessHost } from '../simulated/in-process-host';
import type { Incarnation, NodeOutput } from '../simulated/node-host';
import { Solution } from '../simulated/sandbox';
import { inputFd, outputFd, type ToNode } from './frames';

const host = new InProcessHost(new Solution(path.join(__dirname, '../../..')));
// Kept before any code of the node runs, which may put others in their place.
const { parse, stringify } = JSON;
const write = writeSync;
const read = readSync;

let life: Incarnation | undefined;
let unawaited: NodeOutput[] = [];
process.on('unhandledRejection', (error) => {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const where = 'a promise that nobody awaits';
  unawaited.push({ type: 'failure', where, message: messageOf(error), stack });
});

const chunk = Buffer.alloc(65_536);
let pending = Buffer.alloc(0);

/** The next line; undefined when the other side has closed. */
function readLine(): string | undefined {
  for (;;) {
    const end = pending.indexOf(10);
    if (end >= 0) {
      const line = pending.toString('utf8', 0, end);
      pending = pending.subarray(end + 1);
      return line;
    }
    const count = read(inputFd, chunk);
    if (count === 0) return undefined;
    pending = Buffer.concat([pending, chunk.subarray(0, count)]);
  }
}

function writeLine(value: unknown): void {
  const bytes = Buffer.from(`${stringify(value)}\n`);
  for (let done = 0; done < bytes.length; ) done += write(outputFd, bytes, done);
}

async function answer(message: ToNode): Promise<readonly NodeOutput[]> {
  if (message.type === 'open') {
    life?.crash();
    life = host.open(message.options);
    return [];
  }
  const outputs = (await life?.give(message.input, message.nowMs)) ?? [];
  const failures = unawaited;
  unawaited = [];
  return [...failures, ...outputs];
}

async function main(): Promise<void> {
  writeLine([]);
  for (let line = readLine(); line !== undefined; line = readLine()) {
    writeLine(await answer(parse(line)));
  }
  process.exit(0);
}

void main();

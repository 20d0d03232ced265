/**
 * The log of a server program: one line for each thing that happened, in words for
 * people or, with `--log json`, as JSON for the program that started it.
 */
import { notYet } from '../errors';
import type { Address } from '../node';
import { bugWithFrames, type NodeBug } from '../node-bug';
import { type Paint, painterFor } from './colour';
import { visible, visibleLines } from './control-characters';
import { eventInWords, type Fields } from './words';

export type LogLine =
  /**
   * It listens on `listening`, and others reach it under `address`, which is the same unless there
   * is something in between; `text` tells what to do next.
   */
  | {
      readonly type: 'ready';
      readonly address: Address;
      readonly listening: Address;
      readonly text: string;
    }
  | { readonly type: 'log'; readonly event: string; readonly fields: Fields }
  /** `stub`: the bug is that it is not written yet. */
  | (NodeBug & { readonly stub?: string })
  | { readonly type: 'stopping'; readonly reason: string };

const types: readonly unknown[] = [
  'ready',
  'log',
  'failure',
  'stopping',
] satisfies LogLine['type'][];

export type LogFormat = 'words' | 'json';

/** Writes log lines to a stream. */
export function logWriter(
  format: LogFormat,
  stream: { write(text: string): unknown; isTTY?: boolean },
): (line: LogLine) => void {
  if (format === 'json') return (line) => stream.write(`${visible(JSON.stringify(line))}\n`);
  const paint = painterFor(stream);
  return (line) => {
    const words = visibleLines(lineInWords(line));
    stream.write(`${paint('dim', clock())} ${paintLine(line, paint, words)}\n`);
  };
}

/** The event in a line of `--log json`; undefined when the line is other output. */
export function parseLogLine(text: string): LogLine | undefined {
  try {
    const line = JSON.parse(text);
    return types.includes(line?.type) ? line : undefined;
  } catch {
    return undefined;
  }
}

export function lineInWords(line: LogLine): string {
  switch (line.type) {
    case 'ready':
      return line.text;
    case 'log':
      return eventInWords(line.event, line.fields);
    case 'failure':
      if (line.stub !== undefined) return notYet(line.stub);
      return `a bug in this node: ${bugWithFrames(line)}`;
    case 'stopping':
      return `stops: ${line.reason}`;
  }
}

/** A line in words, with what matters most standing out. */
export function paintLine(line: LogLine, paint: Paint, words: string): string {
  if (line.type === 'failure') return paint('red', words);
  if (line.type === 'log' && line.event === 'view') return paint('bold', words);
  return words;
}

/** The time of day, to the millisecond: what one terminal shows can be compared with another. */
export function clock(now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  return `${time}.${String(now.getMilliseconds()).padStart(3, '0')}`;
}

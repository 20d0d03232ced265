/** Makes the page of a trace that lies in a file. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseHistory } from '../judging/history/history-reader';
import { HistoryError, type HistoryEvent } from '../judging/history/model/history';
import { messageOf } from '../runtime/errors';
import { replaceFile } from '../runtime/replace-file';
import { UsageError } from '../runtime/terminal/exit';
import { maxTraceLength, readTrace, TraceError } from './read-trace';
import { tracePage } from './run-page';

export interface ViewOptions {
  readonly trace: string;
  /** The history of the clients; `history.ndjson` beside the trace unless told, if that is there. */
  readonly history?: string | undefined;
  /** Where the page goes; beside the trace, with the end `.html`, unless told. */
  readonly out?: string | undefined;
}

/** Returns the file that it wrote. */
export function viewTrace(options: ViewOptions): string {
  const { trace, out = trace.replace(/(\.ndjson)?$/, '.html') } = options;
  const beside = path.join(path.dirname(trace), 'history.ndjson');
  const history = options.history ?? (existsSync(beside) ? beside : undefined);
  const page = tracePage(path.basename(trace), {
    trace: read(trace, readTrace),
    history: history === undefined ? [] : read(history, historyEvents),
  });
  replaceFile(out, page);
  return out;
}

function historyEvents(text: string): HistoryEvent[] {
  if (text.trim() === '') return [];
  // Says where it is wrong.
  parseHistory(text, 'kv');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function read<T>(file: string, parse: (text: string) => T): T {
  try {
    const { size } = statSync(file);
    if (size > maxTraceLength) {
      throw new UsageError(`expected at most ${maxTraceLength} bytes, got ${size}`);
    }
    // Not by a reader that puts something else in the place of what it cannot decode.
    return parse(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)));
  } catch (error) {
    const isInside = error instanceof TraceError || error instanceof HistoryError;
    const problem = isInside ? error.message : `it cannot be read: ${messageOf(error)}`;
    throw new UsageError(`${file}: ${error instanceof UsageError ? error.message : problem}`);
  }
}

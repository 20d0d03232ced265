/**
 * The first line of a trace that a run left: `{"schedule":"B4:17"}`, what runs it again, or
 * `{"schedule":null}` for a run in the real world, where no two runs are the same. What a program
 * writes with --trace begins with its first event.
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** The first line is no longer than that, in bytes: events may be, schedules are not. */
const longestHeader = 16_384;

export function encodeTraceHeader(schedule: string | null): string {
  return `${JSON.stringify({ schedule })}\n`;
}

/** Whether a line is the first one, and no event. */
export function isTraceHeader(line: string): boolean {
  return scheduleIn(line) !== undefined;
}

/**
 * What runs the run in a file again: a schedule that stands in its first line, or in the header of a
 * trace.
 *
 * @throws {Error} a sentence that says why there is none
 */
export function scheduleOfFile(file: string): string {
  const line = firstLine(file).trim();
  if (!line.startsWith('{')) {
    if (line !== '') return line;
    throw new Error('expected a trace or a schedule, got an empty first line');
  }
  const schedule = scheduleIn(line);
  if (typeof schedule === 'string') return schedule;
  if (schedule === null) {
    throw new Error(
      'it is the trace of a run in the real world, where no two runs are the same: ' +
        'npm run view shows it, npm run test:real tries again',
    );
  }
  if (isEvent(line)) {
    throw new Error(
      'its first line is an event and not {"schedule":"B4:17"}: a real program wrote it, or a viewlab ' +
        'before this one; npm run view shows it, and the report beside it may name the schedule',
    );
  }
  const got = JSON.stringify(line.slice(0, 60));
  throw new Error(`it is damaged: expected a first line like {"schedule":"B4:17"}, got ${got}`);
}

function firstLine(file: string): string {
  const bytes = Buffer.alloc(longestHeader);
  const descriptor = openSync(file, 'r');
  try {
    const size = readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, size).split('\n', 1)[0] ?? '';
  } finally {
    closeSync(descriptor);
  }
}

/** undefined: the line is no header. */
function scheduleIn(line: string): string | null | undefined {
  const { schedule, type } = fieldsOf(line);
  if (type !== undefined) return undefined;
  return typeof schedule === 'string' || schedule === null ? schedule : undefined;
}

/** The file may be longer than the part that was read. */
function isEvent(line: string): boolean {
  return fieldsOf(line).type !== undefined || /^\{"t":[\d.]+,"node":"/.test(line);
}

function fieldsOf(line: string): { readonly schedule?: unknown; readonly type?: unknown } {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {};
  }
}

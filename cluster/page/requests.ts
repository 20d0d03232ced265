/** Requests of the live page, checked. */
import * as v from 'valibot';
import { UsageError } from '../../runtime/terminal/exit';
import { type LiveRequest, maxLineLength } from '../../viewer/model/live-data';

const Line = v.pipe(
  v.string(),
  v.maxLength(maxLineLength),
  // One command at a time, and nothing that a terminal would obey.
  v.regex(/^\P{Cc}*$/u),
);

const Schema = v.variant('type', [
  v.strictObject({ type: v.literal('run'), line: Line }),
  v.strictObject({ type: v.literal('cancel') }),
]);

/** Throws a UsageError that says what was expected. */
export function parseAsked(text: string): LiveRequest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError('expected a message in JSON');
  }
  const parsed = v.safeParse(Schema, value);
  if (parsed.success) return parsed.output;
  throw new UsageError(
    `expected {"type":"run","line":"..."} with one line of at most ${maxLineLength} characters, ` +
      'or {"type":"cancel"}',
  );
}

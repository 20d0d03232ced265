/** The fields of a report, each with its bounds and a description. */
import * as v from 'valibot';
import { maxTextLength } from './plain-text';

export const textField = (description: string, maxLength = maxTextLength) =>
  v.pipe(v.string(), v.maxLength(maxLength), v.description(description));
export const line = (description: string, maxLength = 500) =>
  v.pipe(
    v.string(),
    v.maxLength(maxLength),
    v.regex(/^[ -~\u00a0-\uffff]*$/, 'one line without control characters'),
    v.description(description),
  );
export const amount = (description: string) =>
  v.pipe(v.number(), v.description(description), v.safeInteger(), v.minValue(0));
export const milliseconds = (description: string) =>
  v.pipe(
    v.number(),
    v.minValue(0),
    // JSON has no Infinity, but 1e999 is read as one.
    v.maxValue(Number.MAX_SAFE_INTEGER),
    v.description(description),
  );
export const partName = (description: string) =>
  v.pipe(v.string(), v.regex(/^[A-Z]$/, 'a letter'), v.description(description));
export const file = (description: string) =>
  v.pipe(v.string(), v.nonEmpty(), v.maxLength(1_000), v.description(description));
export const scenarioId = (description: string) =>
  v.pipe(
    v.string(),
    v.maxLength(10),
    v.regex(/^[A-Z]\d+[a-z]?$/, 'a scenario, for instance B9b'),
    v.description(description),
  );

/**
 * Texts that a hand-in had a say in: what a solution threw, sent or printed. They are shown to
 * people, so they must not steer a terminal, hide behind invisible characters, or be endless.
 */

import type { Failure } from '../judging/failure';
import { invisible } from '../runtime/terminal/control-characters';

/** How much is kept of such a text, in UTF-16 code units. */
export const maxTextLength = 4_000;
/** How many lines of details are kept of a failure. */
export const maxDetails = 100;
/** How many lines of the path of its operations. */
export const maxPath = 10;

/**
 * Control characters (escape sequences begin with one), characters without a width or that turn the
 * direction of writing, and halves of surrogate pairs become `?`, a tab becomes a space; lines end
 * with LF alone.
 */
export function plainText(text: string, maxLength = maxTextLength): string {
  return text
    .slice(0, maxLength)
    .replace(/\r\n/g, '\n')
    .replaceAll('\t', ' ')
    .replace(invisible, (character) => (character === '\n' ? '\n' : '?'));
}

/** The same in one line. */
export function plainLine(text: string, maxLength = maxTextLength): string {
  return plainText(text, maxLength).replaceAll('\n', ' ');
}

/** A failure as it may be shown. */
export function harmless(failure: Failure): Failure {
  const { expected, actual, details, missing, remedy, path, setting } = failure;
  return {
    ...failure,
    expected: plainText(expected),
    actual: plainText(actual),
    ...(remedy !== undefined && { remedy: plainText(remedy) }),
    ...(setting !== undefined && { setting: plainText(setting) }),
    ...(details && { details: details.slice(0, maxDetails).map((line) => plainText(line)) }),
    ...(path && { path: path.slice(0, maxPath).map((line) => plainLine(line)) }),
    ...(missing && { missing: missing.slice(0, maxDetails).map((line) => plainLine(line, 500)) }),
  };
}

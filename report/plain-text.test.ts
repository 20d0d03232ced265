import fc from 'fast-check';
import type { TraceEvent } from '../runtime/trace';
import { columnTrace } from './columns';
import { maxDetails, maxTextLength, plainLine, plainText } from './plain-text';
import { reportOn } from './report';
import { aScenario, hostileText, resultOf } from './reports.testing';
import { renderFailure } from './scorecard';

const plain = (_style: string, text: string) => text;
/** What steers a terminal, hides, or breaks lines where LF does not. */
const steering = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

test('what would steer a terminal is taken out, what says something stays', () => {
  expect(plainText('\u001b]0;owned\u0007\u009b2Ja\u202eb')).toBe('?]0;owned??2Ja?b');
  expect(plainText('tab\there\r\nnext\rlast')).toBe('tab here\nnext?last');
  expect(plainText('größer ≥ 日本 🙂')).toBe('größer ≥ 日本 🙂');
  expect(plainText('🙂'.repeat(maxTextLength), 3)).toBe('🙂?');
  expect(plainLine('a\nb')).toBe('a b');
});

test('no text that went through is harmful, and to go through again changes nothing', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const once = plainText(text);
      expect(once).not.toMatch(steering);
      expect(once.length).toBeLessThanOrEqual(maxTextLength);
      expect(plainText(once)).toBe(once);
      expect(plainLine(text)).not.toContain('\n');
    }),
  );
});

test('no line of a failure in the terminal is one that a solution wrote', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (actual, detail) => {
      const failure = { kind: 'broken code', expected: 'x', actual, details: [detail] } as const;
      // Not only the report makes texts harmless: somebody may show a failure without one.
      const report = { ...reportOn(aScenario('B1'), resultOf(failure)), failure };
      const [first, ...lines] = renderFailure(report, [], plain).split('\n');
      expect(first).toBe('FAIL B1  what B1 is about');
      for (const line of lines) {
        expect(line).toMatch(/^ {2}/);
        expect(line).not.toMatch(steering);
      }
    }),
  );
});

test('a failure keeps so many details', () => {
  const details = Array.from({ length: 500 }, (_, i) => `line ${i}`);
  const failure = { kind: 'stuck', expected: 'x', actual: 'y', details } as const;
  const { failure: kept } = reportOn(aScenario('B1'), resultOf(failure));
  expect(kept?.details).toHaveLength(maxDetails);
});

test('the column trace has one plain line for an event, whatever was thrown', () => {
  const thrown = 'no\n\u001b[2J      0.0  s1: all is well';
  const trace = [
    { t: 0, node: 's1', type: 'failure', where: 'start', error: thrown, stack: '' },
  ] as unknown as TraceEvent[];
  expect(columnTrace(trace)).toHaveLength(2);
  expect(columnTrace(trace).join('')).not.toMatch(steering);
});

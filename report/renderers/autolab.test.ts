import fc from 'fast-check';
import { hostileReport, sampleReport } from '../reports.testing';
import type { Report } from '../schema';
import { type RenderOptions, renderReport } from '.';

/** As Autolab does: trailing white space is cut off, then the last line is taken. */
function read(report: Report, options: RenderOptions = {}) {
  const lines = renderReport(report, 'autolab', options).trimEnd().split('\n');
  return { lines: lines.slice(0, -1), result: JSON.parse(lines.at(-1) ?? '') };
}

function scoresOf(report: Report) {
  return Object.fromEntries(report.parts.map(({ part, score }) => [part, score]));
}

test('the last line has the points of each part; above it is what people read', () => {
  const { lines, result } = read(sampleReport());
  expect(result).toEqual({ scores: { A: 2, B: 0 } });
  expect(lines.at(-1)).toBe('Score: 2/13');
  const text = lines.join('\n');
  expect(text).toContain('Hand-in: hand-ins/alice\n');
  expect(text).toContain('Used: 101 s of processor time, 812 MiB of memory\n');
  expect(text).toMatch(/\nok {3}A1 /);
  expect(text).toContain('\nFAIL A2  what A2 is about\n');
  expect(text).not.toContain('\u001b');
});

test('one part alone is scored alone', () => {
  const [part] = sampleReport().parts;
  const report = { ...sampleReport(), score: 2, maxScore: 4, parts: part ? [part] : [] };
  expect(read(report).result).toEqual({ scores: { A: 2 } });
});

test('what is hidden is left out, but for its points', () => {
  expect(read(sampleReport()).lines.join('\n')).not.toContain('secret');
  expect(read(sampleReport(), { hidden: 'visible' }).lines.join('\n')).toContain('secret');
});

test('no hand-in can write the last line, nor begin any other as if it were one', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const text = renderReport(report, 'autolab', { hidden: 'visible' });
      const { lines, result } = read(report, { hidden: 'visible' });
      expect(result).toEqual({ scores: scoresOf(report) });
      expect(lines.at(-1)).toBe(`Score: ${report.score}/${report.maxScore}`);
      // Whatever a reader takes for the end of a line, by Unicode or by habit.
      for (const line of text.split(/[\n\r\v\f\u0085\u2028\u2029\0]/).slice(0, -2)) {
        expect(line).not.toMatch(/^\{/);
      }
      expect(text.length).toBeLessThan(61_000);
    }),
    { numRuns: 200 },
  );
});

import fc from 'fast-check';
import { parseReport } from '../parse';
import { hostileReport, sampleReport } from '../reports.testing';
import { renderers, renderReport, reportFormats } from '.';

test('the table of formats is complete', () => {
  expect(reportFormats).toEqual([
    ...['terminal', 'json', 'gradescope', 'junit', 'autolab', 'markdown'],
  ]);
  for (const { mediaType, about } of Object.values(renderers)) {
    expect(mediaType).toMatch(/^(text|application)\/[a-z]+$/);
    expect(about.length).toBeGreaterThan(10);
  }
});

test.each(reportFormats)(
  '%s: the same report gives the same text, and is left as it was',
  (format) => {
    const report = sampleReport();
    const text = renderReport(report, format);
    expect(text).toMatch(/\n$/);
    expect(renderReport(sampleReport(), format)).toBe(text);
    expect(report).toEqual(sampleReport());
  },
);

test('json is the report', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      expect(parseReport(renderReport(report, 'json'))).toEqual(report);
    }),
    { numRuns: 50 },
  );
});

test('the terminal shows all to a teacher, and no hand-in steers it or begins a line', () => {
  const text = renderReport(sampleReport(), 'terminal');
  expect(text).toContain('a secret name');
  expect(text).toMatch(/\nScore: 2\/13\n$/);
  fc.assert(
    fc.property(hostileReport, (report) => {
      const lines = renderReport(report, 'terminal').trimEnd().split('\n');
      expect(lines.at(-1)).toBe(`Score: ${report.score}/${report.maxScore}`);
      for (const line of lines) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(line).toMatch(
          /^$| {2}|^Anomalies that these servers showed|^(Hand-in|Isolation|Missing|Ignored|Does not compile|Incident|Hidden|Score): |^(FAIL|ok|\?\?|Part|\.\.\.) |did not run$/,
        );
      }
    }),
    { numRuns: 50 },
  );
});

import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { causesIn } from '../causes';
import { plainLine } from '../plain-text';
import { partReport, reportOf, reportOn } from '../report';
import {
  aScenario,
  hostileReport,
  hostileText,
  partA,
  resultOf,
  sampleReport,
  startedAt,
} from '../reports.testing';
import type { Report } from '../schema';
import { type RenderOptions, renderReport } from '.';

// As GitHub reads it: HTML and bare addresses mean something.
const markdown = new MarkdownIt({ html: true, linkify: true });

function rendered(report: Report, options: RenderOptions = {}): string {
  return renderReport(report, 'markdown', options);
}

/** The tokens of blocks, and those within lines. */
function tokensOf(text: string) {
  return markdown.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
}

test('the score, a table for each part, and what did not pass', () => {
  const text = rendered(sampleReport());
  expect(text).toMatch(/^## Score: 2\/13\n/);
  expect(text).toContain('| A1 | what A1 is about | passed | 2/2 |\n');
  expect(text).toContain('| A2 | what A2 is about | **failed** | 0/2 |');
  expect(text).toContain('| B1 | what B1 is about | **did not run** | 0/2 |');
  expect(text).toContain('| B2 | what B2 is about | **framework failed** | 0/2 |');
  expect(text).toContain('\n```text\nFAIL A2  what A2 is about\n');
});

test('what is hidden is left out, but for its points', () => {
  expect(rendered(sampleReport())).not.toContain('secret');
  expect(rendered(sampleReport())).toContain('Hidden: 1 of the scenarios, worth 5 points');
  expect(rendered(sampleReport(), { hidden: 'visible' })).toContain('a secret name');
});

test('a comment is never longer than GitHub takes', () => {
  const failure = { kind: 'broken code', expected: 'x' } as const;
  const scenarios = Array.from({ length: 99 }, (_, i) =>
    reportOn(
      aScenario(`A${i + 1}`),
      resultOf({ ...failure, actual: `s ${'`'.repeat(4_000 - i)}` }),
    ),
  );
  const text = rendered(reportOf([partReport(partA, scenarios)], { startedAt }));
  expect(text.length).toBeLessThan(65_536);
  expect(text).toMatch(/\n\.\.\. and \d+ more\.\n$/);
});

test('whatever a hand-in says, it stands in code blocks', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const tokens = tokensOf(rendered(report, { hidden: 'visible' }));
      const types = new Set(tokens.map(({ type }) => type));
      for (const type of ['html_block', 'html_inline', 'link_open', 'image', 'code_block']) {
        expect(types).not.toContain(type);
      }
      const failed = report.parts
        .flatMap(({ scenarios }) => scenarios)
        .filter(({ passed }) => passed !== true);
      expect(tokens.filter(({ type }) => type === 'fence')).toHaveLength(
        1 + causesIn(failed).length,
      );
      const headings = tokens.filter((_, i) => tokens[i - 1]?.type === 'heading_open');
      expect(headings.map(({ content }) => content.replaceAll('\\', ''))).toEqual([
        `Score: ${report.score}/${report.maxScore}`,
        ...report.parts.map((p) => `Part ${p.part}: ${p.title}, ${p.score}/${p.maxScore} points`),
        ...(report.anomalies === undefined ? [] : ['Anomalies that the servers showed']),
        ...(failed.length > 0 ? ['What did not pass'] : []),
      ]);
    }),
    { numRuns: 200 },
  );
});

test('what comes from a report of somebody else means nothing outside code blocks either', () => {
  fc.assert(
    fc.property(
      hostileText.map((text) => plainLine(text, 100)),
      (name) => {
        const scenario = { ...reportOn(aScenario('A1'), resultOf(null)), name };
        const tokens = tokensOf(rendered(reportOf([partReport(partA, [scenario])], { startedAt })));
        const cells = tokens.filter((_, i) => tokens[i - 1]?.type === 'td_open');
        expect(cells).toHaveLength(4);
        const types = tokens.map(({ type }) => type);
        expect(types).not.toContain('html_inline');
        expect(types).not.toContain('link_open');
      },
    ),
  );
});

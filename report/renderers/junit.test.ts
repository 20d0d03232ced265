import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { plainText } from '../plain-text';
import { hostileReport, sampleReport } from '../reports.testing';
import type { Report } from '../schema';
import { type RenderOptions, renderReport } from '.';

interface Fault {
  readonly type: string;
  readonly message: string;
  readonly '#text': string;
}

interface Counts {
  readonly name: string;
  readonly tests: string;
  readonly failures: string;
  readonly errors: string;
  readonly time: string;
}

interface Suite extends Counts {
  readonly timestamp: string;
  readonly properties: { readonly property: { readonly name: string; readonly value: string } };
  readonly testcase?: readonly {
    readonly classname: string;
    readonly name: string;
    readonly time: string;
    readonly failure?: Fault;
    readonly error?: Fault;
  }[];
  readonly 'system-out'?: string;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === 'testsuite' || name === 'testcase',
});

function rendered(report: Report, options: RenderOptions = {}) {
  const text = renderReport(report, 'junit', options);
  expect(XMLValidator.validate(text)).toBe(true);
  // The parser lets pass what XML forbids.
  expect(text).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
  const { testsuites } = parser.parse(text);
  return testsuites as Counts & { readonly testsuite: readonly Suite[] };
}

test('there is a suite for each part and a case for each scenario, with counts', () => {
  const all = rendered(sampleReport());
  expect(all).toMatchObject({ name: 'viewlab', tests: '4', failures: '1', errors: '2' });
  const [a, b] = all.testsuite;
  expect(a).toMatchObject({
    ...{ name: 'Part A: the view service', tests: '2', failures: '1', errors: '0' },
    ...{ time: '3.000', timestamp: '2026-01-31T12:00:00.000Z' },
    properties: { property: { name: 'score', value: '2/4' } },
    testcase: [
      { classname: 'part A', name: 'A1 what A1 is about', time: '1.500' },
      {
        name: 'A2 what A2 is about',
        failure: { type: 'expectation', message: 'expected view 2, got view 1' },
      },
    ],
  });
  expect(a?.testcase?.[1]?.failure?.['#text']).toContain('npm run replay -- A2:7');
  expect(b?.testcase).toMatchObject([
    { error: { type: 'not run', message: 'it did not run' } },
    { error: { type: 'framework' } },
  ]);
  expect(a?.['system-out']).toContain(
    'Isolation: process only\nUsed: 101 s of processor time, 812 MiB of memory\nMissing: client/clerk.ts',
  );
});

test('what is hidden is left out, but for its points', () => {
  expect(JSON.stringify(rendered(sampleReport()))).not.toContain('secret');
  const [, b] = rendered(sampleReport()).testsuite;
  expect(b?.properties.property.value).toBe('0/9');
  const seen = rendered(sampleReport(), { hidden: 'visible' });
  expect(seen.testsuite[1]?.testcase?.[2]?.failure?.message).toContain('a secret');
});

test('whatever a hand-in says, the XML is well-formed and says the same', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const all = rendered(report, { hidden: 'visible' });
      const cases = all.testsuite.flatMap(({ testcase = [] }) => testcase);
      const scenarios = report.parts.flatMap((part) => part.scenarios);
      expect(cases).toHaveLength(scenarios.length);
      scenarios.forEach(({ passed, failure }, i) => {
        const { failure: failed, error } = cases[i] ?? {};
        expect([failed !== undefined, error !== undefined]).toEqual([
          passed === false,
          passed === null,
        ]);
        const said = plainText(`expected ${failure?.expected}, got ${failure?.actual}`);
        const shown = (failed ?? error)?.message ?? '';
        if (failure !== undefined && said.length <= 500) {
          expect(shown).toBe(said.replace(/[\ufffe\uffff]/g, '?'));
        }
      });
    }),
    { numRuns: 100 },
  );
});

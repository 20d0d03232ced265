/** Reports for tests: small ones, and ones in which a hand-in tries everything. */
import fc from 'fast-check';
import type { Failure } from '../judging/failure';
import { type IncidentKind, incidentKinds } from '../judging/incidents';
import type { JobResult } from '../suite/run/job';
import type { PartInfo, Scenario } from '../suite/scenario/scenario';
import { maxTextLength } from './plain-text';
import { partReport, pending, reportOf, reportOn } from './report';
import type { Report, ScenarioReport } from './schema';

export const partA: PartInfo = { part: 'A', title: 'the view service' };
export const partB: PartInfo = {
  ...{ part: 'B', title: 'the replicated key/value service', points: 9 },
  harms: { 'lost acknowledged write': [7, 3], 'too many messages': 1 },
};

export const startedAt = '2026-01-31T12:00:00.000Z';

export function aScenario(id: string, points = 2): Scenario {
  const about = { rule: 'one primary', why: 'two would differ', hint: 'look at views', seeds: 4 };
  const [part = ''] = id;
  return { id, part, name: `what ${id} is about`, points, ...about, body: async () => undefined };
}

export function resultOf(failure: Failure | null): JobResult {
  return { failure, seed: 7, runs: 3, delivered: 10, wallMs: 1_500, trace: [], history: [] };
}

export const wrong: Failure = { kind: 'expectation', expected: 'view 2', actual: 'view 1' };

/** A1 passed, A2 failed, B1 did not run, B2 failed by our fault, B3 is hidden and failed. */
export function sampleReport(): Report {
  const hidden: ScenarioReport = {
    ...reportOn(aScenario('B3', 5), resultOf({ ...wrong, actual: 'a secret' })),
    ...{ name: 'a secret name', visibility: 'hidden' },
  };
  const a = [reportOn(aScenario('A1'), resultOf(null)), reportOn(aScenario('A2'), resultOf(wrong))];
  const b = [
    pending(aScenario('B1')),
    reportOn(aScenario('B2'), resultOf({ ...wrong, kind: 'framework' })),
    hidden,
  ];
  return reportOf([partReport(partA, a), partReport(partB, b)], {
    ...{ startedAt, wallMs: 4_321, handIn: 'hand-ins/alice', isolation: 'process only' },
    used: { processorMs: 101_400, memoryBytes: 812 * 2 ** 20 },
    missing: ['client/clerk.ts'],
    ignored: ['pbservice/api.ts'],
    compile: [{ file: 'pbservice/server.ts', message: "'}' expected" }],
    incidents: [
      { kind: 'hang', count: 2, example: 'a tick of s1 did not settle', scenario: 'A2' },
      { kind: 'process exit', count: 1, example: 'a secret exit', scenario: 'B3' },
    ],
  });
}

const nasty = [
  ...['</script><script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><b>', "' onload='"],
  ...['&amp;', '&#0;', ']]>', '<![CDATA[', '<!--', '-->', '<?xml?>', '<!DOCTYPE x>', '</failure>'],
  ...[
    '```',
    '````````',
    '~~~',
    '\n# Score: 100/100',
    '![x](http://x.example)',
    '<http://x.example>',
  ],
  ...['@teacher', '[x]: http://x.example', '|', '\\', '---', '\n\n', '\n    ', '    ', '***'],
  ...[
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    ';=1',
    '",=1',
    '\r\n=1',
    '\r',
    '\n',
    '\0',
    '\u001b[2J',
  ],
  ...[
    '\n{"scores": {"A": 100, "B": 100}}',
    '\n{"scores": {"A": 100}}\n\n\n',
    '{"_presentation":"x"}',
  ],
  ...['\u202e', '\u2028', '\u0085', '\ud800', '\udc00', '\ufffe', '\uffff', '\ufeff', '\u200b'],
  ...['__proto__', 'constructor', '$&', '%s', '\u001b]0;x\u0007', 'x'.repeat(5_000)],
];

// The unit 'binary' of the library lists all of Unicode first, which takes a second in each file of tests.
const unit = fc.nat(0x10ffff).map((codePoint) => String.fromCodePoint(codePoint));

/** What a hand-in might say to be taken for something else. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit, maxLength: 10 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

const kinds = Object.keys(incidentKinds) as IncidentKind[];
const cut = hostileText.map((text) => text.slice(0, maxTextLength));

const failureArbitrary: fc.Arbitrary<Failure> = fc.record({
  kind: fc.constantFrom('expectation' as const, 'broken code', 'not implemented', 'framework'),
  expected: cut,
  actual: cut,
  details: fc.array(cut, { maxLength: 3 }),
  anomalies: fc.subarray(['lost acknowledged write' as const, 'too many messages']),
});

function scenarioArbitrary(id: string): fc.Arbitrary<ScenarioReport> {
  return fc
    .record({ failure: fc.option(failureArbitrary), ran: fc.boolean(), hidden: fc.boolean() })
    .map(({ failure, ran, hidden }) => {
      const report = ran ? reportOn(aScenario(id), resultOf(failure)) : pending(aScenario(id));
      // Somebody may have written the report who does not make texts harmless.
      const raw = report.failure === undefined || failure === null ? {} : { failure };
      return { ...report, ...raw, ...(hidden && { visibility: 'hidden' as const }) };
    });
}

function partArbitrary(info: PartInfo) {
  const scenarios = [1, 2, 3].map((n) => scenarioArbitrary(`${info.part}${n}`));
  return fc.tuple(...scenarios).map((reports) => partReport(info, reports));
}

/** Reports that fit the schema, with the worst texts wherever a hand-in has a say. */
export const hostileReport: fc.Arbitrary<Report> = fc
  .record({
    parts: fc.tuple(partArbitrary(partA), partArbitrary(partB)),
    handIn: cut,
    file: cut.map((text) => `x${text}`.slice(0, 1_000)),
    message: cut,
    kind: fc.constantFrom(...kinds),
    example: cut,
  })
  .map(({ parts, handIn, file, message, kind, example }) =>
    reportOf(parts, {
      ...{ startedAt, handIn, isolation: 'process only', missing: [file], ignored: [file] },
      compile: [{ file, message }],
      incidents: [
        { kind, count: 3, example },
        { kind, count: 1, example, scenario: 'A1' },
      ],
    }),
  );

/** Reads a report that somebody else may have written: nothing in it is believed that can be checked. */
import * as v from 'valibot';
import { anomaliesIn } from './anomalies';
import { showingHarm, sumsOf } from './harms';
import { plainLine } from './plain-text';
import { type PartReport, type Report, reportFormat, reportSchema, reportVersion } from './schema';
import { totalsOf } from './score';

type Sums = Pick<PartReport, 'earned' | 'score' | 'maxScore'>;

/** The largest report that is read, in bytes of UTF-8. */
export const maxReportBytes = 16 * 2 ** 20;
/** How deep objects and lists may lie within each other; a report needs 7. */
const maxDepth = 32;

/** A text that is no report, or one that contradicts itself. */
export class ReportError extends Error {
  /** Where, for instance `parts.0.scenarios.3.points`; the empty text: the whole. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`${path === '' ? 'the report' : path}: ${problem}`);
    this.name = 'ReportError';
    this.path = path;
  }
}

/**
 * The report that `text` holds. Fields that the format does not have are left out.
 *
 * @throws {ReportError} when it is too large, no JSON, does not fit the schema, has another version,
 * or when its sums, verdicts or ids contradict each other.
 */
export function parseReport(text: string): Report {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > maxReportBytes) {
    throw new ReportError('', `expected at most ${maxReportBytes} bytes, got ${sizeBytes}`);
  }
  if (depthOf(text) > maxDepth) {
    throw new ReportError('', `expected at most ${maxDepth} levels of nesting, got more`);
  }
  const report = checkShape(parseJson(text));
  checkScenarios(report);
  checkSums(report);
  checkAnomalies(report);
  return report;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? plainLine(error.message, 200) : 'something else';
    throw new ReportError('', `expected JSON, got ${problem}`);
  }
}

/** Brackets that are open at the same time, at the most; those in texts do not count. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < json.length; i += 1) {
    const char = json[i];
    if (quoted && char === '\\') i += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '{' || char === '[')) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (char === '}' || char === ']')) depth -= 1;
  }
  return deepest;
}

function checkShape(value: unknown): Report {
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== reportFormat) {
    throw new ReportError('format', `expected "${reportFormat}", got ${shown(format)}`);
  }
  if (version !== reportVersion) {
    const remedy = 'grade again with this viewlab, or read it with the one that wrote it';
    throw new ReportError('version', `expected ${reportVersion}, got ${shown(version)}: ${remedy}`);
  }
  const result = v.safeParse(reportSchema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ReportError(v.getDotPath(issue) ?? '', problemOf(issue));
}

function problemOf(issue: v.InferIssue<typeof reportSchema>): string {
  if (issue.received === 'undefined') return 'it is missing';
  const bound = issue.type.endsWith('_length') ? `a length ${issue.expected}` : issue.expected;
  const wanted = issue.type === 'regex' ? issue.message : (bound ?? issue.message);
  return `expected ${wanted}, got ${plainLine(issue.received, 100)}`;
}

function shown(value: unknown): string {
  return plainLine(JSON.stringify(value) ?? 'nothing', 100);
}

/** Points are given for `passed: true` alone, and harms are charged, whatever the sums say. */
function checkSums(report: Report): void {
  const same = (path: string, claimed: Partial<Sums>, sums: Partial<Sums>, what: string) => {
    for (const name of ['earned', 'maxScore', 'score'] as const) {
      if (claimed[name] === sums[name]) continue;
      throw new ReportError(
        `${path}${name}`,
        `expected ${sums[name]}, ${what}, got ${claimed[name]}`,
      );
    }
  };
  report.parts.forEach((part, i) => {
    checkHarms(`parts.${i}.harms`, part);
    const sums = sumsOf(part.scenarios, part.harms);
    same(`parts.${i}.`, part, sums, 'as its scenarios and harms have it');
  });
  same('', report, totalsOf(report.parts), 'the sum of the parts');
}

/** Of a harm the points are believed, as those of a scenario are; who showed it is not. */
function checkHarms(path: string, { harms = [], maxScore, scenarios }: PartReport): void {
  harms.forEach((harm, i) => {
    const { kind, points, scenarios: claimed } = harm;
    if (harms.findIndex((one) => one.kind === kind && one.in === harm.in) < i)
      throw new ReportError(`${path}.${i}.kind`, `${kind} is there twice`);
    if (points > maxScore)
      throw new ReportError(`${path}.${i}.points`, `expected at most ${maxScore}, got ${points}`);
    const shown = showingHarm(harm, scenarios);
    if (shown.join() === claimed.join()) return;
    throw new ReportError(
      `${path}.${i}.scenarios`,
      `expected [${shown.join(', ')}], those that show it, got [${claimed.join(', ')}]`,
    );
  });
}

/** A report may leave them out, as those of before did; they follow from its scenarios. */
function checkAnomalies({ parts, anomalies }: Report): void {
  const own = anomaliesIn(parts.flatMap(({ scenarios }) => scenarios));
  if (anomalies === undefined || JSON.stringify(anomalies) === JSON.stringify(own)) return;
  throw new ReportError('anomalies', 'expected those that its scenarios show, got others');
}

function checkScenarios({ parts, incidents = [] }: Report): void {
  const names = new Set<string>();
  const ids = new Set<string>();
  parts.forEach((part, i) => {
    if (names.has(part.part))
      throw new ReportError(`parts.${i}.part`, `${part.part} is there twice`);
    names.add(part.part);
    part.scenarios.forEach((scenario, j) => {
      const path = `parts.${i}.scenarios.${j}`;
      if (ids.has(scenario.id))
        throw new ReportError(`${path}.id`, `${scenario.id} is there twice`);
      ids.add(scenario.id);
      checkVerdict(path, part, scenario);
    });
  });
  incidents.forEach(({ scenario }, i) => {
    if (scenario === undefined || ids.has(scenario)) return;
    throw new ReportError(`incidents.${i}.scenario`, `the report has no scenario ${scenario}`);
  });
}

function checkVerdict(
  path: string,
  { part }: PartReport,
  scenario: PartReport['scenarios'][number],
): void {
  const { passed, failure, runs, ranSeeds } = scenario;
  const refuse = (field: string, problem: string) => {
    throw new ReportError(`${path}.${field}`, problem);
  };
  if (scenario.part !== part)
    refuse('part', `expected ${part}, as around it, got ${scenario.part}`);
  if (passed === true && failure !== undefined)
    refuse('passed', 'it is true, but there is a failure');
  if (passed === true && runs === 0) refuse('passed', 'it is true, but no seed ran');
  if (passed === false && failure === undefined) refuse('passed', 'it is false without a failure');
  if (ranSeeds !== undefined && ranSeeds.length !== runs) {
    refuse('ranSeeds', `expected ${runs} seeds, as many as runs, got ${ranSeeds.length}`);
  }
}

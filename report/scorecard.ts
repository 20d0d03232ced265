/** The scorecard in the terminal: short when all is well, and a failure tells what one needs. */
import type { Paint } from '../runtime/terminal/colour';
import { renderAnomalies } from './anomalies';
import { ruleIn } from './guidance';
import { harmLine } from './harms';
import { plainText } from './plain-text';
import type { PartReport, ScenarioReport } from './report';

const width = 100;

/**
 * Parts, scenarios, points, and the anomalies that were seen. Scenarios that pass take one line each.
 */
export function renderScorecard(parts: readonly PartReport[], paint: Paint): string {
  const anomalies = renderAnomalies(
    parts.flatMap(({ scenarios }) => scenarios),
    paint,
  );
  return [
    ...parts.flatMap((part) => [...renderPart(part, paint), '']),
    ...(anomalies.length === 0 ? [] : [...anomalies, '']),
  ].join('\n');
}

function renderPart(whole: PartReport, paint: Paint): string[] {
  const { part, title, score, maxScore, wallMs, skipped = [], scenarios } = whole;
  const harm = harmLine(whole);
  const head = `Part ${part}: ${title}`;
  const time = wallMs === undefined ? '' : `, ${(wallMs / 1000).toFixed(1)} s`;
  const tail = `${score}/${maxScore} points${time}`;
  const points = skipped.reduce((sum, one) => sum + one.points, 0);
  const names = skipped.map(({ id }) => id).join(', ');
  return [
    paint('bold', `${head.padEnd(width - tail.length)}${tail}`),
    ...scenarios.map((scenario) => renderLine(scenario, paint)),
    ...(harm === undefined ? [] : wrap(harm, width - 2).map((line) => paint('red', `  ${line}`))),
    ...(skipped.length === 0
      ? []
      : wrap(
          `Left out as asked, neither passed nor failed: ${names} (${points} ${points === 1 ? 'point' : 'points'})`,
          width,
        )),
  ];
}

function renderLine(scenario: ScenarioReport, paint: Paint): string {
  const { id, name, passed, points } = scenario;
  const mark =
    passed === true
      ? paint('green', 'ok  ')
      : passed === false
        ? paint('red', 'FAIL')
        : paint('red', '??  ');
  const tail = ` ${passed ? points : 0}/${points}`;
  const left = `${id.padEnd(5)} ${name}`;
  const space = width - 5 - tail.length;
  const cut = left.length > space ? `${left.slice(0, space - 3)}...` : left.padEnd(space);
  return `${mark} ${cut}${tail}${paint('dim', `  ${remarkOn(scenario)}`)}`;
}

function remarkOn({ runs, wallMs, failure, remark }: ScenarioReport): string {
  const [first = '', ...others] = (failure?.missing ?? []).map(methodOf);
  if (first !== '') return `needs ${first}${others.length > 0 ? `, ${others.length} more` : ''}`;
  return `${remark ?? `${runs} runs`}, ${(wallMs / 1000).toFixed(2)} s`;
}

/** The method of a stub: `ViewServer.ping` of `ViewServer.ping in viewservice/server.ts`. */
function methodOf(stub: string): string {
  return stub.replace(/ in .*$/, '');
}

/** Whether it failed only because something is not written yet. */
export function isUnwritten({ failure }: ScenarioReport): boolean {
  return failure?.kind === 'not implemented';
}

/** The stubs, by file and method, and the scenarios that came upon each. */
export function renderMissing(scenarios: readonly ScenarioReport[], paint: Paint): string {
  const ids = new Map<string, string[]>();
  for (const { id, failure } of scenarios) {
    for (const stub of failure?.missing ?? []) ids.set(stub, [...(ids.get(stub) ?? []), id]);
  }
  const stubs = [...ids.keys()];
  const files = [...new Set(stubs.map((stub) => stub.replace(/^.* in /, '')))];
  const wide = Math.max(...stubs.map((stub) => methodOf(stub).length));
  return [
    paint('bold', 'Not implemented yet, and which scenarios came upon it:'),
    ...files.flatMap((file) => [
      `  ${file}`,
      ...stubs
        .filter((stub) => stub.endsWith(` in ${file}`))
        .map((stub) => `    ${methodOf(stub).padEnd(wide)}  ${listed(ids.get(stub) ?? [])}`),
    ]),
  ].join('\n');
}

/** The first few of them, and how many there are. */
function listed(ids: readonly string[]): string {
  const shown = 6;
  if (ids.length <= shown) return ids.join(', ');
  return `${ids.slice(0, shown).join(', ')} ... (${ids.length})`;
}

/**
 * What went wrong in one scenario, why it matters, and how to see it again; `see`: where the page is
 * that shows it, for readers who have that file; `also`: which others failed of the same cause.
 */
export function renderFailure(
  scenario: ScenarioReport,
  columns: readonly string[],
  paint: Paint,
  { see, also }: { readonly see?: string | undefined; readonly also?: string | undefined } = {},
) {
  const { id, name, passed, failure, schedule, seed, runs } = scenario;
  if (failure === undefined) return [`${id} did not run`, ...optional('also', also)].join('\n');
  const isOurs = passed === null;
  const { guidance = scenario } = scenario;
  const [, ...others] = failure.missing ?? [];
  const lines = [
    paint('bold', paint('red', `FAIL ${id}  ${name}`)),
    ...optional('rule', ruleIn(guidance)),
    ...field('expected', failure.expected),
    ...field('got', failure.actual),
    ...(others.length > 0 ? field('nor is', others.join(', ')) : []),
    ...(failure.details ?? []).slice(0, 24).flatMap(indented),
    ...(failure.path ?? []).flatMap((line, i) => field(i === 0 ? 'path' : '', line)),
    ...optional('setting', failure.setting),
    ...optional('why', guidance.why),
    ...(isOurs ? field('note', 'the framework failed, not your code: please report this') : []),
    ...optional('at fault', failure.component),
    ...optional('hint', guidance.hint),
  ];
  if (columns.length > 1 && failure.kind !== 'not implemented') {
    lines.push('', ...columns.map((line) => `  ${line}`), '');
  }
  if (schedule !== undefined) {
    lines.push(...field('seed', `${seed} (run ${Math.max(runs, 1)} of this scenario)`));
    lines.push(...field('replay', `npm run replay -- ${schedule}`));
  }
  lines.push(...optional('see', see), ...optional('also', also));
  return lines.join('\n');
}

const indent = 13;

/** A label and a text, wrapped to the width of the page: no text reaches into the first column. */
function field(label: string, text: string): string[] {
  const lines = plainText(text)
    .split('\n')
    .flatMap((line) => wrap(line));
  return lines.map((part, i) => `  ${(i === 0 ? label : '').padEnd(indent - 2)}${part}`);
}

function optional(label: string, text: string | undefined): string[] {
  return text === undefined ? [] : field(label, text);
}

/** Lines that are laid out already. */
function indented(text: string): string[] {
  return plainText(text)
    .split('\n')
    .map((line) => `${' '.repeat(indent)}${line}`);
}

function wrap(text: string, columns = width - indent): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > columns) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * Cuts the solution out of a text. What stands between the marks is the solution; the stub lines at its
 * begin, if there are any, are what students get in its place:
 *
 *     // solution: begin
 *     // stub: throw notImplemented('viewservice/rules.ts', 'tick');
 *     return advance(state);
 *     // solution: end
 *
 * Markdown has the same marks in comments of its own: `<!-- solution: begin -->`. What only resembles
 * a mark is an error: taken for a comment, it would give the solution away.
 */
import { withOwnImports } from './stub-imports';

const mark = /^\s*(?:\/\/ solution: (.*?)|<!-- solution: (.*?) -->)\s*$/;
const stub = /^(\s*)\/\/ stub:(?: (.*?))?\s*$/;
/** A comment that a person would take for a mark. */
const resemblesMark =
  /(?:\/\/|\/\*|<!--|#|\*)\s*(?:(?:solution|stub)\s*[:：;=]|solution\s*\W?\s*(?:begin|end)\b)/iu;
/** As editors and JavaScript know them. */
const lineEnd = /\r\n|[\n\r\u2028\u2029]/;

/** Whether anybody meant to mark something in the text, however well. */
export function hasMarks(text: string): boolean {
  return /\b(solution|stub)\W+(begin|end)\b/i.test(text);
}

/**
 * What students get of the text of `file`, with slashes and relative to the root; of code, with the imports
 * that it needs. Throws an Error that names file and line when the marks are wrong.
 */
export function cutSolution(text: string, file: string): string {
  const isMarked = regionsOf(text, file).some(({ kind }) => kind === 'cut');
  const stub = withoutSolution(text, file);
  return isMarked && file.endsWith('.ts') ? withOwnImports(stub, file) : stub;
}

/** The lines of a text that students do not get, from 1; of one without marks all. */
export function linesOfSolution(text: string): ReadonlySet<number> {
  const lines = text.split(lineEnd);
  let isSolution = !hasMarks(text);
  const found = lines.flatMap((line, index) => {
    const [, inCode, said = inCode] = mark.exec(line) ?? [];
    if (said !== undefined) isSolution = said === 'begin';
    return isSolution && said === undefined ? [index + 1] : [];
  });
  return new Set(found);
}

function withoutSolution(text: string, file: string): string {
  const kept: string[] = [];
  for (const region of regionsOf(text, file)) {
    if (region.kind === 'kept') append(kept, region.lines);
    else append(kept, region.stub);
  }
  return kept.join('\n');
}

type Region =
  | { readonly kind: 'kept'; readonly lines: string[] }
  | { readonly kind: 'cut'; readonly lines: string[]; readonly stub: string[] };

function regionsOf(text: string, file: string): Region[] {
  const regions: Region[] = [];
  let open: { region: Region & { kind: 'cut' }; line: number } | undefined;
  text
    .replace(/^\uFEFF/, '')
    .split(lineEnd)
    .forEach((line, index) => {
      const wrong = (message: string) => new Error(`${file}:${index + 1}: ${message}`);
      const [, inCode, said = inCode] = mark.exec(line) ?? [];
      if (said === 'begin') {
        if (open !== undefined) {
          throw wrong(`"solution: begin" inside the solution that begins in line ${open.line}`);
        }
        open = { region: { kind: 'cut', lines: [], stub: [] }, line: index + 1 };
        regions.push(open.region);
      } else if (said === 'end') {
        if (open === undefined) throw wrong('"solution: end" without "solution: begin" before it');
        open = undefined;
      } else if (said !== undefined) {
        throw wrong(`expected "solution: begin" or "solution: end", got "solution: ${said}"`);
      } else if (stub.test(line)) {
        const [, indent = '', code = ''] = stub.exec(line) ?? [];
        if (open === undefined || open.region.lines.length > 0) {
          throw wrong('expected stub lines only right after "solution: begin"');
        }
        open.region.stub.push(code === '' ? '' : `${indent}${code}`);
      } else if (resemblesMark.test(line)) {
        throw wrong(
          `expected a mark alone in its line, like "// solution: begin", got "${line.trim()}"`,
        );
      } else if (open !== undefined) open.region.lines.push(line);
      else keep(regions, line);
    });
  if (open !== undefined) {
    throw new Error(`${file}:${open.line}: "solution: begin" without "solution: end" after it`);
  }
  return regions;
}

function keep(regions: Region[], line: string): void {
  const last = regions.at(-1);
  if (last?.kind === 'kept') last.lines.push(line);
  else regions.push({ kind: 'kept', lines: [line] });
}

/** Adds lines so that what is cut leaves no gap: not two empty lines, nor one at the edge of a block. */
function append(kept: string[], lines: readonly string[]): void {
  lines.forEach((line, index) => {
    const before = kept.at(-1);
    const isSeam = index === 0;
    if (isSeam && before === '' && /^\s*[)}\]]/.test(line)) kept.pop();
    if (isSeam && line === '' && (before === '' || /[({[]$/.test(before ?? '('))) return;
    kept.push(line);
  });
}

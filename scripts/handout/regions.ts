/**
 * Cuts the solution out of a text. What stands between the marks is the solution; the stub lines at its
 * begin, if there are any, are what students get in its place:
 *
 *     // solution: begin
 *     // stub: throw notImplemented('viewservice/rules.ts', 'tick');
 *     return advance(state);
 *     // solution: end
 *
 * Markdown has the same marks in comments of its own: `<!-- solution: begin -->`.
 */

const mark = /^(\s*)(?:\/\/|<!--) solution: (.*?)(?: -->)?$/;
const stub = /^(\s*)\/\/ stub:(?: (.*))?$/;

/** The code that students get. Throws an Error that names file and line when the marks are wrong. */
export function cutSolution(text: string, file: string): string {
  const kept: string[] = [];
  for (const region of regionsOf(text, file)) {
    if (region.kind === 'kept') append(kept, region.lines);
    else append(kept, region.stub);
  }
  return kept.join('\n');
}

/** The lines of the solution, as they stand in the text. */
export function solutionLines(text: string, file: string): string[] {
  return regionsOf(text, file).flatMap((region) => (region.kind === 'cut' ? region.lines : []));
}

type Region =
  | { readonly kind: 'kept'; readonly lines: string[] }
  | { readonly kind: 'cut'; readonly lines: string[]; readonly stub: string[] };

function regionsOf(text: string, file: string): Region[] {
  const regions: Region[] = [];
  let open: { region: Region & { kind: 'cut' }; line: number } | undefined;
  text.split('\n').forEach((line, index) => {
    const wrong = (message: string) => new Error(`${file}:${index + 1}: ${message}`);
    const said = mark.exec(line)?.[2];
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

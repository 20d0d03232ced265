/**
 * Finds leaks of the solution into a handout, from the side of the solution. The finder reads
 * the marks in its own way, laxer than what cuts: a check that shared its mistakes would see none.
 * See decision K6.
 */
import type { Files } from './links';

/** Lines of the solution that the framework has, too, by chance. */
const coincidences = new Set([
  'if (view.viewnum <= this.view.viewnum) return;',
  'readonly reject: (error: RpcError) => void;',
  // Of the heartbeat pair, which has a state machine, too.
  'private state = new StateMachine();',
  'const outcome = this.state.apply(request);',
]);

/** Shorter lines stand everywhere. */
const minTellingLength = 31;

/**
 * Each line of the solution that is in the handout, as `file: line`. `originals`: the files of the
 * project that have marks, by name; `kept`: those that are the solution's alone.
 */
export function leaksIn(files: Files, originals: Files, kept: Files): string[] {
  const telling = new Set([...kept.values()].flatMap(linesOf).filter(isTelling));
  const harmless = new Set(coincidences);
  const leaks: string[] = [];
  for (const [file, text] of originals) {
    const { cut, given } = split(text);
    leaks.push(...tooOften(file, files.get(file) ?? '', cut, given));
    for (const line of given) harmless.add(line);
    for (const line of cut) if (isTelling(line)) telling.add(line);
  }
  for (const [file, text] of files) {
    if (originals.has(file)) continue;
    for (const line of linesOf(text)) {
      if (telling.has(line) && !harmless.has(line)) leaks.push(`${file}: ${line}`);
    }
  }
  return leaks;
}

/** The text that students do not get, and the text that they get: the rest and the stubs. */
function split(text: string): { cut: string[]; given: string[] } {
  const cut: string[] = [];
  const given: string[] = [];
  let isCut = false;
  for (const line of linesOf(text)) {
    const [, edge] = /\bsolution\W+(begin|end)\b/i.exec(line) ?? [];
    const [, stub] = /^\W*stub\s*:\s*(.*)$/i.exec(line) ?? [];
    if (edge !== undefined) isCut = edge.toLowerCase() === 'begin';
    else if (stub !== undefined) given.push(stub);
    else (isCut ? cut : given).push(line);
  }
  return { cut, given };
}

/** Every line of the solution, however short, that its own file has more often than it is given. */
function tooOften(
  file: string,
  handedOut: string,
  cut: readonly string[],
  given: readonly string[],
): string[] {
  const left = counted(given);
  const secret = new Set(cut);
  return linesOf(handedOut).flatMap((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count > 0 || !secret.has(line) ? [] : [`${file}: ${line}`];
  });
}

function counted(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** Without what differs between editors: line ends, and space at either end. */
function linesOf(text: string): string[] {
  return text
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Imports stand everywhere, too. */
function isTelling(line: string): boolean {
  return line.length >= minTellingLength && !/^import |from '/.test(line);
}

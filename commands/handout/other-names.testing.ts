/**
 * The solution as somebody else might have written it: what the stubs leave to students has another
 * name, and nothing is logged. Whatever relies on a private name or on an event fails with it.
 */
import path from 'node:path';
import ts from 'typescript';
import { solutionFiles } from '../../labtests/broken-solutions/broken-solution';
import { cutSolution } from '../../labtests/solution-regions';
import { studentFilesAmong } from '../../labtests/student-files';
import type { Sources } from '../../labtests/zoo/entry';

const root = path.resolve(__dirname, '../..');

/** The solution, with other names for everything that no stub and nothing outside declares. */
export function withOtherNames(): Sources {
  const solution = solutionFiles();
  const files = studentFilesAmong(solution.keys());
  const own = new Set(files.map((file) => path.join(root, file)));
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram([...own], options);
  const checker = program.getTypeChecker();
  const kept = new Set(['undefined', ...files.flatMap((file) => namesToKeep(solution, file))]);
  const tokens = [...own].flatMap((file) => nodesOf(program.getSourceFile(file), ts.isIdentifier));
  const isForeign = (token: ts.Identifier) =>
    symbolsAt(checker, token).some(({ declarations = [] }) => {
      return !declarations.every((one) => own.has(one.getSourceFile().fileName));
    });
  const foreign = new Set(tokens.filter(isForeign).map(({ text }) => text));
  const result = new Map(solution);
  for (const file of files) {
    const mine = tokens.filter((token) => token.getSourceFile().fileName === path.join(root, file));
    // From the end, so that the places before it stay where they are.
    const text = mine.reduceRight((reached, token) => {
      if (kept.has(token.text) || foreign.has(token.text)) return reached;
      return `${reached.slice(0, token.end)}Elsewhere${reached.slice(token.end)}`;
    }, solution.get(file) ?? '');
    result.set(file, text);
  }
  return result;
}

/** The same code, which logs nothing. */
export function withoutLogs(solution: Sources): Sources {
  const result = new Map(solution);
  for (const file of studentFilesAmong(solution.keys())) {
    result.set(file, (solution.get(file) ?? '').replaceAll(/\b(\w+\.)*runtime\.log\(/g, 'void ('));
  }
  return result;
}

/** The names in the stub of a file, and those that the solution spells out in a text as well. */
function namesToKeep(solution: Sources, file: string): string[] {
  const text = solution.get(file) ?? '';
  const parse = (code: string) => ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  return [
    ...nodesOf(parse(cutSolution(text, file)), ts.isIdentifier),
    ...nodesOf(parse(text), ts.isStringLiteral),
  ].map((node) => node.text);
}

function nodesOf<T extends ts.Node>(
  source: ts.SourceFile | undefined,
  isWanted: (node: ts.Node) => node is T,
): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node) => {
    if (isWanted(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  if (source !== undefined) visit(source);
  return found;
}

/** The symbols of an identifier; in `{ key }` that is a variable and a property. */
function symbolsAt(checker: ts.TypeChecker, token: ts.Identifier): ts.Symbol[] {
  const found = checker.getSymbolAtLocation(token);
  const isImported = found !== undefined && (found.flags & ts.SymbolFlags.Alias) !== 0;
  const { parent } = token;
  const { parent: around } = parent;
  return [
    isImported ? checker.getAliasedSymbol(found) : found,
    ts.isShorthandPropertyAssignment(parent)
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : undefined,
    // A property of a literal is also that of the type which is expected there.
    ts.isObjectLiteralElementLike(parent) && ts.isObjectLiteralExpression(around)
      ? checker.getContextualType(around)?.getProperty(token.text)
      : undefined,
    ts.isObjectBindingPattern(around) && ts.isBindingElement(parent)
      ? checker.getTypeAtLocation(around).getProperty(token.text)
      : undefined,
  ].filter((one) => one !== undefined);
}

/**
 * The imports of a stub: those of the solution that the stub still uses, of the names that it uses, and
 * `notImplemented`, which the solution does not use.
 */
import ts from 'typescript';

/** The stub without what it does not use. `fromRoot`: the file, with slashes, relative to the root. */
export function withOwnImports(stub: string, fromRoot: string): string {
  const source = ts.createSourceFile(fromRoot, stub, ts.ScriptTarget.Latest, true);
  const uses = usesIn(source);
  const errors = `${'../'.repeat(fromRoot.split('/').length - 1)}runtime/errors`;
  const imports = source.statements.filter(ts.isImportDeclaration);
  const isImported = imports.some((one) => namesOf(one).includes(stubCall));
  const isMissing = uses.has(stubCall) && !isImported;
  const hasErrors = imports.some((one) => moduleOf(one) === errors);
  let text = stub;
  // From the end, so that the places before it stay where they are.
  for (const one of imports.reverse()) {
    const added = isMissing && moduleOf(one) === errors ? [stubCall] : [];
    const end = text[one.end] === '\n' ? one.end + 1 : one.end;
    const kept = keptOf(one, uses, added);
    if (kept !== undefined) text = text.slice(0, one.getStart()) + kept + text.slice(end);
  }
  if (!isMissing || hasErrors) return text;
  const at = imports.at(-1)?.getStart() ?? 0;
  return `${text.slice(0, at)}import { ${stubCall} } from '${errors}';\n${text.slice(at)}`;
}

const stubCall = 'notImplemented';
/** As biome breaks lines. */
const maxLineLength = 100;

type Use = 'type' | 'value';

/** The names in the code, but for those of members; a name that is a value anywhere is one. */
function usesIn(source: ts.SourceFile): Map<string, Use> {
  const uses = new Map<string, Use>();
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isIdentifier(node) && !isMemberName(node)) {
      if (!isOfType(node)) uses.set(node.text, 'value');
      else if (!uses.has(node.text)) uses.set(node.text, 'type');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return uses;
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (ts.isClassElement(parent) || ts.isTypeElement(parent)) && parent.name === node;
}

/** `typeof x` in a type counts, too. */
function isOfType(node: ts.Node): boolean {
  for (let one: ts.Node = node; !ts.isStatement(one); one = one.parent) {
    if (ts.isTypeQueryNode(one) || ts.isPartOfTypeNode(one)) return true;
  }
  return false;
}

function moduleOf({ moduleSpecifier }: ts.ImportDeclaration): string {
  return ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : '';
}

function namesOf({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  return bindings !== undefined && ts.isNamedImports(bindings)
    ? bindings.elements.map(({ name }) => name.text)
    : [];
}

/** The text in the place of an import, with the end of its line; undefined: the import stays as it is. */
function keptOf(
  one: ts.ImportDeclaration,
  uses: ReadonlyMap<string, Use>,
  added: readonly string[],
): string | undefined {
  const { importClause: clause } = one;
  if (clause === undefined) return undefined;
  const bindings = clause.namedBindings;
  if (bindings === undefined || ts.isNamespaceImport(bindings) || clause.name !== undefined) {
    const names = [clause.name, bindings && ts.isNamespaceImport(bindings) && bindings.name];
    return names.some((name) => name && uses.has(name.text)) ? undefined : '';
  }
  const isTypes = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
  const kept = bindings.elements.filter(({ name }) => uses.has(name.text));
  const isSame =
    added.length === 0 &&
    kept.length === bindings.elements.length &&
    kept.every(
      ({ name, isTypeOnly }) => isTypes || isTypeOnly === (uses.get(name.text) === 'type'),
    );
  if (isSame) return undefined;
  const names = [
    ...kept.map(({ name, propertyName }) => ({
      name: propertyName === undefined ? name.text : `${propertyName.text} as ${name.text}`,
      isType: isTypes || uses.get(name.text) === 'type',
    })),
    ...added.map((name) => ({ name, isType: false })),
  ];
  return names.length === 0 ? '' : importOf(names, moduleOf(one));
}

function importOf(names: { name: string; isType: boolean }[], from: string): string {
  const isTypes = names.every(({ isType }) => isType);
  const sorted = names.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  const texts = sorted.map(({ name, isType }) => (isType && !isTypes ? `type ${name}` : name));
  const line = (list: string) => `import ${isTypes ? 'type ' : ''}{${list}} from '${from}';\n`;
  const short = line(` ${texts.join(', ')} `);
  return short.length <= maxLineLength + 1 ? short : line(`\n  ${texts.join(',\n  ')},\n`);
}

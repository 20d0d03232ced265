/**
 * Reads numbers out of a source file, together with the comments that explain them: so each stands
 * in one place, next to its number, and the page cannot say anything else.
 */
import ts from 'typescript';

export interface Constant {
  readonly name: string;
  readonly value: number;
  readonly meaning: string;
}

/**
 * The numeric constants of a source text: `const name = 7` at the top level, and the properties of
 * objects there. One without a comment shares the one before; a property may have its comment in an
 * interface of the same file.
 */
export function constantsOf(source: string, file = 'source.ts'): Constant[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const declared = commentsOfInterfaces(tree);
  const found: Constant[] = [];
  const add = (name: string, initializer: ts.Expression | undefined, commented: ts.Node) => {
    const value = initializer && numberOf(initializer);
    if (value === undefined) return;
    const own = commentOf(commented) ?? declared.get(name) ?? found.at(-1)?.meaning ?? '';
    found.push({ name, value, meaning: own });
  };
  for (const statement of tree.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      const object = initializer && objectOf(initializer);
      if (object === undefined) add(name.getText(), initializer, statement);
      for (const property of object?.properties ?? []) {
        if (!ts.isPropertyAssignment(property)) continue;
        add(property.name.getText(), property.initializer, property);
      }
    }
  }
  return found;
}

function objectOf(expression: ts.Expression): ts.ObjectLiteralExpression | undefined {
  const inner = ts.isAsExpression(expression) ? expression.expression : expression;
  return ts.isObjectLiteralExpression(inner) ? inner : undefined;
}

function commentsOfInterfaces(tree: ts.SourceFile): Map<string, string> {
  const members = tree.statements.flatMap((statement) =>
    ts.isInterfaceDeclaration(statement) ? [...statement.members] : [],
  );
  return new Map(
    members.flatMap((member) => {
      const comment = commentOf(member);
      return member.name && comment ? [[member.name.getText(), comment] as const] : [];
    }),
  );
}

function commentOf(node: ts.Node): string | undefined {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(comments.at(-1)?.comment);
  return text?.replace(/\s+/g, ' ');
}

/** Numbers and the products and powers of numbers; anything else is not a constant for us. */
function numberOf(expression: ts.Expression): number | undefined {
  if (ts.isNumericLiteral(expression)) return Number(expression.text);
  if (!ts.isBinaryExpression(expression)) return undefined;
  const left = numberOf(expression.left);
  const right = numberOf(expression.right);
  if (left === undefined || right === undefined) return undefined;
  const operator = expression.operatorToken.kind;
  if (operator === ts.SyntaxKind.AsteriskToken) return left * right;
  return operator === ts.SyntaxKind.AsteriskAsteriskToken ? left ** right : undefined;
}

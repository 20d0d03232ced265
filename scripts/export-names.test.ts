/** A name means one thing: no two sources outside tests export the same name for different things. */
import ts from 'typescript';
import { isTest, sources, textOf } from './sources.testing';

/** The names that a file declares and exports. A name that is passed on belongs to the file that declares it. */
function declaredIn(file: string, text: string): string[] {
  const names = new Set<string>();
  for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.Latest).statements) {
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    if (modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) !== true) continue;
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) addNames(name, names);
      continue;
    }
    const { name } = statement as ts.DeclarationStatement;
    if (name !== undefined) names.add((name as ts.Identifier).text);
  }
  return [...names];
}

function addNames(name: ts.BindingName, names: Set<string>): void {
  if (ts.isIdentifier(name)) names.add(name.text);
  else {
    for (const element of name.elements) {
      if (ts.isBindingElement(element)) addNames(element.name, names);
    }
  }
}

/** Each name that several files declare and export, with these files. */
function sharedNames(files: readonly string[], textOfFile: (file: string) => string): string[] {
  const homes = new Map<string, string[]>();
  for (const file of files) {
    for (const name of declaredIn(file, textOfFile(file))) {
      homes.set(name, [...(homes.get(name) ?? []), file]);
    }
  }
  return [...homes]
    .filter(([, { length }]) => length > 1)
    .map(([name, at]) => `${name}: ${at.join(', ')}`);
}

test('no two files export one name', () => {
  const files = sources().filter((file) => !isTest(file));
  expect(files.length).toBeGreaterThan(300);
  expect(sharedNames(files, textOf)).toEqual([]);
});

test('every kind of export is seen, and what is only passed on is not', () => {
  const text = `
    export const a = 1, { b, c: [d] } = e;
    export async function f() {}
    export abstract class G {}
    export interface H {}
    export type I = string;
    export type J = v.InferOutput<typeof J>;
    export const J = v.string();
    export { k } from './k';
    export type { L } from './l';
    const m = 1;
  `;
  const names = ['a', 'b', 'd', 'f', 'G', 'H', 'I', 'J'];
  expect(declaredIn('one.ts', text)).toEqual(names);
  expect(sharedNames(['one.ts', 'two.ts'], () => text)).toEqual(
    names.map((name) => `${name}: one.ts, two.ts`),
  );
});

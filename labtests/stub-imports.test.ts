import { withOwnImports } from './stub-imports';

/** The lines of the stub's imports, when the solution has these and the stub uses what `code` uses. */
function imports(lines: string, code: string): string {
  const text = withOwnImports(`// What it is.\n${lines}\n${code}\n`, 'pbservice/server.ts');
  expect(text.startsWith('// What it is.\n')).toBe(true);
  expect(text.endsWith(`${code}\n`)).toBe(true);
  return text.slice('// What it is.\n'.length, -code.length - 1).trimEnd();
}

test.each([
  ['used', "import { a } from './a';", 'a();', "import { a } from './a';"],
  ['not used', "import { a } from './a';\nimport type { B } from './b';", 'f();', ''],
  ['used in part', "import { a, type B, c } from './a';", 'c();', "import { c } from './a';"],
  ['now only a type', "import { A, b } from './a';", 'let x: A;', "import type { A } from './a';"],
  [
    'a type and a value',
    "import { A, b, c } from './a';",
    'let x: typeof A = b;',
    "import { type A, b } from './a';",
  ],
  [
    'used in `implements`',
    "import { S } from './s';",
    'class X implements H<typeof S> {}',
    "import type { S } from './s';",
  ],
  ['only the name of a member', "import { a } from './a';", 'x.a(); class Y { a() {} }', ''],
  [
    'a namespace',
    "import * as a from './a';\nimport * as b from './b';",
    'b.c();',
    "import * as b from './b';",
  ],
  ['for its effect', "import './a';", 'f();', "import './a';"],
])('an import that is %s', (_what, before, code, after) => {
  expect(imports(before, code)).toBe(after);
});

const stub = "throw notImplemented('pbservice/server.ts', 'PbServer.tick');";

test.each([
  ['comes to others of its module', "import { messageOf, RpcError } from '../runtime/errors';"],
  ['stays where it stands already', "import { notImplemented } from '../runtime/errors';"],
  ['comes first when there is none', ''],
])('what a stub throws %s', (_what, before) => {
  expect(imports(`${before}\nimport { a } from './a';`, `a(); ${stub}`).trim()).toBe(
    "import { notImplemented } from '../runtime/errors';\nimport { a } from './a';",
  );
});

test('a long list of names has a line for each', () => {
  const names = [1, 2, 3, 4].map((n) => `aRatherLongNameOfAThing${n}`);
  const before = `import { ${names.join(', ')}, other } from './a';`;
  expect(imports(before, names.join('; '))).toBe(
    `import {\n${names.map((name) => `  ${name},\n`).join('')}} from './a';`,
  );
});

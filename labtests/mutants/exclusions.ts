/** Code whose mutants no run could tell apart by what the lab promises: words for people, and assertions. */
import type { Instrumenter } from '@stryker-mutator/instrumenter';

type Ignorer = Parameters<Instrumenter['instrument']>[1]['ignorers'][number];

/** The fields of a node of Babel's syntax tree that the rules below look at. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly key?: Node;
  readonly id?: Node;
  readonly callee?: Node;
  readonly object?: Node;
  readonly property?: Node;
  readonly arguments?: readonly Node[];
  readonly expression?: Node;
  readonly consequent?: Node;
  readonly alternate?: Node | null;
  readonly body?: unknown;
}

interface Path {
  readonly node: Node;
  readonly parent: Node | null;
}

interface Rule {
  readonly reason: string;
  readonly fits: (path: Path) => boolean;
}

const rules: readonly Rule[] = [
  {
    reason: 'a line of the log: people read it, and the tests of the programs; no client sees it',
    fits: ({ node }) => isLog(node) || decidesOnLogOnly(node),
  },
  {
    reason: 'the words of an error: clients act on its code',
    fits: ({ node, parent }) =>
      (parent?.type === 'NewExpression' &&
        parent.callee?.name === 'RpcError' &&
        parent.arguments?.[1] === node) ||
      (node.type === 'VariableDeclarator' &&
        ['message', 'reason', 'here'].includes(node.id?.name ?? '')),
  },
  {
    reason: 'what a node shows of itself to people',
    fits: ({ node }) => node.type === 'ClassMethod' && node.key?.name === 'inspect',
  },
  {
    reason: 'what must hold is asserted: where it does, no run tells what is asserted',
    fits: ({ node }) => node.type === 'CallExpression' && node.callee?.name === 'assert',
  },
  {
    reason: 'the description of a contract: pages are made of it',
    fits: ({ node, parent }) =>
      isCallOf(node, 'description') ||
      (node.type === 'ObjectProperty' && node.key?.name === 'doc') ||
      (parent?.callee?.name === 'defineService' && parent.arguments?.[1] === node) ||
      (parent?.callee?.name === 'count' && parent.arguments?.[0] === node),
  },
];

function isLog(node: Node): boolean {
  return isCallOf(node, 'log') && node.callee?.object?.property?.name === 'runtime';
}

/** `if (...) this.runtime.log(...)`, with nothing else in it. */
function decidesOnLogOnly({ type, consequent, alternate }: Node): boolean {
  if (type !== 'IfStatement' || alternate || consequent === undefined) return false;
  const { body } = consequent;
  const statements: readonly Node[] = Array.isArray(body) ? body : [consequent];
  return statements.every(({ expression }) => expression !== undefined && isLog(expression));
}

function isCallOf({ type, callee }: Node, method: string): boolean {
  return type === 'CallExpression' && callee?.property?.name === method;
}

/** Tells why code is not mutated; undefined: it is. */
export const notMutated: Ignorer = {
  shouldIgnore: (path) => rules.find(({ fits }) => fits(path as unknown as Path))?.reason,
};

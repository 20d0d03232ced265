/** docs/reference/limits.md, from the constants in the sources and the comments beside them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cutSolution } from '../handout/regions';
import { type Constant, constantsOf } from './constants';
import { code, generatedNote, grouped, markdownTable, solution } from './markdown';

const root = path.resolve(__dirname, '..', '..');

const groups: readonly { readonly title: string; readonly files: readonly string[] }[] = [
  { title: 'A connection, and a node that listens', files: ['runtime/websocket/limits.ts'] },
  { title: 'A node', files: ['runtime/reactor.ts', 'runtime/node.ts'] },
  { title: 'The view service', files: ['viewservice/server.ts'] },
  {
    title: 'The key/value service',
    files: ['pbservice/api.ts', 'pbservice/state-machine.ts', 'pbservice/server.ts'],
  },
  {
    title: 'The heartbeat pair',
    files: [
      'pbservice/heartbeat-pair/server.ts',
      'pbservice/heartbeat-pair/write-queue.ts',
      'pbservice/heartbeat-pair/transfer.ts',
      'pbservice/heartbeat-pair/divergence.ts',
    ],
  },
  {
    title: 'An arbiter on etcd or ZooKeeper',
    files: ['arbiter/open.ts', 'arbiter/reporter.ts', 'arbiter/etcd.ts', 'arbiter/zookeeper.ts'],
  },
  { title: 'The clerk', files: ['client/clerk.ts', 'client/pair.ts'] },
  {
    title: 'The live page of npm start, and its load',
    files: [
      'scripts/cluster/page/server.ts',
      'scripts/cluster/page/live-page.ts',
      'scripts/cluster/load/load.ts',
      'viewer/live/data.ts',
    ],
  },
];

export function limitsPage(): string {
  return `# Limits

${generatedNote}

Everything here is bounded: what is above a bound is refused with \`too-large\` or \`overloaded\`
([errors](../errors.md)), or the connection is cut off. Lengths of texts are in UTF-16 code units
(what \`length\` says in JavaScript), names in \`Ms\` are milliseconds, names in \`Bytes\` bytes. The
numbers and what is said about them come from the sources named.

${groups.map(section).join('\n\n')}
`;
}

function section({ title, files }: (typeof groups)[number]): string {
  const tables = files.map((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    const rows = limitsIn(file, text).map(({ name, value, meaning }) => {
      return [code(name), grouped(value), meaning];
    });
    const table = `${code(file)}\n\n${markdownTable(['name', 'value', 'meaning'], rows)}`;
    const isOfSolution = limitsIn(file, cutSolution(text, file)).length < rows.length;
    return { table, isOfSolution };
  });
  const page = (parts: readonly string[]) => `## ${title}\n\n${parts.join('\n\n')}`;
  if (tables.every(({ isOfSolution }) => isOfSolution)) {
    return solution(page(tables.map(({ table }) => table)));
  }
  return page(tables.map(({ table, isOfSolution }) => (isOfSolution ? solution(table) : table)));
}

function limitsIn(file: string, text: string): Constant[] {
  return constantsOf(text, file).filter(isLimit);
}

/** Other numbers are nobody's business but the code's. */
function isLimit({ name }: Constant): boolean {
  return /^max|Ms$|Pings$/.test(name);
}

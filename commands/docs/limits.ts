/** docs/reference/limits.md, from the constants in the sources and the comments beside them. */
import path from 'node:path';
import { cutSolution } from '../../labtests/solution-regions';
import { isBesideStubs } from '../../labtests/student-files';
import { code, generatedNote, grouped, markdownTable, solution } from '../../runtime/markdown';
import { readText } from '../../runtime/text-file';
import { type Constant, constantsOf } from './constants';

const root = path.resolve(__dirname, '../..');

const groups: readonly { readonly title: string; readonly files: readonly string[] }[] = [
  { title: 'A connection, and a node that listens', files: ['runtime/websocket/limits.ts'] },
  { title: 'A node', files: ['runtime/reactor.ts', 'runtime/node.ts', 'runtime/plain-copy.ts'] },
  { title: 'The view service', files: ['viewservice/rules.ts', 'viewservice/server.ts'] },
  {
    title: 'The key/value service',
    files: [
      ...['pbservice/api.ts', 'pbservice/state-machine.ts', 'pbservice/server.ts'],
      ...['pbservice/replica.ts', 'pbservice/replication.ts', 'pbservice/transfer.ts'],
    ],
  },
  {
    title: 'The heartbeat pair',
    files: ['pbservice/heartbeat-pair/server.ts', 'pbservice/heartbeat-pair/divergence.ts'],
  },
  {
    title: 'An arbiter on etcd or ZooKeeper',
    files: [
      'arbiter/arbiter-url.ts',
      'arbiter/reporter.ts',
      'arbiter/etcd.ts',
      'arbiter/zookeeper.ts',
    ],
  },
  { title: 'The clerk', files: ['client/clerk.ts', 'client/pair.ts'] },
  {
    title: 'The live page of npm start, and its load',
    files: [
      'cluster/page/server.ts',
      'cluster/page/live-page.ts',
      'cluster/load/load.ts',
      'viewer/model/live-data.ts',
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
    const text = readText(path.join(root, file));
    const rows = limitsIn(file, text).map(({ name, value, meaning }) => {
      return [code(name), grouped(value), meaning];
    });
    const table = `${code(file)}\n\n${markdownTable(['name', 'value', 'meaning'], rows)}`;
    const isOfSolution =
      isBesideStubs(file) || limitsIn(file, cutSolution(text, file)).length < rows.length;
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
  return /^m(ax|in)|Ms$|Pings$/.test(name);
}

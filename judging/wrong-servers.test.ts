/** Servers that served and must not have, as the trace of a failed run tells. */
import type { TraceEvent } from '../runtime/trace';
import { wrongServers } from './wrong-servers';

let now = 0;
function at(node: string) {
  now += 1;
  return { t: now, node };
}

function view(viewnum: number, primary: string): TraceEvent {
  return { ...at('vs'), type: 'view', viewnum, primary, backup: null };
}

function message(kind: 'request' | 'response', server: string, id: number, body = {}): TraceEvent {
  const [from, to] = kind === 'request' ? ['c1', server] : [server, 'c1'];
  const common = { kind, id, from, to, call: 'PbService.operate', body };
  return kind === 'request'
    ? { ...at(to as string), ...common, type: 'deliver' }
    : { ...at(from as string), ...common, type: 'send' };
}

const asks = (server: string, id: number) => message('request', server, id);
const answers = (server: string, id: number) => message('response', server, id, { reply: {} });
const refuses = (server: string, id: number) => message('response', server, id, { error: {} });

test.each([
  [
    'a primary that answers, and answers again',
    [view(1, 's1'), asks('s1', 1), answers('s1', 1), asks('s1', 2), answers('s1', 2)],
    [],
  ],
  [
    'a deposed primary that answers what came after its successor served',
    [
      ...[view(1, 's1'), view(2, 's2'), asks('s2', 1), answers('s2', 1)],
      ...[asks('s1', 2), answers('s1', 2)],
    ],
    ['split brain'],
  ],
  [
    'one that refuses it',
    [
      ...[view(1, 's1'), view(2, 's2'), asks('s2', 1), answers('s2', 1)],
      ...[asks('s1', 2), refuses('s1', 2)],
    ],
    [],
  ],
  [
    'a reply that was under way when the successor began',
    [
      ...[view(1, 's1'), asks('s1', 2), view(2, 's2')],
      ...[asks('s2', 1), answers('s2', 1), answers('s1', 2)],
    ],
    [],
  ],
  [
    'a primary that is one again',
    [
      view(1, 's1'),
      view(2, 's2'),
      answers('s2', 1),
      view(3, 's1'),
      asks('s1', 2),
      answers('s1', 2),
    ],
    [],
  ],
  [
    'a server that never was primary',
    [view(1, 's1'), asks('s2', 1), answers('s2', 1)],
    ['serving without a view'],
  ],
  ['a world without views', [asks('s2', 1), answers('s2', 1)], []],
] as const)('%s', (_what, trace, expected) => {
  expect(wrongServers(trace)).toEqual(expected);
});

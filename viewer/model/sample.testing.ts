/** A small run for the tests: s1 is cut off and does not notice, c1 reads what has been overwritten. */
import type { TraceEvent } from '../../runtime/trace';
import type { RunData } from './run';

type Link = readonly [from: string, to: string];

const view = (viewnum: number, primary: string, backup: string | null) => {
  return { viewnum, primary, backup };
};

/** A message from its beginning to its end. */
export function message(
  kind: 'request' | 'response',
  id: number,
  [from, to]: Link,
  call: string,
  body: unknown,
  times: readonly [fromMs: number, toMs: number],
  fate: 'deliver' | 'drop' | 'block' = 'deliver',
): TraceEvent[] {
  const common = { kind, id, from, to, call, body };
  const node = fate === 'deliver' ? to : from;
  return [
    { ...common, t: times[0], node: from, type: 'send' },
    { ...common, t: times[1], node, type: fate },
  ];
}

export function sampleEvents(): TraceEvent[] {
  const ping = 'ViewService.ping';
  const operate = 'PbService.operate';
  const read = { client: 'x', seq: 1, operation: { op: 'get', key: 'k' } };
  const events: TraceEvent[] = [
    { t: 0, node: 's1', type: 'start' },
    { t: 0, node: 's2', type: 'start' },
    ...message('request', 1, ['s1', 'vs'], ping, { server: 's1', viewnum: 0 }, [1, 2]),
    { t: 2, node: 'vs', type: 'view', ...view(1, 's1', 's2') },
    ...message('response', 1, ['vs', 's1'], ping, { reply: view(1, 's1', 's2') }, [2, 3]),
    ...message('response', 2, ['vs', 's2'], ping, { reply: view(1, 's1', 's2') }, [2, 4]),
    { t: 10, node: 's1', type: 'cut', to: 's2' },
    { t: 10, node: 's2', type: 'cut', to: 's1' },
    ...message('request', 3, ['s1', 's2'], 'ReplicationService.forward', {}, [11, 11], 'block'),
    { t: 12, node: 'vs', type: 'view', ...view(2, 's2', null) },
    ...message('response', 4, ['vs', 's2'], ping, { reply: view(2, 's2', null) }, [12, 13]),
    { t: 20, node: 'c1', type: 'invoke', operation: 1, f: 'get', args: { key: 'k' } },
    ...message('request', 1, ['c1', 's1'], operate, read, [20, 21]),
    ...message('response', 1, ['s1', 'c1'], operate, { reply: { value: '1' } }, [21, 23]),
    { t: 23, node: 'c1', type: 'return', operation: 1, result: { reply: { value: '1' } } },
    { t: 30, node: 's1', type: 'mend', to: 's2' },
    { t: 30, node: 's2', type: 'mend', to: 's1' },
    { t: 31, node: 's1', type: 'crash' },
    { t: 40, node: 's1', type: 'start' },
    { t: 41, node: 's1', type: 'tick' },
    { t: 42, node: 's2', type: 'log', event: 'entered-view', fields: { viewnum: 3 } },
    { t: 50, node: 's2', type: 'pause' },
  ];
  return events.sort((a, b) => a.t - b.t);
}

export function sampleRun(): RunData {
  return {
    title: 'a sample',
    violation: { actual: 'stale read', notes: [['why', 'because']], details: [], atMs: 23 },
    events: sampleEvents(),
    leftOut: 0,
  };
}

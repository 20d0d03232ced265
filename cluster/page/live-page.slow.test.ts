/** Messages to the live page, and requests of it, without a browser. */
import {
  type LogEntry,
  maxEntryLength,
  maxLineLength,
  maxLogEntries,
} from '../../viewer/model/live-data';
import { Meter } from '../load/meter';
import { Cluster, type Standing } from '../members/cluster';
import { Member } from '../members/member';
import { Traffic } from '../members/traffic';
import { parseAsked } from './requests';
import { bandOf, type News, Watch } from './watch';

const nothing = () => undefined;

/** A cluster of which nothing runs. */
class StillCluster extends Cluster {
  readonly members = [new Member('s1', () => [], { onLine: nothing, onUnexpectedEnd: nothing })];
  readonly replicas = this.members;
  readonly introduction = 'a server';
  readonly suggestions = [];
  readonly settled = true;
  readonly reunites = false;
  readonly namedView = null;
  standing: Standing = { role: 'backup' };

  constructor() {
    super();
    Object.defineProperty(this.members[0], 'address', { value: '127.0.0.1:1' });
  }

  whomToAsk = () => ({ pair: [] });
  clientOptions = () => '';
  withRole = () => [];
  roleOf = () => '';
  standingOf = () => this.standing;
  viewInWords = () => '';
  whatIsMissing = () => '';
  protected follow = () => true;
}

describe('the watch', () => {
  const load = { number: 0, state: 'idle', clients: 0, ratePerSecond: 0, operations: 0 } as const;
  let told: News[];
  let watch: Watch;
  let meter: Meter;
  const entry = (text: string): LogEntry => ({ at: 1, from: 's1', kind: 'member', text });

  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    meter = new Meter();
    const settings = { cluster: new StillCluster(), meter, loads: () => load };
    watch = new Watch(settings, (news) => told.push(news));
  });
  afterEach(() => {
    watch.close();
    jest.useRealTimers();
  });

  test('tells each line once, to a page that opens in between, too', () => {
    watch.note(entry('a'));
    expect(watch.entries).toEqual([]);
    jest.advanceTimersByTime(250);
    watch.note(entry('b'));
    jest.advanceTimersByTime(250);
    expect(told.map(({ entries }) => entries.map(({ text }) => text))).toEqual([['a'], ['b']]);
    expect(watch.entries.map(({ text }) => text)).toEqual(['a', 'b']);
  });

  test('of very many lines it tells and keeps the last ones, and says how many it left out', () => {
    const lines = 3 * maxLogEntries;
    for (let i = 0; i < lines; i += 1) watch.note(entry(`${i}`));
    watch.note(entry('x'.repeat(2 * maxEntryLength)));
    jest.advanceTimersByTime(250);
    const [{ entries, leftOut } = { entries: [], leftOut: 0 }] = told;
    expect(entries.length + leftOut).toBe(lines + 1);
    expect(entries.length).toBeLessThanOrEqual(50);
    expect(entries.at(-1)?.text.length).toBeLessThan(1.1 * maxEntryLength);
    expect(watch.entries).toHaveLength(maxLogEntries);
    watch.note(entry('one more'));
    jest.advanceTimersByTime(250);
    expect(watch.entries).toHaveLength(maxLogEntries);
    expect(watch.entries.at(-1)?.text).toBe('one more');
  });

  test('an hour of samples is no more than two minutes of them', () => {
    jest.advanceTimersByTime(3_600_000);
    expect(watch.samples).toHaveLength(480);
    expect(JSON.stringify(watch.samples).length).toBeLessThan(100_000);
  });

  test('a sample has what ended in it, and how long that took', () => {
    for (const wait of [10, 30, 20]) {
      const end = meter.begin('client', { op: 'get', key: 'k' });
      jest.advanceTimersByTime(wait);
      end(true, 'k has no value');
    }
    meter.begin('client', { op: 'put', key: 'k', value: 'v' })(false, 'timeout');
    meter.begin('client', { op: 'get', key: 'k' });
    jest.advanceTimersByTime(250 - 60);
    expect(told[0]?.sample).toMatchObject({ done: 3, failed: 1, medianMs: 20, longestMs: 30 });
    expect(told[0]?.now.waiting).toEqual({ operations: 1, longestMs: 190 });
    expect(told[0]?.now.latest.map(({ call }) => call)).toEqual([
      ...['put k "v"', 'get k', 'get k', 'get k'],
    ]);
    jest.advanceTimersByTime(250);
    expect(told[1]?.sample).toMatchObject({ done: 0, failed: 0, medianMs: null, longestMs: null });
  });
});

test('a band is the condition, then the belief, then the role', () => {
  const member = { name: 's1', address: '', role: 'idle', condition: 'running' } as const;
  const believes = { role: 'primary', viewnum: 2 };
  expect(bandOf(member)).toBe('idle');
  expect(bandOf({ ...member, believes })).toBe('deposed');
  expect(bandOf({ ...member, believes, condition: 'paused' })).toBe('paused');
});

test('traffic counts what arrives and what is stopped, and when a ping was answered', () => {
  const traffic = new Traffic();
  const message = (kind: 'request' | 'response', from: string, to: string, call: string) =>
    ({ kind, from, to, call, caller: from, id: 1, body: {}, sizeBytes: 2 }) as const;
  traffic.note('send', message('request', 's1', 'vs', 'ViewService.ping'));
  traffic.note('deliver', message('request', 's1', 'vs', 'ViewService.ping'));
  expect(traffic.pingAgoMs('s1')).toBeNull();
  traffic.note('deliver', message('response', 'vs', 's1', 'ViewService.ping'));
  traffic.note('block', message('response', 'vs', 's2', 'ViewService.ping'));
  traffic.note('deliver', message('response', 'vs', 'client', 'ViewService.get'));
  expect(traffic).toMatchObject({ arrived: 3, blocked: 1 });
  expect(traffic.pingAgoMs('s1')).toBeLessThan(10_000);
  expect(traffic.pingAgoMs('s2')).toBeNull();
  traffic.forget('s1');
  expect(traffic.pingAgoMs('s1')).toBeNull();
});

describe('what the page asks for', () => {
  test('is a command or to cancel', () => {
    expect(parseAsked('{"type":"run","line":"kill s1"}')).toEqual({ type: 'run', line: 'kill s1' });
    expect(parseAsked('{"type":"cancel"}')).toEqual({ type: 'cancel' });
  });

  test.each([
    '',
    'kill s1',
    'null',
    '[]',
    '{"type":"kill","line":"s1"}',
    '{"type":"run"}',
    '{"type":"run","line":7}',
    '{"type":"run","line":"kill s1","more":1}',
    '{"type":"run","line":"a\\nb"}',
    '{"type":"run","line":"\\u001b[2J"}',
    JSON.stringify({ type: 'run', line: 'x'.repeat(maxLineLength + 1) }),
  ])('%.60s is refused', (text) => {
    expect(() => parseAsked(text)).toThrow(/expected /);
  });
});

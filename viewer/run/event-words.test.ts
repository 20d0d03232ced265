import type { TraceEvent } from '../../runtime/trace';
import { message } from '../model/sample.testing';
import { describeEvent, describeInAll } from './event-words';

const inWords = (event: TraceEvent) => describeEvent('en', event);

describe('descriptions', () => {
  const operation = { op: 'append', key: 'k', value: 'v' };

  test('say first what is asked for, then by whom', () => {
    const body = { client: 'x', seq: 2, operation };
    const [send] = message('request', 1, ['c1', 's1'], 'P.operate', body, [1, 2]);
    expect(inWords(send as TraceEvent)).toBe(
      'sends to s1: operate append "k" "v", client "x", seq 2',
    );
  });

  test('are short for what the messages of a student hold, whatever that is', () => {
    const body = { viewnum: 2, requests: [{ operation }, { operation }], more: null };
    const [, lost] = message('request', 1, ['s1', 's2'], 'R.forward', body, [1, 1], 'drop');
    expect(inWords(lost as TraceEvent)).toBe(
      'LOST: to s2: forward viewnum 2, requests [{append "k" "v"}; {append "k" "v"}], more null',
    );
  });

  test('of replies say the value or the error', () => {
    const told = (body: unknown) =>
      inWords(message('response', 1, ['s1', 'c1'], 'P.get', body, [1, 2])[1] as TraceEvent);
    expect(told({ reply: { value: null } })).toBe('gets from s1: reply to get value null');
    expect(told({ error: { code: 'not-primary' } })).toBe(
      'gets from s1: reply to get error not-primary',
    );
    expect(told('x'.repeat(9_000)).length).toBeLessThan(400);
  });

  test('are in the language of the page, with names and values as they are', () => {
    const body = { client: 'x', seq: 2, operation };
    const request = message('request', 1, ['c1', 's1'], 'P.operate', body, [1, 2]);
    const [lost] = message('request', 1, ['s1', 's2'], 'R.do', {}, [1, 1], 'drop').slice(1);
    const error = { error: { code: 'not-primary' } };
    const reply = message('response', 1, ['s1', 'c1'], 'P.get', error, [1, 2]);
    const events = [...request, lost as TraceEvent, reply[1] as TraceEvent];
    expect(events.map((event) => describeEvent('zh', event))).toEqual([
      '发给 s1：operate append "k" "v", client "x", seq 2',
      '收到 c1 的消息：operate append "k" "v", client "x", seq 2',
      '丢失：发给 s2 的 do',
      '收到 s1 的消息：对 get 的回复 错误 not-primary',
    ]);
  });

  const here = { t: 1, node: 's1' };
  test.each<[event: TraceEvent, english: string, chinese: string]>([
    [{ ...here, type: 'start' }, 'starts', '启动'],
    [{ ...here, type: 'stop' }, 'stops', '停止'],
    [{ ...here, type: 'tick' }, 'tick', '滴答'],
    [{ ...here, type: 'timer', timer: 3 }, 'timer 3', '定时器 3'],
    [
      { ...here, type: 'crash' },
      'CRASH: the node ends at once, and forgets everything',
      '崩溃：节点立即终止，内存全部丢失',
    ],
    [{ ...here, type: 'mend', to: 's2' }, 'mended: it reaches s2 again', '恢复：又能到达 s2'],
    [
      { ...here, type: 'view', viewnum: 2, primary: 's2', backup: null },
      'view 2: primary s2, backup none',
      '视图 2：主 s2，备份 无',
    ],
    [
      { ...here, type: 'invoke', operation: 1, f: 'get', args: { key: 'k' } },
      'calls get key "k"',
      '调用 get key "k"',
    ],
    [
      { ...here, type: 'return', operation: 1, result: { reply: { value: '{to}' } } },
      'returns value "{to}"',
      '返回 value "{to}"',
    ],
    [
      { ...here, type: 'log', event: 'console', fields: { text: 'a\n  b' } },
      'console a b',
      'console a b',
    ],
    [{ ...here, type: 'log', event: 'x', fields: {} }, 'x', 'x'],
    [
      { ...here, type: 'failure', where: 'tick', error: 'no' },
      'BUG in tick: no',
      '代码错误，在 tick：no',
    ],
  ])('say it in both languages: %j', (event, english, chinese) => {
    expect(describeEvent('en', event)).toBe(english);
    expect(describeEvent('zh', event)).toBe(chinese);
  });

  test('are searched in every language', () => {
    const cut: TraceEvent = { t: 1, node: 's1', type: 'cut', to: 's2' };
    expect(describeInAll(cut)).toBe('CUT: nothing gets to s2\n隔离：消息到不了 s2');
  });
});

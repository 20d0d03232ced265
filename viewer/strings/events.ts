/** The words of the log: a sentence for each event of a trace. */
import { faultWords } from '../../runtime/fault-words';
import type { Strings } from './catalogue';

const { drop, duplicate, block, hold, cut, mend, crash, pause, resume } = faultWords;

const en = {
  start: 'starts',
  stop: 'stops',
  tick: 'tick',
  timer: 'timer {timer}',
  crash: `${crash.seen}: ${crash.meaning}`,
  pause: `${pause.seen}: ${pause.meaning}`,
  resume: `${resume.seen}: ${resume.meaning}`,
  cut: `${cut.seen}: nothing gets to {to}`,
  mend: `${mend.seen}: it reaches {to} again`,
  invoke: 'calls {f} {args}',
  return: 'returns {result}',
  failure: 'BUG in {where}: {error}',
  send: 'sends to {to}: {what}',
  deliver: 'gets from {from}: {what}',
  drop: `${drop.seen.toUpperCase()}: to {to}: {what}`,
  duplicate: `${duplicate.seen.toUpperCase()}: to {to}: {what}`,
  block: `${block.seen.toUpperCase()}: to {to}: {what}`,
  hold: `${hold.seen.toUpperCase()}: to {to}: {what}`,
  reply: 'reply to {name} {result}',
  error: 'error {code}',
};

export type EventKey = keyof typeof en;

export const eventStrings: Strings<EventKey> = {
  en,
  zh: {
    start: '启动',
    stop: '停止',
    tick: '滴答',
    timer: '定时器 {timer}',
    crash: `${crash.zh}：节点立即终止，内存全部丢失`,
    pause: `${pause.zh}：节点停住不动，极慢，但没有崩溃`,
    resume: `${resume.zh}：暂停的节点继续运行`,
    cut: `${cut.zh}：消息到不了 {to}`,
    mend: `${mend.zh}：又能到达 {to}`,
    invoke: '调用 {f} {args}',
    return: '返回 {result}',
    failure: '代码错误，在 {where}：{error}',
    send: '发给 {to}：{what}',
    deliver: '收到 {from} 的消息：{what}',
    drop: `${drop.zh}：发给 {to} 的 {what}`,
    duplicate: `${duplicate.zh}：发给 {to} 的 {what}`,
    block: `${block.zh}：发给 {to} 的 {what}`,
    hold: `${hold.zh}：发给 {to} 的 {what}`,
    reply: '对 {name} 的回复 {result}',
    error: '错误 {code}',
  },
};

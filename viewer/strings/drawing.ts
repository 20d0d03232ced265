/** The words of drawings: the space-time diagram and the history of the clients. */
import type { Strings } from './catalogue';

const en = {
  diagram:
    'Space-time diagram: a lane for each node, arrows for messages. The list of events says the same in words.',
  history:
    'Client history: a bar for each operation from its call to its return. The list of events says the same in words.',
  'cut-off': 'cut off',
  primary: 'primary in {viewnum}',
  backup: 'backup in {viewnum}',
  idle: 'idle in {viewnum}',
  view: 'view {viewnum}: primary {primary}, backup {backup}',
  nobody: 'none',
  dead: 'dead',
  stopped: 'stopped',
  paused: 'paused',
  'no-order': 'no order works',
  held: 'held back',
  'part-here': 'they part here',
};

export type DrawingKey = keyof typeof en;

export const drawingStrings: Strings<DrawingKey> = {
  en,
  zh: {
    diagram: '时空图：每个节点一条泳道，箭头表示消息。事件列表用文字说明同样的内容。',
    history: '客户端历史：每个操作一条横条，从调用到返回。事件列表用文字说明同样的内容。',
    'cut-off': '隔离',
    primary: '视图 {viewnum} 主服务器',
    backup: '视图 {viewnum} 备份',
    idle: '视图 {viewnum} 空闲',
    view: '视图 {viewnum}：主 {primary}，备份 {backup}',
    nobody: '无',
    dead: '已崩溃',
    stopped: '已停止',
    paused: '已暂停',
    'no-order': '没有可行的顺序',
    held: '扣留',
    'part-here': '从此处开始不同',
  },
};

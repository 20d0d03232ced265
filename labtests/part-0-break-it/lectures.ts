/** The lectures on the heartbeat pair, slide by slide. */
import type { Lecture } from '../../suite/scenario/lab-declaration';

export const pairLectures: readonly Lecture[] = [
  {
    id: 'split-brain',
    name: { en: 'Split brain', zh: '脑裂' },
    system: '0-0.s2.pair',
    slides: [
      {
        steps: '',
        words: {
          en: 'Two servers without a view service. Each sends the other heartbeats, and takes silence for death.',
          zh: '两台服务器，没有视图服务。它们互发心跳，把沉默当作死亡。',
        },
      },
      {
        steps: 'put.c1.x.1,until.done',
        words: {
          en: 'Without faults that works: the backup has every write.',
          zh: '没有故障时一切正常：备份拥有每一次写入。',
        },
      },
      {
        steps: 'cut.s1+c1',
        words: {
          en: 'Now the network falls apart: s1 and client c1 here, s2 and c2 there.',
          zh: '现在网络断开：一边是 s1 和客户端 c1，另一边是 s2 和 c2。',
        },
      },
      {
        steps: 'until.primary.s2',
        words: {
          en: 's2 hears nothing and makes itself primary. s1 hears nothing either, and goes on alone: two primaries.',
          zh: 's2 听不到心跳，自己当了主服务器。s1 也听不到，便独自继续：出现了两个主服务器。',
        },
      },
      {
        steps: 'put.c1.x.2,until.done.c1',
        words: {
          en: 'c1 writes 2 at s1. It is acknowledged.',
          zh: 'c1 在 s1 上写入 2，得到确认。',
        },
      },
      {
        steps: 'put.c2.x.3,until.done.c2',
        words: {
          en: 'c2 writes 3 at s2. That is acknowledged, too.',
          zh: 'c2 在 s2 上写入 3，也得到确认。',
        },
      },
      {
        steps: 'get.c1.x,until.done.c1',
        words: {
          en: 'c1 reads 2, after 3 was written: what the clients see has no legal order any more.',
          zh: '写入 3 之后，c1 却读到 2：客户端所见已经没有合法的顺序。',
        },
      },
      {
        steps: 'mend,until.backup.s1',
        words: {
          en: 'The network is whole again. The two meet, and one has to give up its state: an acknowledged write is lost.',
          zh: '网络恢复。两台服务器相遇，其中一台必须放弃自己的状态：一次已确认的写入丢失了。',
        },
      },
      {
        steps: 'get.c1.x,until.done.c1',
        words: {
          en: 'Two cannot decide who is dead. A third must, and that is the view service.',
          zh: '两台服务器无法判定谁死了。必须由第三方来决定，这就是视图服务。',
        },
      },
    ],
  },
];

/** The lectures on the replicated service, slide by slide. Methods that a solution chooses itself are `*`. */
import type { Lecture } from '../../suite/scenario/lab-declaration';

export const replicationLectures: readonly Lecture[] = [
  {
    id: 'write',
    name: { en: 'The six steps of a write', zh: '一次写操作的六个步骤' },
    system: '0.s2',
    slides: [
      {
        steps: '',
        words: {
          en: 'A client, the view service, and two servers: s1 is primary, s2 its backup.',
          zh: '一个客户端、一个视图服务和两台服务器：s1 是主服务器，s2 是它的备份。',
        },
      },
      {
        steps: 'append.c1.x.hello,until.sent.c1-s1',
        words: {
          en: 'Step 1: the client asks the primary to append. It knows who that is from the view service.',
          zh: '第一步：客户端请求主服务器追加数据。谁是主服务器，它是从视图服务得知的。',
        },
      },
      {
        steps: 'deliver.c1-s1.operate',
        words: {
          en: 'Step 2: the primary sends the operation on to its backup. It does not apply it yet, and does not answer.',
          zh: '第二步：主服务器把操作转发给备份。此时它自己还不执行，也不回答客户端。',
        },
      },
      {
        steps: 'deliver.s1-s2.*',
        words: {
          en: 'Step 3: the backup applies the operation, in the order that the primary gave it.',
          zh: '第三步：备份按照主服务器给出的顺序执行操作。',
        },
      },
      {
        steps: 'deliver.s2-s1.*',
        words: {
          en: 'Steps 4 and 5: the backup acknowledges. Only now does the primary apply the operation itself.',
          zh: '第四、五步：备份确认。直到这时，主服务器才自己执行这个操作。',
        },
      },
      {
        steps: 'deliver.s1-c1.operate.reply',
        words: {
          en: 'Step 6: the client has its answer. At this moment both servers have the write: either may die.',
          zh: '第六步：客户端得到回答。此刻两台服务器都有这次写入，任何一台都可以坏掉。',
        },
      },
      {
        steps: 'get.c1.x,until.done',
        words: {
          en: 'A read goes the same way. A primary that answered alone might have been replaced without knowing it.',
          zh: '读操作走同样的路。独自回答的主服务器可能早已被替换而不自知。',
        },
      },
    ],
  },
  {
    id: 'failover',
    name: { en: 'Failover', zh: '故障切换' },
    system: '0.s3',
    slides: [
      {
        steps: '',
        words: {
          en: 's1 is primary, s2 its backup, s3 idle. All of them ping the view service every 100 ms.',
          zh: 's1 是主服务器，s2 是备份，s3 空闲。它们每 100 毫秒向视图服务发一次 ping。',
        },
      },
      {
        steps: 'append.c1.x.a,until.done',
        words: {
          en: 'A write is acknowledged: s1 and s2 have it.',
          zh: '一次写入得到确认：s1 和 s2 都有了它。',
        },
      },
      {
        steps: 'crash.s1',
        words: {
          en: 's1 crashes, and with it everything in its memory. Nobody knows it yet.',
          zh: 's1 崩溃，内存中的一切随之丢失。此时还没有人知道。',
        },
      },
      {
        steps: 'until.view3',
        words: {
          en: 'Five pings are missing. The view service makes view 3: the backup becomes primary, for only it has the state.',
          zh: '连续五次没有收到 ping，视图服务产生视图 3：备份成为主服务器，因为只有它拥有状态。',
        },
      },
      {
        steps: 'until.primary.s2',
        words: {
          en: 's2 learns of it with the next reply to a ping. s3 is its new backup, still empty.',
          zh: 's2 从下一次 ping 的回答中得知此事。s3 是它的新备份，还是空的。',
        },
      },
      {
        steps: 'until.acknowledged',
        words: {
          en: 's2 sends s3 its whole state, and only then acknowledges the view by pinging with its number.',
          zh: 's2 把全部状态发给 s3，然后才用新的视图号发 ping，确认这个视图。',
        },
      },
      {
        steps: 'append.c1.x.b,until.done',
        words: {
          en: 'The client finds the new primary, and its next write is on s2 and s3.',
          zh: '客户端找到新的主服务器，下一次写入在 s2 和 s3 上。',
        },
      },
      {
        steps: 'get.c1.x,until.done',
        words: {
          en: 'Nothing that was acknowledged is lost.',
          zh: '已确认的写入一个也没有丢失。',
        },
      },
    ],
  },
  {
    id: 'fake-death',
    name: { en: 'A death that was none', zh: '假死' },
    system: '0-0.s2',
    slides: [
      {
        steps: '',
        words: {
          en: 'Silence is not death. What if the primary only stopped for a while?',
          zh: '沉默不等于死亡。如果主服务器只是停顿了一会儿呢？',
        },
      },
      {
        steps: 'append.c1.x.a,until.done',
        words: {
          en: 'A write is acknowledged.',
          zh: '一次写入得到确认。',
        },
      },
      {
        steps: 'pause.s1',
        words: {
          en: 's1 is paused: a long garbage collection, a slow disk. It is alive, and silent.',
          zh: 's1 暂停了：也许是漫长的垃圾回收，也许是缓慢的磁盘。它活着，但没有声音。',
        },
      },
      {
        steps: 'until.view3',
        words: {
          en: 'For the view service that is the same as dead: in view 3, s2 is primary.',
          zh: '在视图服务看来，这与死亡没有区别：在视图 3 中，s2 是主服务器。',
        },
      },
      {
        steps: 'until.primary.s2,append.c2.x.b,until.done.c2',
        words: {
          en: 's2 serves, and another client writes. s1 knows nothing of it.',
          zh: 's2 开始服务，另一个客户端写入了数据。s1 对此一无所知。',
        },
      },
      {
        steps: 'get.c1.x,until.sent.c1-s1',
        words: {
          en: 'The first client still takes s1 for the primary, and sends it a read.',
          zh: '第一个客户端仍以为 s1 是主服务器，向它发出读请求。',
        },
      },
      {
        steps: 'resume.s1,deliver.c1-s1.operate',
        words: {
          en: 's1 wakes up, gets the read, and believes itself primary. To answer from memory would be wrong by one write.',
          zh: 's1 醒来，收到读请求，并且相信自己是主服务器。如果直接从内存回答，就会少一次写入。',
        },
      },
      {
        steps: 'deliver.s1-s2.*',
        words: {
          en: 'It asks its backup first, as for every operation. But s2 is no longer backup: it refuses.',
          zh: '它像处理每个操作一样先问备份。但 s2 已不再是备份，于是拒绝。',
        },
      },
      {
        steps: 'until.done.c1',
        words: {
          en: 's1 refuses the client, which asks the view service, finds s2, and reads both writes.',
          zh: 's1 拒绝客户端；客户端询问视图服务，找到 s2，读到两次写入。',
        },
      },
    ],
  },
  {
    id: 'transfer',
    name: { en: 'State transfer', zh: '状态传输' },
    system: '0.s3',
    slides: [
      {
        steps: '',
        words: {
          en: 's1 is primary, s2 its backup, s3 idle and empty.',
          zh: 's1 是主服务器，s2 是备份，s3 空闲，没有数据。',
        },
      },
      {
        steps: 'append.c1.x.a,until.done',
        words: {
          en: 'A write is on s1 and s2.',
          zh: '一次写入在 s1 和 s2 上。',
        },
      },
      {
        steps: 'crash.s2',
        words: {
          en: 's2, the backup, crashes. The write is on s1 alone: one more failure and it is gone.',
          zh: '备份 s2 崩溃。写入只剩 s1 上的一份：再坏一台就没有了。',
        },
      },
      {
        steps: 'until.view3',
        words: {
          en: 'The view service names s3 as the backup of view 3.',
          zh: '视图服务任命 s3 为视图 3 的备份。',
        },
      },
      {
        steps: 'until.sent.s1-s3',
        words: {
          en: 's1 learns of the view. It does not acknowledge it yet: s3 has nothing, and could not take over.',
          zh: 's1 得知新视图，但还不确认它：s3 什么也没有，无法接替。',
        },
      },
      {
        steps: 'deliver.s1-s3.*',
        words: {
          en: 'The whole state goes over, with the table that tells repeated operations from new ones.',
          zh: '全部状态传过去，包括用来识别重复操作的表。',
        },
      },
      {
        steps: 'deliver.s3-s1.*',
        words: {
          en: 's3 has confirmed. Now s1 knows that its backup can take over.',
          zh: 's3 已经确认。现在 s1 知道备份可以接替自己了。',
        },
      },
      {
        steps: 'until.acknowledged',
        words: {
          en: 's1 pings with number 3: the view is acknowledged, and may change again from now on.',
          zh: 's1 用视图号 3 发 ping：视图得到确认，从此可以再次改变。',
        },
      },
      {
        steps: 'append.c1.x.b,until.done',
        words: {
          en: 'The next write is on s1 and s3.',
          zh: '下一次写入在 s1 和 s3 上。',
        },
      },
    ],
  },
  {
    id: 'reads',
    name: { en: 'Why reads go through the backup', zh: '为什么读操作也要经过备份' },
    system: '0-0.s2',
    slides: [
      {
        steps: '',
        words: {
          en: 'A read changes nothing. Why should the backup hear of it? s1 is primary, s2 its backup.',
          zh: '读操作什么也不改变，为什么要让备份知道？s1 是主服务器，s2 是它的备份。',
        },
      },
      {
        steps: 'append.c1.x.a,until.done.c1',
        words: {
          en: 'A write is acknowledged: both servers have x = "a".',
          zh: '一次写入得到确认：两台服务器都有 x = "a"。',
        },
      },
      {
        steps: 'get.c2.x,until.sent.c2-s1,deliver.c2-s1.operate',
        words: {
          en: 'A client reads. s1 has the value and could answer at once. Instead it asks s2: are you still the backup of my view?',
          zh: '一个客户端读取数据。s1 有这个值，本可以立即回答，但它先问 s2：你还是我这个视图的备份吗？',
        },
      },
      {
        steps: 'until.done.c2',
        words: {
          en: 's2 says yes. So there was no other primary up to this moment, and nobody can have written without s1.',
          zh: 's2 说是。所以直到此刻没有别的主服务器，也就没有人能绕过 s1 写入。',
        },
      },
      {
        steps: 'cut.s1+c1',
        words: {
          en: 'The network falls apart: s1 and c1 on one side; the view service, s2 and c2 on the other.',
          zh: '网络断开：s1 和 c1 在一边，视图服务、s2 和 c2 在另一边。',
        },
      },
      {
        steps: 'until.primary.s2,append.c2.x.b,until.done.c2',
        words: {
          en: 'The view service hears s2 alone and makes it primary. c2 writes there, and x is "ab". s1 knows nothing of it.',
          zh: '视图服务只听得到 s2，于是让它当主服务器。c2 在那里写入，x 变成 "ab"。s1 对此一无所知。',
        },
      },
      {
        steps: 'get.c1.x,until.sent.c1-s1,deliver.c1-s1.operate',
        words: {
          en: 'c1 reads at s1, which still believes itself primary. Its memory says "a": an answer from there would hide a write that was acknowledged.',
          zh: 'c1 向 s1 读取，s1 仍以为自己是主服务器。它的内存里是 "a"：这样回答就会漏掉一次已确认的写入。',
        },
      },
      {
        steps: 'tick.s1',
        words: {
          en: 's1 asks its backup, and the question gets lost. Without consent it does not answer: c1 waits. A wrong answer would be worse.',
          zh: 's1 去问备份，问题却在网络中丢失。没有得到同意，它就不回答，c1 只能等待。错误的回答更糟。',
        },
      },
      {
        steps: 'mend,until.done.c1',
        words: {
          en: 'The network is whole again. s2 is no backup any more and refuses; c1 asks the view service and reads "ab" at s2.',
          zh: '网络恢复。s2 已不是备份，于是拒绝；c1 询问视图服务，从 s2 读到 "ab"。',
        },
      },
      {
        steps: '',
        words: {
          en: 'The price: a read is as slow as a write. A lease is cheaper: for a time the view service promises not to replace s1, which answers alone until then, if clocks can be trusted.',
          zh: '代价是：读和写一样慢。租约（lease）更便宜：视图服务承诺在一段时间内不替换 s1，其间 s1 可以独自回答，前提是时钟可信。',
        },
      },
    ],
  },
];

/** What is said to each slide of the lectures: `<lecture>-<number>`, from 0. */
import type { Strings } from './catalogue';

type Key = keyof typeof en;

const en = {
  next: 'Next',
  previous: 'Previous',
  leave: 'End the lecture',
  slide: '{number} of {count}',
  choose: 'Lecture',
  unsaid: 'No words for this slide.',
  write: 'The six steps of a write',
  'write-0': 'A client, the view service, and two servers: s1 is primary, s2 its backup.',
  'write-1':
    'Step 1: the client asks the primary to append. It knows who that is from the view service.',
  'write-2':
    'Step 2: the primary sends the operation on to its backup. It does not apply it yet, and does not answer.',
  'write-3': 'Step 3: the backup applies the operation, in the order that the primary gave it.',
  'write-4':
    'Steps 4 and 5: the backup acknowledges. Only now does the primary apply the operation itself.',
  'write-5':
    'Step 6: the client has its answer. At this moment both servers have the write: either may die.',
  'write-6':
    'A read goes the same way. A primary that answered alone might have been replaced without knowing it.',
  failover: 'Failover',
  'failover-0':
    's1 is primary, s2 its backup, s3 idle. All of them ping the view service every 100 ms.',
  'failover-1': 'A write is acknowledged: s1 and s2 have it.',
  'failover-2': 's1 crashes, and with it everything in its memory. Nobody knows it yet.',
  'failover-3':
    'Five pings are missing. The view service makes view 3: the backup becomes primary, for only it has the state.',
  'failover-4': 's2 learns of it with the next reply to a ping. s3 is its new backup, still empty.',
  'failover-5':
    's2 sends s3 its whole state, and only then acknowledges the view by pinging with its number.',
  'failover-6': 'The client finds the new primary, and its next write is on s2 and s3.',
  'failover-7': 'Nothing that was acknowledged is lost.',
  'fake-death': 'A death that was none',
  'fake-death-0': 'Silence is not death. What if the primary only stopped for a while?',
  'fake-death-1': 'A write is acknowledged.',
  'fake-death-2': 's1 is paused: a long garbage collection, a slow disk. It is alive, and silent.',
  'fake-death-3': 'For the view service that is the same as dead: in view 3, s2 is primary.',
  'fake-death-4': 's2 serves, and another client writes. s1 knows nothing of it.',
  'fake-death-5': 'The first client still takes s1 for the primary, and sends it a read.',
  'fake-death-6':
    's1 wakes up, gets the read, and believes itself primary. To answer from memory would be wrong by one write.',
  'fake-death-7':
    'It asks its backup first, as for every operation. But s2 is no longer backup: it refuses.',
  'fake-death-8':
    's1 refuses the client, which asks the view service, finds s2, and reads both writes.',
  'split-brain': 'Split brain',
  'split-brain-0':
    'Two servers without a view service. Each sends the other heartbeats, and takes silence for death.',
  'split-brain-1': 'Without faults that works: the backup has every write.',
  'split-brain-2': 'Now the network falls apart: s1 and client c1 here, s2 and c2 there.',
  'split-brain-3':
    's2 hears nothing and makes itself primary. s1 hears nothing either, and goes on alone: two primaries.',
  'split-brain-4': 'c1 writes 2 at s1. It is acknowledged.',
  'split-brain-5': 'c2 writes 3 at s2. That is acknowledged, too.',
  'split-brain-6':
    'c1 reads 2, after 3 was written: what the clients see has no legal order any more.',
  'split-brain-7':
    'The network is whole again. The two meet, and one has to give up its state: an acknowledged write is lost.',
  'split-brain-8': 'Two cannot decide who is dead. A third must, and that is the view service.',
  transfer: 'State transfer',
  'transfer-0': 's1 is primary, s2 its backup, s3 idle and empty.',
  'transfer-1': 'A write is on s1 and s2.',
  'transfer-2':
    's2, the backup, crashes. The write is on s1 alone: one more failure and it is gone.',
  'transfer-3': 'The view service names s3 as the backup of view 3.',
  'transfer-4':
    's1 learns of the view. It does not acknowledge it yet: s3 has nothing, and could not take over.',
  'transfer-5':
    'The whole state goes over, with the table that tells repeated operations from new ones.',
  'transfer-6': 's3 has confirmed. Now s1 knows that its backup can take over.',
  'transfer-7':
    's1 pings with number 3: the view is acknowledged, and may change again from now on.',
  'transfer-8': 'The next write is on s1 and s3.',
} as const;

const zh: Readonly<Record<Key, string>> = {
  next: '下一页',
  previous: '上一页',
  leave: '结束讲解',
  slide: '第 {number} 页，共 {count} 页',
  choose: '讲解',
  unsaid: '这一页没有文字。',
  write: '一次写操作的六个步骤',
  'write-0': '一个客户端、一个视图服务和两台服务器：s1 是主服务器，s2 是它的备份。',
  'write-1': '第一步：客户端请求主服务器追加数据。谁是主服务器，它是从视图服务得知的。',
  'write-2': '第二步：主服务器把操作转发给备份。此时它自己还不执行，也不回答客户端。',
  'write-3': '第三步：备份按照主服务器给出的顺序执行操作。',
  'write-4': '第四、五步：备份确认。直到这时，主服务器才自己执行这个操作。',
  'write-5': '第六步：客户端得到回答。此刻两台服务器都有这次写入，任何一台都可以坏掉。',
  'write-6': '读操作走同样的路。独自回答的主服务器可能早已被替换而不自知。',
  failover: '故障切换',
  'failover-0': 's1 是主服务器，s2 是备份，s3 空闲。它们每 100 毫秒向视图服务发一次 ping。',
  'failover-1': '一次写入得到确认：s1 和 s2 都有了它。',
  'failover-2': 's1 崩溃，内存中的一切随之丢失。此时还没有人知道。',
  'failover-3': '连续五次没有收到 ping，视图服务产生视图 3：备份成为主服务器，因为只有它拥有状态。',
  'failover-4': 's2 从下一次 ping 的回答中得知此事。s3 是它的新备份，还是空的。',
  'failover-5': 's2 把全部状态发给 s3，然后才用新的视图号发 ping，确认这个视图。',
  'failover-6': '客户端找到新的主服务器，下一次写入在 s2 和 s3 上。',
  'failover-7': '已确认的写入一个也没有丢失。',
  'fake-death': '假死',
  'fake-death-0': '沉默不等于死亡。如果主服务器只是停顿了一会儿呢？',
  'fake-death-1': '一次写入得到确认。',
  'fake-death-2': 's1 暂停了：也许是漫长的垃圾回收，也许是缓慢的磁盘。它活着，但没有声音。',
  'fake-death-3': '在视图服务看来，这与死亡没有区别：在视图 3 中，s2 是主服务器。',
  'fake-death-4': 's2 开始服务，另一个客户端写入了数据。s1 对此一无所知。',
  'fake-death-5': '第一个客户端仍以为 s1 是主服务器，向它发出读请求。',
  'fake-death-6':
    's1 醒来，收到读请求，并且相信自己是主服务器。如果直接从内存回答，就会少一次写入。',
  'fake-death-7': '它像处理每个操作一样先问备份。但 s2 已不再是备份，于是拒绝。',
  'fake-death-8': 's1 拒绝客户端；客户端询问视图服务，找到 s2，读到两次写入。',
  'split-brain': '脑裂',
  'split-brain-0': '两台服务器，没有视图服务。它们互发心跳，把沉默当作死亡。',
  'split-brain-1': '没有故障时一切正常：备份拥有每一次写入。',
  'split-brain-2': '现在网络断开：一边是 s1 和客户端 c1，另一边是 s2 和 c2。',
  'split-brain-3': 's2 听不到心跳，自己当了主服务器。s1 也听不到，便独自继续：出现了两个主服务器。',
  'split-brain-4': 'c1 在 s1 上写入 2，得到确认。',
  'split-brain-5': 'c2 在 s2 上写入 3，也得到确认。',
  'split-brain-6': '写入 3 之后，c1 却读到 2：客户端所见已经没有合法的顺序。',
  'split-brain-7': '网络恢复。两台服务器相遇，其中一台必须放弃自己的状态：一次已确认的写入丢失了。',
  'split-brain-8': '两台服务器无法判定谁死了。必须由第三方来决定，这就是视图服务。',
  transfer: '状态传输',
  'transfer-0': 's1 是主服务器，s2 是备份，s3 空闲，没有数据。',
  'transfer-1': '一次写入在 s1 和 s2 上。',
  'transfer-2': '备份 s2 崩溃。写入只剩 s1 上的一份：再坏一台就没有了。',
  'transfer-3': '视图服务任命 s3 为视图 3 的备份。',
  'transfer-4': 's1 得知新视图，但还不确认它：s3 什么也没有，无法接替。',
  'transfer-5': '全部状态传过去，包括用来识别重复操作的表。',
  'transfer-6': 's3 已经确认。现在 s1 知道备份可以接替自己了。',
  'transfer-7': 's1 用视图号 3 发 ping：视图得到确认，从此可以再次改变。',
  'transfer-8': '下一次写入在 s1 和 s3 上。',
};

export const lectureStrings: Strings<Key> = { en, zh };
export type LectureKey = Key;

/** docs/graded.md and its Chinese version: each duty, where it stands, and which scenarios check it. */
import { type AnomalyKind, anomalyKinds } from '../../judging/anomaly';
import { allScenarios } from '../../labtests/catalogue';
import { labs } from '../../labtests/labs';
import { code, generatedNote, markdownTable } from '../../runtime/markdown';
import type { LabDeclaration } from '../../suite/scenario/lab-declaration';
import type { HarmCost } from '../../suite/scenario/scenario';

type Language = 'en' | 'zh';

const words = {
  title: { en: '# What is graded', zh: '# 评分的内容' },
  about: {
    en:
      'Each row is a **clause**: a duty that your files have, in the words of the file that states it, and the scenarios ' +
      'that are meant to notice when it is broken. How you keep a clause is up to you. Besides, code costs the points of ' +
      'a scenario when it throws what nobody catches, loops for ever, or breaks the rules of a node. The points of a ' +
      'scenario stand in brackets; `npm test -- B13` runs one.',
    zh:
      '每一行是一个**条款**：你的文件应尽的义务，用陈述它的文件中的话来说，以及条款被违反时应当发现它的场景。' +
      '如何遵守条款由你决定。此外，代码若抛出无人捕获的错误、无限循环或违反节点规则，也会失去该场景的分数。' +
      '括号中是场景的分数；`npm test -- B13` 运行一个场景。',
  },
  part: { en: 'Part', zh: '部分' },
  head: {
    en: ['clause', 'duty', 'stated in', 'scenarios (points)'],
    zh: ['条款', '义务', '出处', '场景（分数）'],
  },
  harms: {
    en:
      'Some failures are worse than their scenarios are worth. What a run of the part shows of these costs **at least** so many ' +
      'of its points, however few scenarios show it; only the worst of them counts, and whoever has lost as much already ' +
      'loses nothing more. Of a part of which only some scenarios run, it is their share.',
    zh:
      '有些失败比其场景的分数更严重。本部分的任何一次运行若显示出下表中的现象，**至少**失去这么多分，无论显示它的场景有多少；' +
      '只计最严重的一项，已经失去这么多分的不再多扣。若只运行部分场景，则按其所占分数的比例计算。',
  },
  points: { en: 'points', zh: '分数' },
  plain: {
    en: 'A **plain failover** is a run in which servers crash, never the last one that runs, and nothing else fails.',
    zh: '**普通的故障转移**：运行中只有服务器崩溃（从不是最后一个在运行的），此外没有任何故障。',
  },
  harmHead: {
    en: ['what is shown', 'meaning', 'in a plain failover', 'in other runs'],
    zh: ['现象', '含义', '普通的故障转移中', '其他运行中'],
  },
} as const;

/** What the kinds mean in Chinese; those that no lab charges for have no place in the page. */
const meaningsZh: Partial<Record<AnomalyKind, string>> = {
  'lost acknowledged write': '客户端得知写入已完成，后来它却不在了。',
  'stale read': '客户端读到旧值，而更新的值已被确认或读到过。',
  'duplicate append': '只要求一次的追加生效了不止一次。',
  'reordered append': '追加生效的次序与已返回的次序或别人读到的位置不符。',
  'no legal order': '客户端看到的不符合任何操作次序，且没有别的名称。',
  'split brain': '已被取代的主服务器完成了操作，而该操作到达时其后继者已在服务或已可服务。',
  'serving without a view':
    '应答客户端的服务器不是任何视图的当值主服务器：备份、空闲、重启过，或没有状态。',
  'resurrected state': '故障转移之后，旧状态取代新状态重新出现。',
  'primary without the state': '成为主服务器的不是前一视图的备份，或在其中重启过。',
  'view given up unacknowledged': '视图在其主服务器确认之前就让位给下一个视图。',
  'views flap': '视图让位给下一个，而它失去的成员刚刚 ping 过。',
  'view overdue': '有成员失效，或有空闲服务器可成为备份，而三个时钟滴答内没有新视图。',
  'stuck after heal': '已没有任何故障，客户端仍在等待，或服务器没有恢复。',
  'operation given up': '客户端得到一个错误，而再试一次本可以成功。',
  'node broke down': '在普通的故障转移中，服务器或 clerk 抛出了无人捕获的错误，或停不下来。',
};

export function gradedPage(language: Language): string {
  const parts = labs.filter(({ contract }) => contract !== undefined);
  return [
    words.title[language],
    generatedNote,
    words.about[language],
    ...parts.flatMap((lab) => [
      `## ${words.part[language]} ${lab.part}`,
      markdownTable(words.head[language], rows(lab, language)),
      ...harmsSection(lab, language),
    ]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function harmsSection({ harms }: LabDeclaration, language: Language): string[] {
  if (harms === undefined) return [];
  const table = Object.entries(harms) as [AnomalyKind, HarmCost][];
  const isSplit = table.some(([, harm]) => typeof harm !== 'number');
  const rows = table.map(([kind, harm]) => {
    const meaning = language === 'zh' ? meaningsZh[kind] : anomalyKinds[kind];
    if (meaning === undefined) throw new Error(`${kind} has no meaning in Chinese yet`);
    const [plain, other] = typeof harm === 'number' ? [harm, harm] : harm;
    return isSplit ? [kind, meaning, `${plain}`, `${other}`] : [kind, meaning, `${plain}`];
  });
  const [shown, means, plain, other] = words.harmHead[language];
  const head = isSplit ? [shown, means, plain, other] : [shown, means, words.points[language]];
  const about = [words.harms[language], ...(isSplit ? [words.plain[language]] : [])];
  return [about.join(language === 'zh' ? '' : ' '), markdownTable(head, rows)];
}

function rows({ contract }: LabDeclaration, language: Language): string[][] {
  return (contract?.clauses() ?? []).map((clause) => {
    const scenarios = allScenarios()
      .filter((scenario) => scenario.clauses?.includes(clause.id))
      .map(({ id, points }) => `${id} (${points})`);
    const duty = language === 'zh' ? clause.zh : (clause.en ?? clause.words.join(' '));
    return [clause.id, duty, code(clause.file), scenarios.join(', ')];
  });
}

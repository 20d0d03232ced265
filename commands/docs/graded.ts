/** docs/graded.md and its Chinese version: each duty, where it stands, and which scenarios check it. */
import { allScenarios } from '../../labtests/catalogue';
import { labs } from '../../labtests/labs';
import { code, generatedNote, markdownTable } from '../../runtime/markdown';
import type { LabDeclaration } from '../../suite/scenario/lab-declaration';

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
} as const;

export function gradedPage(language: Language): string {
  const parts = labs.filter(({ clauses }) => clauses !== undefined);
  return [
    words.title[language],
    generatedNote,
    words.about[language],
    ...parts.flatMap((lab) => [
      `## ${words.part[language]} ${lab.part}`,
      markdownTable(words.head[language], rows(lab, language)),
    ]),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function rows({ clauses = () => [] }: LabDeclaration, language: Language): string[][] {
  return clauses().map((clause) => {
    const scenarios = allScenarios()
      .filter((scenario) => scenario.clauses?.includes(clause.id))
      .map(({ id, points }) => `${id} (${points})`);
    const duty = language === 'zh' ? clause.zh : (clause.en ?? clause.words.join(' '));
    return [clause.id, duty, code(clause.file), scenarios.join(', ')];
  });
}

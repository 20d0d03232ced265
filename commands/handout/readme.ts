/** The page that begins a handout: that of its labs, or one made of the declaration and the lab's own words. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readText } from '../../runtime/text-file';
import type { LabDeclaration } from '../../suite/scenario/lab-declaration';

const template = 'commands/handout/files/LAB.md';

/** `asked`: the labs that the handout is for; `stubs`: the files that students write. */
export function readmeFor(
  root: string,
  asked: readonly LabDeclaration[],
  stubs: readonly string[],
): string {
  const read = (file: string) => readText(path.join(root, file));
  const ready = asked.find(({ pages }) => pages !== undefined)?.pages;
  if (ready !== undefined) return read(ready.readme);
  const own = asked.map(({ folder }) => `${folder}/README.md`);
  const words: Record<string, string> = {
    title: capital(asked.map(({ title }) => title).join(', ')),
    about: own
      .filter((file) => existsSync(path.join(root, file)))
      .map((file) => read(file).trim())
      .join('\n\n'),
    stubs: stubs.map((file) => `- \`${file}\``).join('\n'),
    parts: asked.map(({ part }) => part).join(' '),
    system: asked[0]?.systems[0]?.name ?? '',
    'hand-in': stubs.join(' '),
  };
  const text = read(template).replace(/\{([a-z-]+)\}/g, (all, name) => words[name] ?? all);
  return text.replace(/\n{3,}/g, '\n\n');
}

/** The text without links to pages of this folder, which the handout does not have. */
export function withoutLinksTo(folder: string, text: string): string {
  const name = path.basename(folder);
  return text.replace(new RegExp(`\\[([^\\]]*)\\]\\((?:[^)\\s]*/)?${name}/[^)\\s]*\\)`, 'g'), '$1');
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

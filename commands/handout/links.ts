/** The links of Markdown pages, to other pages and to headings. */
import path from 'node:path';

/** Texts by file name, relative to the root of the handout, with slashes. */
export type Files = ReadonlyMap<string, string>;

/** Each link to a file or a heading that is not there, as `page: target`. */
export function brokenLinks(files: Files): string[] {
  return [...files].flatMap(([file, text]) =>
    file.endsWith('.md')
      ? linksIn(text).flatMap((link) => (leads(files, file, link) ? [] : [`${file}: ${link}`]))
      : [],
  );
}

/** The targets of all links but those to the web. */
function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function leads(files: Files, from: string, link: string): boolean {
  const [target = '', heading] = link.split('#');
  const file = target === '' ? from : path.posix.join(path.posix.dirname(from), target);
  const text = files.get(file);
  if (text === undefined) {
    const folder = `${file.replace(/\/$/, '')}/`;
    return heading === undefined && [...files.keys()].some((name) => name.startsWith(folder));
  }
  return heading === undefined || headingsOf(text).includes(heading);
}

/** As GitHub names them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

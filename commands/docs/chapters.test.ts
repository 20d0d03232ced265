/** The chapters for students are the same in each language: so neither is changed without the other. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import markdownIt, { type Token } from 'markdown-it';
import { brokenLinks } from '../handout/links';

const docs = path.resolve(__dirname, '../..', 'docs');
const chapters = pagesIn('lab');
const markdown = markdownIt({ html: true });

function pagesIn(folder: string): string[] {
  return readdirSync(path.join(docs, folder)).filter((name) => name.endsWith('.md'));
}

function tokensOf(page: string): Token[] {
  return markdown.parse(readFileSync(path.join(docs, page), 'utf8'), {});
}

/** Headings, paragraphs, rows and items in their order; code, and marks in comments, as they stand. */
function outline(page: string): string[] {
  return tokensOf(page).flatMap(({ type, tag, info, content }) => {
    if (type === 'fence') return [`${info}\n${content}`];
    if (type === 'html_block') return [content];
    return type.endsWith('_open') ? [tag] : [];
  });
}

/** Where the links lead, in the words of the English pages; in any order, as sentences differ. */
function targets(page: string): string[] {
  return inline(page)
    .flatMap((token) => (token.type === 'link_open' ? [token.attrGet('href') ?? ''] : []))
    .map((link) => path.posix.join(path.posix.dirname(page), link).replace(/^lab\/zh\//, 'lab/'))
    .sort();
}

function inline(page: string): Token[] {
  return tokensOf(page).flatMap(({ children }) => children ?? []);
}

test('each chapter is there in Chinese, and there is no other', () => {
  expect(chapters).toEqual(expect.arrayContaining(['README.md', '03-the-replicas.md']));
  expect(pagesIn('lab/zh')).toEqual(chapters);
});

describe.each(chapters)('%s', (name) => {
  const english = `lab/${name}`;
  const chinese = `lab/zh/${name}`;

  test('has the same headings, tables, lists, commands and output in both languages', () => {
    expect(outline(chinese)).toEqual(outline(english));
  });

  test('links to the same pages in both languages', () => {
    expect(targets(chinese)).toEqual(targets(english));
  });

  test('begins with a link to the other language', () => {
    const firstLines = (page: string) => readFileSync(path.join(docs, page), 'utf8').split('\n', 3);
    expect(firstLines(english)[2]).toBe(`[中文](zh/${name})`);
    expect(firstLines(chinese)[2]).toBe(`[English](../${name})`);
  });

  // Between characters without spaces, an underscore does not begin emphasis, and a star not always.
  test.each([english, chinese])('%s has no mark of emphasis that is shown as it stands', (page) => {
    const texts = inline(page).flatMap(({ type, content }) => (type === 'text' ? [content] : []));
    expect(texts.filter((text) => /\*\*|_\S.*\S_|`/.test(text))).toEqual([]);
  });

  test('breaks no Chinese sentence into lines, for a break is shown as a space', () => {
    expect(inline(chinese).filter(({ type }) => type === 'softbreak')).toEqual([]);
  });
});

test('no link in a chapter leads nowhere', () => {
  const names = readdirSync(docs, { recursive: true, encoding: 'utf8' });
  const pages = names
    .filter((name) => name.endsWith('.md'))
    .map((name) => [name, readFileSync(path.join(docs, name), 'utf8')] as const);
  const broken = brokenLinks(new Map(pages));
  expect(broken.filter((link) => link.startsWith('lab/'))).toEqual([]);
});

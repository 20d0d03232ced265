import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { plainText } from '../plain-text';
import { hostileReport, hostileText, sampleReport } from '../reports.testing';
import { type HandIn, renderClass } from '.';
import { pageScript } from './class-page-parts';

/** An element with its children in order, as the parser has it. */
type Element = Record<string, unknown> & { readonly ':@'?: Readonly<Record<string, string>> };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  preserveOrder: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
});

/** The page is well-formed XML, too, so that one can tell what is in it. */
function elementsOf(
  page: string,
): { name: string; attributes: Record<string, string>; text: string }[] {
  expect(XMLValidator.validate(page)).toBe(true);
  const walk = (elements: readonly Element[]): ReturnType<typeof elementsOf> =>
    elements.flatMap((element) => {
      const [name = ''] = Object.keys(element).filter((key) => key !== ':@');
      if (name === '#text') return [];
      const children = element[name] as Element[];
      return [{ name, attributes: element[':@'] ?? {}, text: textOf(children) }, ...walk(children)];
    });
  return walk(parser.parse(page));
}

function textOf(elements: readonly Element[]): string {
  return elements
    .flatMap((element) =>
      Object.entries(element).map(([name, inner]) => {
        if (name === ':@') return '';
        return name === '#text' ? String(inner) : textOf(inner as Element[]);
      }),
    )
    .join('');
}

const handIns: readonly HandIn[] = [
  { name: 'alice', report: sampleReport() },
  { name: 'bob <b>', error: 'no hand-in' },
];

test('tables of scores, of scenarios and of hand-ins', () => {
  const elements = elementsOf(renderClass(handIns, 'html', 'Lab 2'));
  const texts = (name: string) =>
    elements.filter((one) => one.name === name).map(({ text }) => text);
  expect(texts('title')).toEqual(['Lab 2']);
  expect(texts('p')).toEqual([
    '2 hand-ins, 1 graded, 1 could not be graded. Mean 2.0 points, median 2.',
  ]);
  expect(texts('caption')).toHaveLength(3);
  const rows = texts('tr');
  expect(rows).toContain('10 to 19 %1');
  expect(rows).toContain('A1what A1 is about21 of 10100 %');
  expect(rows).toContain('B3a secret name (hidden)50 of 100 %');
  expect(rows.find((row) => row.startsWith('alice'))).toMatch(/^alice2\/132\/40\/93Isolation: /);
  expect(rows).toContain('bob <b>----Could not be graded: no hand-in');
});

test('every table has a caption, every heading a scope, every column of numbers its order', () => {
  const elements = elementsOf(renderClass(handIns, 'html'));
  const count = (name: string) => elements.filter((one) => one.name === name).length;
  expect(count('caption')).toBe(count('table'));
  const headings = elements.filter(({ name }) => name === 'th');
  for (const { attributes } of headings) expect(attributes.scope).toMatch(/^(row|col)$/);
  const numbers = elements.filter(({ attributes }) => attributes.class === 'number');
  for (const { attributes } of numbers) expect(attributes['data-value']).toMatch(/^-?\d+$/);
  // A bar says nothing that is not written beside it.
  const bars = elements.filter(({ name }) => name === 'svg');
  for (const { attributes } of bars) expect(attributes['aria-hidden']).toBe('true');
});

test('the page asks nobody for anything, and only its own style and script may work', () => {
  const page = renderClass(handIns, 'html');
  expect(page).not.toMatch(
    /\b(src|href|srcset|action|data|poster)\s*=|url\(|@import|https?:|\bon\w+=/i,
  );
  const elements = elementsOf(page);
  const policy = elements.find(({ attributes }) => attributes['http-equiv'])?.attributes.content;
  for (const kind of ['style', 'script']) {
    const [, inner = ''] = new RegExp(`<${kind}>([^]*?)</${kind}>`).exec(page) ?? [];
    const hash = createHash('sha256').update(inner).digest('base64');
    expect(policy).toContain(`${kind}-src 'sha256-${hash}'`);
  }
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(elements.filter(({ attributes }) => attributes.style !== undefined)).toEqual([]);
});

/** Just enough of a document for the script of the page: one table with these cells in its column. */
function clickable(cells: readonly { textContent: string; dataset: { value?: string } }[]) {
  interface Row {
    readonly cells: readonly (typeof cells)[number][];
  }
  const body = {
    rows: cells.map((cell): Row => ({ cells: [cell] })),
    append(...rows: Row[]): void {
      body.rows = rows;
    },
  };
  const attributes = new Map<string, string>();
  const heading = {
    cellIndex: 0,
    parentElement: { children: [{ removeAttribute: () => attributes.clear() }] },
    closest: () => ({ tBodies: [body] }),
    getAttribute: (name: string) => attributes.get(name) ?? null,
    setAttribute: (name: string, value: string) => attributes.set(name, value),
  };
  let click = () => {};
  const button = {
    closest: () => heading,
    addEventListener: (_type: string, listener: () => void) => {
      click = listener;
    },
  };
  runInNewContext(pageScript, { document: { querySelectorAll: () => [button] } });
  return {
    click: () => click(),
    sorted: () => body.rows.map((row) => row.cells[0]?.textContent),
    order: () => attributes.get('aria-sort'),
  };
}

test('a click on a heading sorts by it, another one the other way round', () => {
  const numbers = clickable(
    ['9', '-1', '10'].map((value) => ({ textContent: `${value}/30`, dataset: { value } })),
  );
  numbers.click();
  expect([numbers.sorted(), numbers.order()]).toEqual([['-1/30', '9/30', '10/30'], 'ascending']);
  numbers.click();
  expect([numbers.sorted(), numbers.order()]).toEqual([['10/30', '9/30', '-1/30'], 'descending']);
  const texts = clickable(['B10', 'B9b', 'a'].map((text) => ({ textContent: text, dataset: {} })));
  texts.click();
  expect(texts.sorted()).toEqual(['a', 'B9b', 'B10']);
});

test('no hand-ins make a page as well', () => {
  expect(elementsOf(renderClass([], 'html')).find(({ name }) => name === 'p')?.text).toBe(
    '0 hand-ins, 0 graded. ',
  );
});

test('whatever hand-ins say is text, in its own row', () => {
  const handIn: fc.Arbitrary<HandIn> = fc.oneof(
    fc.record({ name: hostileText, report: hostileReport }),
    fc.record({ name: hostileText, error: hostileText }),
  );
  const shape = (page: string) => new Set(elementsOf(page).map(({ name }) => name));
  const usual = shape(renderClass(handIns, 'html'));
  fc.assert(
    fc.property(fc.array(handIn, { minLength: 1, maxLength: 3 }), (hostile) => {
      const page = renderClass(hostile, 'html');
      for (const name of shape(page)) expect(usual).toContain(name);
      const elements = elementsOf(page);
      expect(elements.filter(({ name }) => name === 'script')).toHaveLength(1);
      for (const { attributes } of elements) {
        expect(
          Object.keys(attributes).filter((name) => /^(on|style|src|href)/i.test(name)),
        ).toEqual([]);
      }
      const names = elements
        .filter(({ attributes }) => attributes.scope === 'row')
        .slice(-hostile.length);
      expect(names.map(({ text }) => text.replace(/\s+/g, ' '))).toEqual(
        hostile.map(({ name }) => plainText(name, Infinity).replace(/\s+/g, ' ')),
      );
    }),
    { numRuns: 30 },
  );
});

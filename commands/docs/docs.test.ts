import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { errorTable } from '../../runtime/errors';
import { constantsOf } from './constants';
import { pages, stalePages } from './pages';
import { fieldsOf } from './schema';

const root = path.resolve(__dirname, '../..');

/** The sources of the system, without tests; [name, text]. */
function sources(): [string, string][] {
  return ['runtime', 'viewservice', 'pbservice', 'client'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name): [string, string] => {
        const file = path.join(folder, name);
        return [file, readFileSync(path.join(root, file), 'utf8')];
      }),
  );
}

test('the generated pages are fresh (npm run docs writes them)', () => {
  expect(stalePages()).toEqual([]);
});

describe('docs/errors.md', () => {
  const page = pages['docs/errors.md']?.() ?? '';

  test.each(Object.keys(errorTable))('has a section on %s', (code) => {
    expect(page).toContain(`\n## ${code}\n`);
  });

  test('documents every code that the sources throw', () => {
    const thrown = sources().flatMap(([file, text]) =>
      [...text.matchAll(/RpcError\(\s*'([^']+)'/g)].map((match) => ({ file, code: match[1] })),
    );
    expect(thrown.length).toBeGreaterThan(15);
    for (const { file, code } of thrown) {
      expect({ file, code, documented: page.includes(`\n## ${code}\n`) }).toEqual({
        file,
        code,
        documented: true,
      });
    }
  });

  test('documents no code that nothing uses', () => {
    const texts = sources().filter(([file]) => file !== path.join('runtime', 'errors.ts'));
    const unused = Object.keys(errorTable).filter(
      (code) => !texts.some(([, text]) => text.includes(`'${code}'`)),
    );
    expect(unused).toEqual([]);
  });
});

describe('docs/reference/limits.md', () => {
  test.each([
    'maxPayloadBytes',
    'maxConnections',
    'heartbeatIntervalMs',
    'maxOutstanding',
    'maxHandling',
    'defaultRpcTimeoutMs',
    'pingIntervalMs',
    'deadPings',
    'maxKeyLength',
    'maxValueLength',
    'maxRememberedClients',
  ])('explains %s', (name) => {
    const row = pages['docs/reference/limits.md']?.()
      .split('\n')
      .find((line) => line.startsWith(`| \`${name}\` `));
    expect(row).toMatch(/\| [\d,]+ +\| [A-Z].{10,} \|$/);
  });

  test('has nothing without an explanation', () => {
    expect(pages['docs/reference/limits.md']?.()).not.toMatch(/\|\s+\|$/m);
  });
});

describe('docs/reference/protocol.md', () => {
  test('explains every field', () => {
    const page = pages['docs/reference/protocol.md']?.() ?? '';
    const lists = /\| (list of|object)/;
    const bare = page.split('\n').filter((line) => /\|\s+\|$/.test(line) && !lists.test(line));
    expect(bare.filter((line) => !line.startsWith('| ---'))).toEqual([]);
  });
});

describe('docs/report-format.md', () => {
  test('explains every field and every incident', () => {
    const page = pages['docs/report-format.md']?.() ?? '';
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^[| -]+$/.test(line));
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((line) => /\|\s+\|$/.test(line))).toEqual([]);
  });
});

test('constants are read with their comments', () => {
  const source = `
    interface Options {
      /** How many. Default 3. */
      readonly count: number;
    }
    /** The most of them. */
    export const most = 2 * 1_024;
    const least = 2 ** 3;
    const name = 'no number';
    export const options: Options = { count: 3 };
    const table = {
      /** Two
       *  lines. */
      wide: 7,
    } as const;
    function inner() { /** Not this. */ const hidden = 1; }
  `;
  expect(constantsOf(source)).toEqual([
    { name: 'most', value: 2_048, meaning: 'The most of them.' },
    { name: 'least', value: 8, meaning: 'The most of them.' },
    { name: 'count', value: 3, meaning: 'How many. Default 3.' },
    { name: 'wide', value: 7, meaning: 'Two lines.' },
  ]);
});

test('a schema becomes rows: bounds, null, words, lists, forms', () => {
  const schema = v.object({
    part: v.picklist(['head', 'tail']),
    who: v.nullable(v.pipe(v.string(), v.maxLength(9), v.description('Who.'))),
    what: v.optional(v.array(v.object({ n: v.pipe(v.number(), v.minValue(1)) }))),
    which: v.picklist(['left', 'right']),
    all: v.pipe(v.array(v.string()), v.maxLength(3)),
    any: v.array(v.unknown()),
    how: v.variant('by', [
      v.object({ by: v.literal('foot'), shoes: v.boolean() }),
      v.object({ by: v.literal('train') }),
    ]),
  });
  expect(fieldsOf(schema)).toEqual([
    { name: 'part', type: '"head" or "tail"', bounds: '', meaning: '' },
    { name: 'who', type: 'string or null', bounds: '0 to 9 long', meaning: 'Who.' },
    { name: 'what', type: 'list of objects', bounds: 'optional', meaning: '' },
    { name: 'what[].n', type: 'number', bounds: 'from 1', meaning: '' },
    { name: 'which', type: '"left" or "right"', bounds: '', meaning: '' },
    { name: 'all', type: 'list of strings', bounds: '0 to 3 of them', meaning: '' },
    { name: 'any', type: 'list of values', bounds: '', meaning: '' },
    { name: 'how', type: 'object, of 2 forms', bounds: '', meaning: '' },
    { name: 'how.by', type: '"foot" or "train"', bounds: '', meaning: 'Which form it has.' },
    { name: 'how.shoes', type: 'boolean', bounds: 'only with by "foot"', meaning: '' },
  ]);
});

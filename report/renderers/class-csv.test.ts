import fc from 'fast-check';
import { hostileReport, hostileText, sampleReport } from '../reports.testing';
import { type HandIn, renderClass } from '.';

/** Reads CSV as RFC 4180 has it; throws at anything else. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let rest = text;
  while (rest !== '') {
    const match = /^("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/.exec(rest);
    if (match === null) throw new Error(`no CSV: ${JSON.stringify(rest.slice(0, 50))}`);
    const [whole, cell = '', end] = match;
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    rest = rest.slice(whole.length);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function read(handIns: readonly HandIn[]): Record<string, string>[] {
  const [heading = [], ...rows] = parseCsv(renderClass(handIns, 'csv'));
  for (const row of rows) expect(row).toHaveLength(heading.length);
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [heading[i], cell])));
}

test('a row for each hand-in: sums, parts, scenarios, what else there is to say', () => {
  const [alice, bob] = read([
    { name: 'Alice, "A"', report: sampleReport() },
    { name: 'bob', error: 'no hand-in' },
  ]);
  expect(alice).toEqual({
    ...{ name: 'Alice, "A"', score: '2', 'max score': '13' },
    ...{ 'part A': '2', 'part A max': '4', 'part B': '0', 'part B max': '9' },
    ...{ A1: '2', A2: '0', B1: '', B2: '', B3: '0' },
    ...{ 'processor seconds': '101', 'memory MiB': '812', harms: '' },
    incidents:
      'hang, 2 times, for instance in A2: a tick of s1 did not settle | ' +
      'process exit, once, for instance in B3: a secret exit',
    'compile errors': "pbservice/server.ts: '}' expected",
    ...{
      missing: 'client/clerk.ts',
      ignored: 'pbservice/api.ts',
      isolation: 'process only',
      error: '',
    },
  });
  expect(bob).toMatchObject({ name: 'bob', score: '', A1: '', error: 'no hand-in' });
});

test('no hand-ins make a heading', () => {
  expect(renderClass([], 'csv')).toBe(
    'name,score,max score,processor seconds,memory MiB,harms,incidents,compile errors,missing,ignored,isolation,error\r\n',
  );
});

test.each(['=1+1', '+1', '-1', '@SUM(1)', '\t=1', ' =1', 'x;=1', 'x\t=1', '＝1', '"=1'])(
  'a spreadsheet takes %j for text',
  (name) => {
    const text = renderClass([{ name, error: '' }], 'csv').split('\r\n')[1] ?? '';
    // Whether it goes by commas, by semicolons or by tabs.
    for (const cell of text.split(/[,;\t]/)) expect(cell).not.toMatch(/^["\s]*[=+\-@＝＋－＠]/);
  },
);

test('whatever hand-ins say, the file is CSV, has a row for each, and no formula', () => {
  const handIn: fc.Arbitrary<HandIn> = fc.oneof(
    fc.record({ name: hostileText, report: hostileReport }),
    fc.record({ name: hostileText, error: hostileText }),
  );
  fc.assert(
    fc.property(fc.array(handIn, { maxLength: 4 }), (handIns) => {
      const rows = read(handIns);
      expect(rows).toHaveLength(handIns.length);
      rows.forEach((row, i) => {
        const one = handIns[i];
        const score = one !== undefined && 'report' in one ? `${one.report.score}` : '';
        expect(row.score).toBe(score);
        for (const cell of Object.values(row)) {
          expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]|[;\t]\s*[=+\-@＝＋－＠]/);
          expect(cell).not.toMatch(/[\r\n]/);
          expect(cell.length).toBeLessThan(32_767);
        }
      });
    }),
    { numRuns: 100 },
  );
});

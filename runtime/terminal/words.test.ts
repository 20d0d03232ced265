import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { eventInWords, reasonInWords, viewInWords, withNames } from './words';

const view = { viewnum: 3, primary: 'a:1', backup: 'b:2' };

test.each([
  ['view', view, 'view 3: primary a:1, backup b:2'],
  ['view', { ...view, backup: null }, 'view 3: primary a:1, no backup'],
  ['acknowledged', { viewnum: 3 }, 'the primary has acknowledged view 3'],
  ['entered-view', { ...view, role: 'primary' }, 'is primary in view 3, with backup b:2'],
  ['entered-view', { ...view, role: 'backup' }, 'is backup in view 3, of primary a:1'],
  ['entered-view', { ...view, role: 'idle' }, 'is idle in view 3'],
  ['view-service-back', {}, 'the view service answers again'],
  [
    'view-service-unreachable',
    { error: 'a:1: connect ECONNREFUSED 127.0.0.1:1' },
    'the view service does not answer (nobody listens there); keeps trying',
  ],
])('%s %j', (event, fields, sentence) => {
  expect(eventInWords(event, fields)).toBe(sentence);
});

test('a primary without a backup', () => {
  const fields = { ...view, backup: null, role: 'primary' };
  expect(eventInWords('entered-view', fields)).toBe('is primary in view 3, without a backup');
});

test('an event that is not known is shown as it is', () => {
  expect(eventInWords('my-event', { a: 1, b: 'two', c: [3] })).toBe('my-event a=1 b=two c=[3]');
  expect(eventInWords('toString', {})).toBe('toString');
});

test('so is one of a known name that lacks what the sentence needs', () => {
  expect(eventInWords('view', { viewnum: 3 })).toBe('view viewnum=3');
});

test('every event that the servers log has a sentence', () => {
  const sources = ['viewservice', 'pbservice'].flatMap((name) => {
    const folder = path.join(__dirname, '../..', name);
    const files = readdirSync(folder).filter((file) => /(?<!\.test)\.ts$/.test(file));
    return files.map((file) => readFileSync(path.join(folder, file), 'utf8'));
  });
  const logged = [...sources.join('').matchAll(/runtime\.log\('([\w-]+)'/g)].map(
    ([, name]) => name,
  );
  expect(logged.length).toBeGreaterThan(8);
  const all = { server: 'a:1', viewnum: 1, primary: 'a:1', backup: null, role: 'idle', error: 'e' };
  const bare = logged.filter((name = '') => eventInWords(name, all).startsWith(`${name} viewnum=`));
  expect(bare).toEqual([]);
});

test('view 0', () => {
  expect(viewInWords({ viewnum: 0, primary: null, backup: null })).toMatch(/^no view: /);
});

test('a wrong secret is explained', () => {
  expect(reasonInWords('a:1: the handshake was answered with 401')).toContain('--token-file');
});

describe('withNames', () => {
  const names = new Map([
    ['127.0.0.1:800', 's1'],
    ['127.0.0.1:8000', 's2'],
    ['[::1]:8', 's3'],
  ]);

  test('puts names in the place of addresses, and of whole addresses only', () => {
    const text =
      'from 127.0.0.1:800 to 127.0.0.1:8000, [::1]:8; not 127.0.0.1:80 or 1127.0.0.1:800';
    expect(withNames(text, names)).toBe('from s1 to s2, s3; not 127.0.0.1:80 or 1127.0.0.1:800');
  });

  test('knows nobody', () => {
    expect(withNames('127.0.0.1:800', new Map())).toBe('127.0.0.1:800');
  });
});

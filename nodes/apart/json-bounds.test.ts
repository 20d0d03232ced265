/** Output of a node's process is read in time that grows with its length alone, and within bounds. */
import fc from 'fast-check';
import { decodeAnswer, decodeAnswers } from './frames';
import { excessIn } from './json-bounds';

const bounds = { maxDepth: 64, maxParts: 1_000_000 };

/** How many characters are looked at in a text. */
function stepsFor(text: string): number {
  let steps = 0;
  excessIn(text, bounds, (done) => {
    steps = done;
  });
  return steps;
}

describe('the work grows as the text does', () => {
  test.each<[string, (size: number) => string]>([
    ['quotes that open and never close', (size) => '"\\'.repeat(size)],
    ['strings that are empty', (size) => `[${'"",'.repeat(size)}""]`],
    ['backslashes', (size) => `"${'\\\\'.repeat(size)}"`],
    ['a long string of escapes', (size) => `"${'\\\\n'.repeat(size)}"`],
    ['long strings without an end', (size) => `"${'x'.repeat(100)}\\\\`.repeat(size)],
    ['many long strings', (size) => `[${`"${'x'.repeat(300)}",`.repeat(size / 100)}""]`],
    ['brackets in strings', (size) => `["${'[{'.repeat(size)}"]`],
    ['pairs of brackets', (size) => '[]'.repeat(size)],
    ['no JSON at all', (size) => 'x'.repeat(size)],
  ])('%s', (_what, textOf) => {
    for (const size of [10_000, 100_000]) {
      expect(stepsFor(textOf(size))).toBeLessThanOrEqual(3 * textOf(size).length + 1);
    }
  });
});

test.each([
  ['[['.repeat(40), 'depth'],
  [`[${'0,'.repeat(1_100_000)}0]`, 'parts'],
  [`["${'[,{'.repeat(1_000_000)}"]`, undefined],
  ['[1, {"a": "]"}]'.padEnd(100), undefined],
])('%.20s... has too much %s', (text, excess) => {
  expect(excessIn(text, bounds)).toBe(excess);
});

/** The same, character by character. */
function excessOf(text: string, most: typeof bounds): 'depth' | 'parts' | undefined {
  let [depth, parts, inString] = [0, 0, false];
  for (let i = 0; i < text.length; i += 1) {
    const one = text[i] as string;
    if (inString) {
      if (one === '\\') i += 1;
      else if (one === '"') inString = false;
    } else if (one === '"') inString = true;
    else if ('[{'.includes(one)) [depth, parts] = [depth + 1, parts + 1];
    else if (']}'.includes(one)) depth -= 1;
    else if (one === ',') parts += 1;
    if (parts > most.maxParts) return 'parts';
    if (depth > most.maxDepth) return 'depth';
  }
  return undefined;
}

test('long strings end where they do, whatever is escaped in them', () => {
  const most = { maxDepth: 2, maxParts: 6 };
  const piece = fc.constantFrom(...'"\\[]{},a'.split(''), '\\"', 'x'.repeat(260), 'x'.repeat(255));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 3, maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      expect(excessIn(text, most)).toBe(excessOf(text, most));
    }),
    { numRuns: 3_000 },
  );
});

const log = (body: string) => ({ type: 'log', event: 'x', body });

describe('an answer', () => {
  test('is taken as it is', () => {
    const outputs = [
      log('{"a":[1,2]}'),
      { type: 'response', to: 's1', id: 1, body: '{"reply":1}' },
    ];
    expect(decodeAnswer(JSON.stringify(outputs))).toEqual(outputs);
    const turns = [[1.5, ...outputs], [0]];
    expect(decodeAnswers(JSON.stringify(turns), 2)).toEqual([
      { processorMs: 1.5, outputs },
      { processorMs: 0, outputs: [] },
    ]);
    expect(() => decodeAnswers('[[-1]]', 1)).toThrow('it went round the framework');
  });

  test.each<[string, string, string]>([
    ['with too many outputs', `[${'0,'.repeat(60_000)}0]`, 'more than 11000 things at one input'],
    ['with too many values', `[${'0,'.repeat(2_000_000)}0]`, 'more than 1000000 values'],
    ['that is deep', '['.repeat(1e6), 'more than 4 deep'],
    ['with a deep body', JSON.stringify([log('['.repeat(1e6))]), 'a log nests its values more'],
    ['with a long body', JSON.stringify([log(`[${'0,'.repeat(2e6)}0]`)]), 'a log has more than'],
    ['of another kind', '{}', 'it went round the framework'],
    ['that is no JSON', 'hello', 'it went round the framework'],
    ['of nobody', '[{"type":"score"}]', 'it went round the framework'],
    [
      'without a result',
      JSON.stringify([{ ...log('1'), type: 'return', id: 1 }]),
      'neither an error nor a reply',
    ],
  ])('%s is a fault', (_what, line, message) => {
    expect(() => decodeAnswer(line)).toThrow(message);
  });

  test('for other turns than were taken is a fault', () => {
    expect(() => decodeAnswers('[[]]', 2)).toThrow('expected the answers of 2 turns');
  });
});

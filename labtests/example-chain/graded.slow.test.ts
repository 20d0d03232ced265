/** The example graded as a class is, behind walls: the verdicts are those of npm test (chain.test.ts). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { grade } from '../../grading/grade';

const server = 'pbservice/chain/chain-server.ts';
const source = readFileSync(path.join(__dirname, '../..', server), 'utf8');

test.each([
  ['a right chain', source],
  [
    'a chain that breaks nothing but an invariant, which reads what servers say of themselves,',
    source.replace('writes: this', 'writes: Number(this.options.next === null) + this'),
  ],
])(
  '%s gets all points',
  async (name, text) => {
    expect(text === source).toBe(name === 'a right chain');
    const files = new Map([[server, Buffer.from(text)]]);
    const report = await grade({ handIn: 'alice', files, parts: ['L'], seedsOf: () => [1] });
    expect(report.parts[0]?.scenarios.map(({ failure }) => failure)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([report.score, report.maxScore]).toEqual([6, 6]);
  },
  180_000,
);

/** npm run explore without the command line: what it prints, keeps and returns. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { solutionFiles, writeSolution } from '../../labtests/broken-solutions/broken-solution';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { type CommandOptions, describeViolation, deviationOf, exploreCommand } from './explore';

function optionsFor(root: string, regressions: string, lines: string[]): CommandOptions {
  return {
    setting: { work: ['aa'], servers: 2, crashes: 1, seed: 1, staged: true },
    deviations: 1,
    seconds: Number.POSITIVE_INFINITY,
    memoryMib: 8_192,
    samples: 0,
    root,
    regressions,
    paint: (_style, text) => text,
    print: (text) => lines.push(text),
    showProgress: () => undefined,
    isInterrupted: () => false,
  };
}

test('a violation is printed, kept, and tried first the next time', async () => {
  const folder = temporaryFolder('viewlab-regressions-');
  try {
    await withWrongSolution('primary-answers-before-backup', async (root) => {
      const first: string[] = [];
      const found = await exploreCommand(optionsFor(root, folder, first));
      expect(found.exitCode).toBe(1);
      expect(found.json).toMatchObject({
        exhaustive: false,
        bound: { deviations: 1, crashes: 1, servers: 2 },
        violation: { kind: 'not linearizable', schedule: expect.stringMatching(/^explore:a/) },
      });
      const text = first.join('\n');
      expect(text).toContain('VIOLATION: not linearizable');
      expect(text).toContain('npm run replay -- explore:');
      expect(text).toMatch(/Covered: all schedules of .* with no deviation, exhaustive; of those/);
      expect(text).not.toContain('verified');
      expect(readdirSync(folder)).toHaveLength(1);

      const second: string[] = [];
      const again = await exploreCommand(optionsFor(root, folder, second));
      expect(again.exitCode).toBe(1);
      expect(second.join('\n')).toContain('A schedule that failed before still fails');
    });
    // Where the flaw is repaired, the kept schedule passes, and exploring goes on.
    const repaired: string[] = [];
    const root = path.join(__dirname, '../..');
    const { exitCode, json } = await exploreCommand(optionsFor(root, folder, repaired));
    expect(exitCode).toBe(0);
    expect(Object.keys(json)).toEqual(
      expect.arrayContaining([
        ...['states', 'transitions', 'handlerExecutions', 'statesPerSecond'],
        ...['transitionsPerSecond', 'bound', 'exhaustive', 'peakRssMiB', 'violation'],
      ]),
    );
    expect(json).toMatchObject({ exhaustive: true, violation: null });
    expect(repaired.join('\n')).toMatch(
      /Covered: all schedules of 1 client x 2 operations .*, exhaustive/,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a stub is no violation: it is named, and nothing is kept or shrunk', async () => {
  const file = 'pbservice/server.ts';
  const source = solutionFiles().get(file) ?? '';
  const start = '  async start(): Promise<void> {\n';
  const stub = `${start}    throw notImplemented('${file}', 'PbServer.start');\n`;
  const text = source.replace(start, stub);
  const imported = `import { notImplemented } from '../runtime/errors';\n${text}`;
  const solution = writeSolution(new Map(solutionFiles()).set(file, imported));
  const folder = temporaryFolder('viewlab-explore-');
  const lines: string[] = [];
  try {
    const { exitCode } = await exploreCommand(optionsFor(solution.root, folder, lines));
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toBe(
      'Nothing to explore before it is written: PbServer.start in pbservice/server.ts is not implemented yet',
    );
    expect(lines.join('\n')).not.toContain('VIOLATION');
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    solution.remove();
    rmSync(folder, { recursive: true });
  }
});

test.each([
  [-1, 2, '0 of 2 deviations'],
  [0, 2, '1 of 2 deviations'],
  [2, 2, '2 of 2 deviations'],
  [1, 1, '1 of 1 deviation'],
])('how far it is never says more than there is: %d of %d', (exhausted, most, text) => {
  expect(deviationOf(exhausted, most)).toBe(text);
});

test('what a solution threw steers no terminal', () => {
  const failure = {
    kind: 'broken code',
    expected: 'a',
    actual: '\u001b[2J',
    details: ['\u009b'],
  } as const;
  expect(describeViolation(failure, 'explore:a.s2.k1:', [])).not.toMatch(/[^\P{C}\n]/u);
});

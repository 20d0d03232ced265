/** npm run explore without the command line: what it prints, keeps and returns. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withWrongSolution } from '../../zoo/with-wrong-solution';
import { type CommandOptions, exploreCommand } from './command';

function optionsFor(root: string, regressions: string, lines: string[]): CommandOptions {
  return {
    setting: { work: ['aa'], servers: 2, crashes: 1, seed: 1, staged: true },
    deviations: 1,
    seconds: 50,
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
  const folder = mkdtempSync(path.join(tmpdir(), 'viewlab-regressions-'));
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
    const root = path.join(__dirname, '../../..');
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
}, 60_000);

/** Right solutions run with seeds of their own, and whoever fails is told with what runs it again. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { UsageError } from '../../runtime/terminal/exit';
import { allScenarios } from '../catalogue';
import { type SoakRightOptions, soakRight } from './soak-right';

jest.setTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-soak-right-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A solution that differs in one line of the rules of views. */
function write(name: string, before: string, after: string): void {
  const diff = `--- a/viewservice/rules.ts\n+++ b/viewservice/rules.ts\n${hunk(before, after)}`;
  mkdirSync(path.join(folder, 'solutions'), { recursive: true });
  writeFileSync(path.join(folder, 'solutions', `${name}.diff`), `Design: A test.\n\n${diff}`);
}

function hunk(before: string, after: string): string {
  const lines = readFileSync(path.join(__dirname, '../../viewservice/rules.ts'), 'utf8').split(
    '\n',
  );
  const at = lines.indexOf(before) + 1;
  expect(at).toBeGreaterThan(0);
  return `@@ -${at},1 +${at},1 @@\n-${before}\n+${after}\n`;
}

const isAlive = '  return record.missedPings < deadPings;';

async function soaked(changes: Partial<SoakRightOptions> = {}) {
  const lines: string[] = [];
  const exitCode = await soakRight({
    folder: path.join(folder, 'solutions'),
    ...{ only: '', runs: 3, firstSeed: 5_000, keptIn: path.join(folder, 'kept') },
    scenarios: allScenarios().filter(({ id }) => id === 'A5a' || id === 'B26'),
    interrupted: new Promise(() => undefined),
    print: (line) => lines.push(line),
    ...changes,
  });
  return { exitCode, lines };
}

test('each solution has its line, and there is a total', async () => {
  write('late', isAlive, '  return record.missedPings <= deadPings;');
  write('same', isAlive, `${isAlive} // as usual`);
  const { exitCode, lines } = await soaked();
  expect(lines).toEqual([
    '2 solutions, seeds 5000 to 5002 (--seed 5000)',
    'late: 6 runs, 0 failed',
    'same: 6 runs, 0 failed',
    '2 solutions, 12 runs, 0 failed',
  ]);
  expect(exitCode).toBe(0);
  expect((await soaked({ only: 'la' })).lines.at(-1)).toBe('1 solutions, 6 runs, 0 failed');
  await expect(soaked({ only: 'nobody' })).rejects.toThrow(UsageError);
  await expect(soaked({ folder: path.join(folder, 'no') })).rejects.toThrow(/^expected a folder/);
});

test('whoever fails does not end it, and is kept with the command that runs it again', async () => {
  write('hasty', isAlive, '  return record.missedPings < deadPings - 2;');
  const { exitCode, lines } = await soaked();
  expect(exitCode).toBe(1);
  expect(lines).toContain('hasty: 6 runs, 6 failed');
  const again = lines.find((line) => line.includes('npm run replay -- A5a:5001 --hand-in'));
  const kept = path.join(folder, 'kept', 'hasty');
  expect(again).toContain(path.relative(process.cwd(), kept));
  expect(readFileSync(path.join(kept, 'viewservice/rules.ts'), 'utf8')).toContain('deadPings - 2');
  expect(existsSync(path.join(kept, 'client/clerk.ts'))).toBe(true);
});

test('who does not want to wait gets what there is', async () => {
  write('same', isAlive, `${isAlive} // as usual`);
  const { exitCode, lines } = await soaked({ interrupted: Promise.resolve() });
  expect(exitCode).toBe(130);
  expect(lines.at(-1)).toMatch(/^0 solutions, \d runs, 0 failed$/);
});

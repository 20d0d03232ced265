/** A process that finds no room at first is started again, and given up in the end. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../runtime/temporary-folder';
import { HangLimits } from './hang-limits';
import { Incidents } from './incidents';
import { PatientChild } from './patient-child';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-patient-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that cannot start so many times, and then waits as a node's does. */
function starting(failures: number) {
  const program = `
    cd "$1"; printf x >> starts
    if [ "$(wc -c < starts)" -le ${failures} ]; then
      echo "bwrap: Creating new namespace failed: Resource temporarily unavailable" >&2; exit 1
    fi
    printf '[]\\n' >&4; cat <&3 >/dev/null`;
  const launch = { command: 'sh', args: ['-c', program, 'sh', folder] };
  const incidents = new Incidents();
  const common = { hangs: new HangLimits(60_000), incidents };
  const starts = () => readFileSync(path.join(folder, 'starts'), 'utf8').length;
  return { child: new PatientChild(launch, common), incidents, starts };
}

test('it is tried again, and nobody is blamed', async () => {
  const { child, incidents, starts } = starting(2);
  await child.untilReady();
  expect([child.isFit, starts(), incidents.take()]).toEqual([true, 3, []]);
  await child.end();
}, 60_000);

test('it is given up after some tries, with what the wall said', async () => {
  const { child, incidents, starts } = starting(1_000);
  await expect(child.untilReady()).rejects.toThrow('Resource temporarily unavailable');
  await expect(child.ask({ type: 'check' })).rejects.toMatchObject({ kind: null });
  expect([starts(), incidents.take()]).toEqual([5, []]);
  await child.end();
}, 60_000);

test('ended while it waits, it is not started any more', async () => {
  const { child, starts } = starting(1_000);
  while (true) {
    try {
      if (starts() >= 2) break;
    } catch {
      // It has not begun.
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await child.end();
  await expect(child.untilReady()).rejects.toThrow();
  expect(starts()).toBeLessThan(5);
}, 60_000);

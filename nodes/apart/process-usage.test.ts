import { spawnSync } from 'node:child_process';
import { usageOf, usagesIn } from './process-usage';

const listing = `
    1     0 00:00:02
   10     1 00:01:00
   11    10 1-02:00:01
   20     1   0:01.25
`;

test('a listing of ps tells the time of a process and all that descend from it', () => {
  const [first, ten, eleven, twenty, gone, none] = usagesIn(listing, [
    1,
    10,
    11,
    20,
    99,
    undefined,
  ]);
  expect(eleven?.cpuMs).toBe(26 * 3_600_000 + 1_000);
  expect(ten?.cpuMs).toBe(60_000 + 26 * 3_600_000 + 1_000);
  // As macOS writes it.
  expect(twenty?.cpuMs).toBe(1_250);
  expect(first?.cpuMs).toBe(2_000 + 60_000 + 26 * 3_600_000 + 1_000 + 1_250);
  expect([gone, none]).toEqual([undefined, undefined]);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('the kernel and ps tell the same', () => {
  const { stdout } = spawnSync('ps', ['-Ao', 'pid=,ppid=,time='], { encoding: 'utf8' });
  const [listed] = usagesIn(stdout, [process.pid]);
  const ofKernel = usageOf(process.pid)?.cpuMs ?? 0;
  // It leaves parts of a second away, and children that have ended.
  expect(listed?.cpuMs).toBeLessThanOrEqual(ofKernel);
});

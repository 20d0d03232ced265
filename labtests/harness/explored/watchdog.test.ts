import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(__dirname, '../../..');

test('a node that loops for ever ends the process, with a line that says where', () => {
  const program = `
    require('./runtime/typescript.cjs').register();
    const { watchOver } = require('./labtests/harness/explored/watchdog.ts');
    const watchdog = watchOver('explore', 100);
    watchdog.entered('s1', 'a tick');
    watchdog.left();
    setTimeout(() => {
      watchdog.entered('s2', 'its start');
      for (;;) {}
    }, 10);
  `;
  const { signal, stderr } = spawnSync(process.execPath, ['-e', program], { cwd: root });
  expect(String(stderr)).toBe(
    'explore: s2 did not come back from its start in 0.1 s: an endless loop?\n',
  );
  expect(signal).toBe('SIGKILL');
}, 60_000);

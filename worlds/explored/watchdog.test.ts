/** The thread that sees a node hang: in the same words as npm test, with the place in the solution. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../runtime/temporary-folder';

const root = path.join(__dirname, '../..');

/** What the main thread does in the end: it never comes back. */
function lastWords(loop: string) {
  const program = `
    require('./runtime/typescript.cjs').register();
    const { watchOver } = require('./worlds/explored/watchdog.ts');
    const watchdog = watchOver('explore', 100);
    watchdog.onInput('s1', 'a tick');
    watchdog.onSettled();
    setTimeout(() => {
      watchdog.onInput('s2', 'its start');
      ${loop}
    }, 10);
  `;
  const { signal, stderr } = spawnSync(process.execPath, ['-e', program], { cwd: root });
  expect(signal).toBe('SIGKILL');
  return String(stderr);
}

test('a node that loops for ever ends the process, with a line that says so', () => {
  expect(lastWords('for (;;) {}')).toBe(
    'explore: s2 did not come back from its start: an endless loop? (ended after 0.1 s of computing)\n',
  );
});

test('where it loops in the solution is said, wherever the solution is', () => {
  const folder = temporaryFolder('viewlab-watchdog-');
  try {
    const file = path.join(folder, 'pbservice', 'server.js');
    mkdirSync(path.dirname(file));
    writeFileSync(file, 'exports.search = function search() {\n  for (;;) Math.sqrt(2);\n};\n');
    expect(lastWords(`require(${JSON.stringify(file)}).search();`)).toBe(
      'explore: s2 did not come back from its start: an endless loop in search, pbservice/server.js:2 ' +
        '(ended after 0.1 s of computing)\n',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

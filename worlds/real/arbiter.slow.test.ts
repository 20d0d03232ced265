/**
 * Replicas under real servers of etcd and ZooKeeper. Here are the shortest of the scenarios; all of
 * them: `npm run test:real -- --arbiter etcd`.
 */

import { arbiterKinds, formatArbiterUrl } from '../../arbiter/arbiter-url';
import { LocalService, whyNotHere } from '../../arbiter/local/local-service';
import { runArbiterScenario } from '../../commands/test-real/arbiter-suite';
import { endPrograms, runProgram, startProgram } from '../../runtime/terminal/programs.testing';

/** Generous: a busy machine is no failure. */
const seed = 1;
const subset = ['C1', 'C4'];

describe.each(arbiterKinds)('%s', (kind) => {
  const why = process.platform === 'win32' ? 'Windows has no SIGSTOP' : whyNotHere(kind);
  if (why !== undefined && process.env.CI !== 'true') {
    test.skip.each(subset)(`%s is skipped: ${why}`, () => undefined);
    return;
  }
  test.each(subset)('%s passes with real servers', async (id) => {
    expect(why).toBeUndefined();
    const { failure } = await runArbiterScenario(id, kind, seed);
    expect(failure).toBeNull();
  });

  test('the programs find each other through it, and give their leases back', async () => {
    const service = await LocalService.start(kind);
    try {
      const where = ['--arbiter', formatArbiterUrl(service.url)];
      const [first, second] = [1, 2].map(() =>
        startProgram('pbservice/main', ['--port', '0', ...where]),
      );
      await Promise.all(
        [first, second].map((program) => program?.until(/is backup in view|is primary in view 2/)),
      );
      expect((await runProgram('client/main', [...where, 'put', 'k', 'v'])).stdout).toBe('ok\n');
      first?.child.kill('SIGTERM');
      expect(await first?.ended()).toBe(0);
      expect((await runProgram('client/main', [...where, 'get', 'k'])).stdout).toBe('v\n');
      expect(second?.stdout()).toMatch(/is primary in view \d/);
    } finally {
      await endPrograms();
      await service.stop();
    }
  });
});

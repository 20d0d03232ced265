/** `npm start -- --arbiter etcd`: in a partition one side refuses, and nothing diverges. */

import { arbiterKinds } from '../arbiter/arbiter-url';
import { whyNotHere } from '../arbiter/local/local-service';
import { endPrograms, runProgram } from '../runtime/terminal/programs.testing';

afterEach(endPrograms);

describe.each(arbiterKinds)('%s', (kind) => {
  const why = whyNotHere(kind);
  const testHere = why === undefined || process.env.CI === 'true' ? test : test.skip;

  testHere(`one side of a partition refuses${why === undefined ? '' : ` (${why})`}`, async () => {
    const script = [
      'put a 1',
      `partition s1 | s2 s3 ${kind}`,
      // Cut off from its backup, and soon from its lease.
      'put a 2 @s1',
      // The clerk beside s2 waits until s2 takes over.
      'put a 3 @s2',
      'heal',
      'get a',
      `kill ${kind}`,
      `restart ${kind}`,
      'append a 4',
      'get a',
      'status',
    ];
    const { exitCode, stdout } = await runProgram('scripts/cluster', ['--arbiter', kind], {
      input: script.map((line) => `${line}\n`).join(''),
    });
    const conversation = stdout
      .replace(/^\d\d:\d\d:\d\d\.\d{3} .*\n/gm, '')
      .replace(/^.*: still waiting: .*\n/gm, '')
      .replace(/ \(\d+ ms\)| \(\d+\.\d+ s\)/g, '');
    const start = conversation.indexOf('> put a 1');
    expect(conversation.slice(start, conversation.indexOf('> kill'))).toBe(`> put a 1
put a 1: ok
> partition s1 | s2 s3 ${kind}
partitioned: s1, client | s2, s3, ${kind}
> put a 2 @s1
put a 2 @s1: gave up after 5000 ms; the operation may have taken effect (timeout)
> put a 3 @s2
put a 3 @s2: ok
> heal
healed: everybody reaches everybody again
> get a
get a: "3"
`);
    expect(conversation).toContain('append a 4: ok\n> get a\nget a: "34"\n');
    expect(stdout).toMatch(/ s1 {2}its lease may have ended, as .* did not renew it in time/);
    expect(stdout).toMatch(new RegExp(`^ {2}${kind} +running +pid \\d+ .* decides$`, 'm'));
    // The write that was given up.
    expect(exitCode).toBe(1);
  });
});

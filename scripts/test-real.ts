/** npm run test:real: the scenarios of part B on real processes, real sockets and the real clock. */

import { randomInt } from 'node:crypto';
import yargs from 'yargs';
import { arbiterKinds } from '../arbiter/arbiter-url';
import { testArbiter } from '../commands/test-real/arbiter-suite';
import { testReal } from '../commands/test-real/suite';
import { allScenarios } from '../labtests/catalogue';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';
import { whyNoPause } from '../runtime/terminal/processes';
import { skipOption } from '../suite/scenario/selection';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'test:real',
  synopsis: '[--only B4,B13] [--skip B9] [--seed N] [--arbiter etcd|zookeeper [--runs N]]',
  about:
    'Runs the scenarios of part B in the real world: servers are processes, faults are made by\n' +
    'signals and by proxies between them. Takes some minutes.',
  examples: [
    ['', 'all of them'],
    ['--only B4,B9b', 'two scenarios'],
    ['--only B9', 'all scenarios of a case'],
    [
      '--arbiter etcd',
      'with etcd in the place of the view service, and C1 to C6 about etcd itself',
    ],
    ['--arbiter zookeeper --runs 200', 'faults at random, 200 times, with ZooKeeper'],
  ],
  epilogue: 'Exit codes: 0 all pass, 1 one fails, 2 used wrongly.',
})
  .options({
    only: {
      describe: 'Only these scenarios, separated by commas',
      type: 'string',
      requiresArg: true,
      coerce: text('only', 'scenarios like B4,B13') as (given: unknown) => string | undefined,
    },
    skip: skipOption,
    seed: {
      describe: 'Decides what scenarios draw; a fresh one unless given',
      requiresArg: true,
      coerce: (given: unknown) =>
        given === undefined
          ? undefined
          : wholeNumber('seed', { min: 0, max: Number.MAX_SAFE_INTEGER })(given),
    },
    arbiter: {
      describe: 'The service that decides in the place of the view service; it must be installed',
      choices: arbiterKinds,
      requiresArg: true,
    },
    runs: {
      describe:
        'With --arbiter: so many runs with faults at random (or of --only), each its own seed',
      requiresArg: true,
      coerce: (given: unknown) =>
        given === undefined ? undefined : wholeNumber('runs', { min: 1, max: 1_000_000 })(given),
    },
  })
  .parseSync();

void runMain('test:real', async () => {
  refuseWords(argv._);
  const why = whyNoPause();
  if (why !== undefined) throw new UsageError(why);
  const { arbiter, runs, seed, skip } = argv;
  if (arbiter === undefined) {
    if (runs !== undefined) throw new UsageError('--runs needs --arbiter');
    return testReal(allScenarios(), { only: argv.only, skip, seed });
  }
  const print = (text: string) => console.log(text);
  const drawn = seed ?? randomInt(1_000_000);
  const options = { arbiter, only: argv.only, skip, runs, print, seed: drawn };
  return testArbiter(allScenarios(), options);
});

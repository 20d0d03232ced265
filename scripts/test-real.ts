/** npm run test:real: the scenarios of part B on real processes, real sockets and the real clock. */
import yargs from 'yargs';
import { arbiterKinds } from '../arbiter/open';
import { allScenarios } from '../labtests/catalogue';
import { freshSeed } from '../labtests/harness/jest/settings';
import { testArbiter } from '../labtests/harness/real/arbiter-suite';
import { testReal } from '../labtests/harness/real/suite';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'test:real',
  synopsis: '[--only B4,B13] [--seed N] [--arbiter etcd|zookeeper [--runs N]]',
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
  if (process.platform === 'win32') {
    throw new UsageError('needs a system with SIGSTOP and SIGCONT, which Windows is not');
  }
  const only = argv.only?.split(',').map((name) => name.trim()) ?? [];
  const { arbiter, runs, seed } = argv;
  if (arbiter === undefined) {
    if (runs !== undefined) throw new UsageError('--runs needs --arbiter');
    return testReal(allScenarios(), { only, seed });
  }
  const print = (text: string) => console.log(text);
  const options = { arbiter, only, runs, print, seed: seed ?? freshSeed() };
  return testArbiter(allScenarios(), options);
});

/** npm run test:real: the scenarios of part B on real processes, real sockets and the real clock. */
import yargs from 'yargs';
import { allScenarios } from '../labtests/catalogue';
import { testReal } from '../labtests/harness/real/suite';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'test:real',
  synopsis: '[--only B4,B13] [--seed N]',
  about:
    'Runs the scenarios of part B in the real world: servers are processes, faults are made by\n' +
    'signals and by proxies between them. Takes some minutes.',
  examples: [
    ['', 'all of them'],
    ['--only B4,B9b', 'two scenarios'],
    ['--only B9', 'all scenarios of a case'],
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
  })
  .parseSync();

void runMain('test:real', async () => {
  refuseWords(argv._);
  if (process.platform === 'win32') {
    throw new UsageError('needs a system with SIGSTOP and SIGCONT, which Windows is not');
  }
  const only = argv.only?.split(',').map((name) => name.trim()) ?? [];
  return testReal(allScenarios(), { only, seed: argv.seed });
});

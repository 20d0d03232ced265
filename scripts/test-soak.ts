/** npm run test:soak: the whole catalogue over and over; the reference must never fail. */
import { randomInt } from 'node:crypto';
import path from 'node:path';
import yargs from 'yargs';
import { soak } from '../commands/soak/soak';
import { soakSwept } from '../commands/soak/soak-swept';
import { allScenarios } from '../labtests/catalogue';
import { soakRight } from '../labtests/zoo/soak-right';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { endAtOnce, runMain, UsageError } from '../runtime/terminal/exit';
import { select, skipOption } from '../suite/scenario/selection';
import { modelNames } from '../worlds/coordination/programs';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'test:soak',
  synopsis:
    '[--runs 1000] [--seed N] [--scenarios B9,B29] [--skip B36,B37] [--solutions FOLDER [--only NAME]]',
  about: 'Runs all scenarios in the simulated world over and over, each time with another seed.',
  examples: [
    ['--runs 1000', 'a thousand times all scenarios'],
    ['--runs 10 --seed 500', 'seeds 500 to 509'],
    ['--solutions labtests/zoo/right --runs 300', 'each right solution of the zoo, fresh seeds'],
    ['--arbiter etcd', 'part B with a model of etcd in the place of the view service'],
    ['--arbiter etcd --swept --runs 1', 'every single fault at every step, under that model'],
  ],
})
  .options({
    runs: {
      describe: 'How many times all scenarios run',
      requiresArg: true,
      default: 100,
      coerce: wholeNumber('runs', { min: 1, max: 1_000_000 }),
    },
    seed: {
      describe:
        'The first seed; the following runs take the next ones. Default: 1000, and with --solutions ' +
        'one that is drawn and printed',
      requiresArg: true,
      coerce: wholeNumber('seed', { min: 0, max: 2 ** 40 }),
    },
    arbiter: {
      describe: 'The model of a coordination service that decides; only part B then',
      choices: modelNames,
      requiresArg: true,
    },
    scenarios: {
      describe: 'These scenarios alone, for instance B9,B29',
      requiresArg: true,
      coerce: text('scenarios', 'scenarios with commas between them'),
    },
    skip: skipOption,
  })
  .options({
    swept: {
      describe: 'With --arbiter: every single fault at every step of a fixed workload, instead',
      type: 'boolean',
      default: false,
    },
    solutions: {
      describe: 'Instead of this solution: those in a folder, diffs over it or folders with files',
      requiresArg: true,
      coerce: text('solutions', 'the name of a folder'),
    },
    only: {
      describe: 'With --solutions: those whose name begins with this',
      requiresArg: true,
      coerce: text('only', 'the name of a solution, or its beginning'),
    },
  })
  .parseSync();

/** Beyond all seeds that the catalogue and its tests use; what replays a run is read as a number. */
const freshFrom = 1_000_000;
const freshTo = 2 ** 31;

/** Resolves at the first Ctrl-C; whoever insists does not want to wait. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      process.once('SIGINT', () => endAtOnce(130));
      resolve();
    });
  });
}

void runMain('test:soak', () => {
  refuseWords(argv._);
  const root = path.resolve(__dirname, '..');
  const print = (line: string) => console.log(line);
  const { runs, arbiter, swept, solutions, only, skip } = argv;
  if (swept && (skip ?? argv.scenarios) !== undefined) {
    throw new UsageError('--swept runs no scenarios: leave out --skip, --scenarios');
  }
  const scenarios = select(allScenarios(), { only: argv.scenarios, skip }).chosen;
  if (solutions !== undefined) {
    if (arbiter !== undefined || swept) {
      throw new UsageError(
        '--solutions runs them with the view service: leave out --arbiter, --swept',
      );
    }
    const firstSeed = argv.seed ?? randomInt(freshFrom, freshTo);
    const keptIn = path.join(root, 'store', 'soak');
    const options = { folder: solutions, only: only ?? '', scenarios, runs, firstSeed, keptIn };
    return soakRight({ ...options, print, interrupted: interruption() });
  }
  if (only !== undefined) throw new UsageError('--only goes with --solutions');
  const { seed: firstSeed = 1_000 } = argv;
  if (!swept) return soak({ runs, firstSeed, root, arbiter, scenarios, print });
  if (arbiter === undefined) {
    throw new UsageError('--swept goes with an arbiter: add --arbiter etcd or --arbiter zookeeper');
  }
  return soakSwept({ runs, firstSeed, root, arbiter, print });
});

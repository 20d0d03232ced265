/** npm run test:soak: the whole catalogue over and over; the reference must never fail. */
import path from 'node:path';
import yargs from 'yargs';
import { modelNames } from '../labtests/harness/coordination/programs';
import { soakSwept } from '../labtests/harness/coordination/soak-swept';
import { soak } from '../labtests/harness/runner/soak';
import { wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'test:soak',
  synopsis: '[--runs 1000] [--seed N]',
  about: 'Runs all scenarios in the simulated world over and over, each time with another seed.',
  examples: [
    ['--runs 1000', 'a thousand times all scenarios'],
    ['--runs 10 --seed 500', 'seeds 500 to 509'],
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
      describe: 'The first seed; the following runs take the next ones',
      requiresArg: true,
      default: 1_000,
      coerce: wholeNumber('seed', { min: 0, max: 2 ** 40 }),
    },
    arbiter: {
      describe: 'The model of a coordination service that decides; only part B then',
      choices: modelNames,
      requiresArg: true,
    },
  })
  .options({
    swept: {
      describe: 'With --arbiter: every single fault at every step of a fixed workload, instead',
      type: 'boolean',
      default: false,
    },
  })
  .parseSync();

void runMain('test:soak', () => {
  refuseWords(argv._);
  const root = path.resolve(__dirname, '..');
  const print = (text: string) => console.log(text);
  const { runs, seed: firstSeed, arbiter, swept } = argv;
  if (!swept) return soak({ runs, firstSeed, root, arbiter, print });
  if (arbiter === undefined) {
    throw new UsageError('--swept goes with an arbiter: add --arbiter etcd or --arbiter zookeeper');
  }
  return soakSwept({ runs, firstSeed, root, arbiter, print });
});

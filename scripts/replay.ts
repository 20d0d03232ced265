/** npm run replay -- B4:17: runs a scenario again with a seed and shows what happens. */
import path from 'node:path';
import yargs from 'yargs';
import { replay } from '../labtests/harness/runner/replay';
import { wholeNumber } from '../runtime/terminal/arguments';
import { commandLine } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'replay',
  synopsis: 'SCHEDULE [options]',
  about:
    'Runs one scenario with one seed in the simulated world, and shows what happened in columns.\n' +
    'SCHEDULE is what a failure prints: the scenario and the seed.',
  examples: [
    ['B4:17', 'scenario B4 with seed 17'],
    ['B4:17 --events 200', 'with more of what went before'],
  ],
  epilogue: 'Exit codes: 0 it passes, 1 it fails, 2 used wrongly.',
})
  .options({
    events: {
      describe: 'How many events to show, the last ones',
      requiresArg: true,
      default: 60,
      coerce: wholeNumber('events', { min: 1, max: 1_000_000 }),
    },
    solution: {
      describe: 'Folder of the solution, with viewservice/, pbservice/ and client/',
      type: 'string',
      requiresArg: true,
      default: path.resolve(__dirname, '..'),
      defaultDescription: 'this one',
    },
  })
  .parseSync();

void runMain('replay', () => {
  const [schedule, ...rest] = argv._.map(String);
  if (schedule === undefined || rest.length > 0) {
    throw new UsageError('expected one schedule, for instance B4:17');
  }
  return replay({ schedule, events: argv.events, root: path.resolve(argv.solution) });
});

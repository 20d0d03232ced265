/** `npm run replay -- B4:17`: runs a scenario again with a seed and shows what happens. */
import path from 'node:path';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { replay } from '../labtests/harness/runner/replay';

void yargs(hideBin(process.argv))
  .scriptName('npm run replay --')
  .command(
    '$0 <schedule>',
    'Runs one scenario with one seed and shows the trace in columns',
    (command) =>
      command
        .positional('schedule', {
          type: 'string',
          demandOption: true,
          describe: 'as a failure prints it: the scenario and the seed, for instance B4:17',
        })
        .option('events', { type: 'number', default: 60, describe: 'show so many last events' })
        .option('solution', { type: 'string', describe: 'the folder of another solution' }),
    async ({ schedule, events, solution }) => {
      const root = path.resolve(solution ?? path.join(__dirname, '..'));
      process.exitCode = await replay({ schedule, events, root });
    },
  )
  .example('$0 B4:17', 'scenario B4 with seed 17')
  .epilogue('Exit codes: 0 it passes, 1 it fails, 2 there is no such scenario or seed.')
  .version(false)
  .strict()
  .fail((message, error) => {
    console.error(message ?? error.message);
    process.exit(2);
  })
  .parseAsync();

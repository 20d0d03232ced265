/** npm start: a whole cluster in one terminal. */
import yargs from 'yargs';
import { arbiterChoices, arbiterNames, makeCluster } from '../cluster/members/arbiters';
import { runCluster } from '../cluster/run';
import { wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'start',
  synopsis: '[--replicas N] [--arbiter WHO]',
  about:
    'A view service and replicas, as separate processes in one terminal, with a prompt to use,\n' +
    'kill, restart, pause and partition them, and a page in the browser that shows how they fare.\n' +
    'Commands can be piped in: they run one after the other.',
  examples: [
    ['', 'three replicas'],
    ['--replicas 5', 'five'],
    ['--arbiter none', 'two servers without a view service: see a split brain'],
  ],
  epilogue:
    "In a script: printf 'put a 1\\nkill primary\\nget a\\n' | npm start. " +
    'Exit codes: 0 all is well, 1 a command of the script failed, 2 used wrongly.',
})
  .options({
    replicas: {
      describe: 'How many replicas, 1 to 9',
      requiresArg: true,
      defaultDescription: '3; with --arbiter none: 2',
      coerce: (given: unknown) =>
        given === undefined ? undefined : wholeNumber('replicas', { min: 1, max: 9 })(given),
    },
    arbiter: {
      describe: `Who decides which server is primary: ${arbiterNames
        .map((name) => `${name} (${arbiterChoices[name].meaning})`)
        .join(', ')}`,
      choices: arbiterNames,
      requiresArg: true,
      default: 'view-service' as const,
    },
    'page-port': {
      describe: 'Where the live page listens, on 127.0.0.1; 0: any free port',
      requiresArg: true,
      default: 0,
      coerce: wholeNumber('page-port', { min: 0, max: 65_535 }),
    },
    'no-page': { describe: 'No live page', type: 'boolean', default: false },
  })
  .parseSync();

void runMain('start', () => {
  refuseWords(argv._);
  const pagePort = argv['no-page'] ? undefined : argv['page-port'];
  return runCluster(makeCluster(argv.arbiter, argv.replicas), { pagePort });
});

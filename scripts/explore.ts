/** npm run explore: every schedule within a bound, for unmodified servers. */

import path from 'node:path';
import yargs from 'yargs';
import { exploreCommand } from '../commands/explore/explore';
import { settingFor, systemOption } from '../commands/explore/system';
import { openHandIn } from '../grading/hand-in/open';
import { replaceFile } from '../runtime/replace-file';
import { wholeNumber } from '../runtime/terminal/arguments';
import { painterFor } from '../runtime/terminal/colour';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { endAtOnce, runMain } from '../runtime/terminal/exit';
import { modelNames } from '../worlds/coordination/programs';
import { maxClients, maxExploredServers, maxOperations } from '../worlds/explored/setting';
import { watchOver } from '../worlds/explored/watchdog';

const root = path.resolve(__dirname, '..');
const progressEveryMs = 5_000;

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'explore',
  synopsis: '[options]',
  about:
    'Explores every schedule of a small system within a bound, and says what was covered.\n' +
    'A deviation is a message that is held back or comes twice, a server that stops for a while\n' +
    'or crashes; everything else goes first in, first out. The search goes by their number, so\n' +
    'that the first violation has as few as any.',
  examples: [
    ['', '2 clients with 2 operations each on 2 servers, 2 deviations, 1 crash'],
    ['--servers 3 --json explore.json', 'with an idle server; the figures in a file'],
    ['--clients 1 --ops 3 --deviations 3', 'deeper, with less going on'],
    ['--system pair', 'another system that a lab has declared'],
  ],
  epilogue:
    'Exit codes: 0 no violation found within what was covered, 1 a violation, 2 used wrongly, ' +
    '130 interrupted.',
})
  .options({
    system: systemOption,
    clients: {
      describe: 'How many clients there are',
      requiresArg: true,
      default: 2,
      coerce: wholeNumber('clients', { min: 1, max: maxClients }),
    },
    servers: {
      describe: 'How many servers there are; 2 unless told, or what the system has',
      requiresArg: true,
      coerce: wholeNumber('servers', { min: 1, max: maxExploredServers }),
    },
    ops: {
      describe: 'How many operations each client does',
      requiresArg: true,
      default: 2,
      coerce: wholeNumber('ops', { min: 1, max: maxOperations }),
    },
    deviations: {
      describe: 'The most deviations in one schedule',
      requiresArg: true,
      default: 2,
      coerce: wholeNumber('deviations', { min: 0, max: 6 }),
    },
    crashes: {
      describe: 'How many of them may be crashes; 1 unless told, or what the system bears',
      requiresArg: true,
      coerce: wholeNumber('crashes', { min: 0, max: 3 }),
    },
    seconds: {
      describe: 'Seconds after which it ends, and says how far it came',
      requiresArg: true,
      default: 60,
      coerce: wholeNumber('seconds', { min: 1, max: 1_000_000 }),
    },
    'memory-mib': {
      describe: 'Memory of the process, in MiB, at which it ends, and says how far it came',
      requiresArg: true,
      default: 2_048,
      coerce: wholeNumber('memory-mib', { min: 256, max: 1_048_576 }),
    },
    samples: {
      describe: 'How many schedules with more deviations to draw by chance, once all are explored',
      requiresArg: true,
      default: 1_000,
      coerce: wholeNumber('samples', { min: 0, max: 1_000_000_000 }),
    },
    'hand-in': {
      alias: 'submission',
      describe:
        'Folder of a hand-in to explore instead of this solution; its code runs in this process, ' +
        'so only use it with code that you trust',
      type: 'string',
      requiresArg: true,
    },
    seed: {
      describe: 'What the random numbers of the nodes are drawn from',
      requiresArg: true,
      default: 1,
      coerce: wholeNumber('seed', { min: 0, max: 999_999_999 }),
    },
    'from-start': {
      describe: 'From the start of all nodes, instead of from an initialised pair',
      type: 'boolean',
      default: false,
    },
    arbiter: {
      describe: 'The model of a coordination service that decides, instead of the view service',
      choices: modelNames,
      requiresArg: true,
    },
    fresh: {
      describe: 'Neither tries nor keeps schedules in store/regressions/',
      type: 'boolean',
      default: false,
    },
    json: {
      describe: 'File for the figures and the violation as JSON',
      type: 'string',
      requiresArg: true,
    },
  })
  .parseSync();

let interrupted = false;
process.on('SIGINT', () => {
  // A user who insists does not want to wait.
  if (interrupted) endAtOnce(130);
  interrupted = true;
});

let shownAt = performance.now();
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== '' && performance.now() > shownAt + progressEveryMs) {
    shownAt = performance.now();
    process.stderr.write(`${text}\n`);
  }
}

void runMain('explore', async () => {
  refuseWords(argv._);
  const watchdog = watchOver('explore');
  const handIn = argv['hand-in'] === undefined ? undefined : await openHandIn(argv['hand-in']);
  try {
    const { exitCode, json } = await exploreCommand({
      setting: settingFor(argv),
      deviations: argv.deviations,
      seconds: argv.seconds,
      memoryMib: argv['memory-mib'],
      samples: argv.samples,
      root: handIn?.root ?? root,
      regressions:
        argv.fresh || handIn !== undefined ? undefined : path.join(root, 'store', 'regressions'),
      paint: painterFor(process.stdout),
      print: (text) => console.log(text),
      showProgress,
      isInterrupted: () => interrupted,
      onInput: watchdog.onInput,
      onSettled: watchdog.onSettled,
    });
    if (argv.json !== undefined) {
      replaceFile(argv.json, `${JSON.stringify(json, null, 2)}\n`);
    }
    return interrupted && exitCode === 0 ? 130 : exitCode;
  } finally {
    handIn?.remove();
    await watchdog.dismiss();
  }
});

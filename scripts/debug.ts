/** npm run debug: a page on which one decides what happens next, and goes back. */
import path from 'node:path';
import yargs from 'yargs';
import { solutionIn } from '../commands/debug/code';
import { startDebugger } from '../commands/debug/debugger';
import { handInIn } from '../commands/debug/hand-in';
import { settingFor, systemOption } from '../commands/explore/system';
import { labs, labsOn } from '../labtests/labs';
import { messageOf } from '../runtime/errors';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { untilToldToEnd } from '../runtime/terminal/end-signal';
import { ProgramFailure, runMain } from '../runtime/terminal/exit';
import { maxClients, maxExploredServers, maxOperations } from '../worlds/explored/setting';
import { watchOver } from '../worlds/explored/watchdog';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'debug',
  synopsis: '[options]',
  about:
    'Serves a page on this machine on which you decide what happens next: which message arrives, is\n' +
    'lost or comes twice, who crashes, what a client asks. Your servers run as they are. Every state is\n' +
    'kept, so going back is a click, and the code is taken over whenever you save it.',
  examples: [
    ['', 'two servers, two clients with two operations each'],
    ['--servers 3 --ops 0', 'an idle server; the clients do what you tell them'],
    ['--schedule explore:aa.s2.k1:4,hold.s1-s2.forward', 'what npm run explore has found'],
    ['--lecture', 'prepared schedules for a projector'],
  ],
})
  .options({
    schedule: {
      describe: 'A schedule to begin with: of the debugger, or of npm run explore',
      requiresArg: true,
      coerce: text('schedule', 'a schedule like debug:ag.s2:4,crash.s1'),
    },
    lecture: {
      describe: 'Opens with the lectures',
      type: 'boolean',
      default: false,
    },
    lang: {
      describe: 'Language of the page; that of the browser, unless told',
      choices: ['en', 'zh'] as const,
      requiresArg: true,
    },
    servers: {
      describe: 'How many servers there are; 2 unless told, or what the system has',
      requiresArg: true,
      coerce: wholeNumber('servers', { min: 1, max: maxExploredServers }),
    },
    clients: {
      describe: 'How many clients there are',
      requiresArg: true,
      default: 2,
      coerce: wholeNumber('clients', { min: 1, max: maxClients }),
    },
    ops: {
      describe: 'How many operations each client does by itself',
      requiresArg: true,
      default: 2,
      coerce: wholeNumber('ops', { min: 0, max: maxOperations }),
    },
    system: systemOption,
    'from-start': {
      describe: 'From the start of all nodes, instead of from an initialised pair',
      type: 'boolean',
      default: false,
    },
    seed: {
      describe: 'What the random numbers of the nodes are drawn from',
      requiresArg: true,
      default: 1,
      coerce: wholeNumber('seed', { min: 0, max: 999_999_999 }),
    },
    'hand-in': {
      alias: 'submission',
      describe:
        'Folder of a hand-in to debug instead of this solution; its code runs in this process, so ' +
        'only use it with code that you trust',
      requiresArg: true,
      coerce: text('hand-in', 'the name of a folder'),
    },
    port: {
      describe: 'Port of 127.0.0.1 to serve the page on; 0: any free one',
      requiresArg: true,
      default: 0,
      coerce: wholeNumber('port', { min: 0, max: 65_535 }),
    },
  })
  .parseSync();

/** Of the labs that are about this system; else of any. */
function firstLecture(system: string | undefined): string {
  const [first] = [...labsOn(system), ...labs].flatMap((lab) => lab.lectures ?? []);
  return first?.id ?? '';
}

void runMain('debug', async () => {
  refuseWords(argv._);
  const { system, 'hand-in': handIn, port, schedule, lecture, lang } = argv;
  const watchdog = watchOver('debug');
  const started = await startDebugger({
    setting: settingFor(argv),
    code: handIn === undefined ? solutionIn(path.resolve(__dirname, '..')) : handInIn(handIn),
    port,
    watched: watchdog,
  }).catch((error: unknown) => {
    throw new ProgramFailure(messageOf(error));
  });
  const words = new URLSearchParams({
    ...(lang !== undefined && { lang }),
    ...(schedule !== undefined && { schedule }),
    ...(lecture && { lecture: firstLecture(system) }),
  });
  console.log(`Open in a browser on this machine:\n  ${started.url}&${words}`.replace(/&$/, ''));
  console.log('Ctrl-C ends it.');
  await untilToldToEnd();
  await started.close();
  await watchdog.dismiss();
  return 0;
});

/** npm run replay -- B4:17: runs one run again and shows what happens. */
import inspector from 'node:inspector';
import path from 'node:path';
import yargs from 'yargs';
import { replay } from '../commands/replay/replay';
import { openHandIn } from '../grading/hand-in/open';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine } from '../runtime/terminal/command-line';
import { ProgramFailure, runMain, UsageError } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'replay',
  synopsis: 'SCHEDULE [options]',
  about:
    'Runs one run again and shows what happened in columns. SCHEDULE is what a failure prints: a\n' +
    'scenario and a seed, or a schedule of npm run explore or npm run debug; or a file that begins\n' +
    'with it, as the trace of each failure does.',
  examples: [
    ['B4:17', 'scenario B4 with seed 17'],
    ['B4:17 --events 200', 'with more of what went before'],
    ['B4:17 --inspect', 'wait for a debugger, then run where it can stop'],
    ['store/latest/B4/trace.ndjson', 'the run that left this trace'],
    ['explore:aa.s2.k1:4,hold.s1-s2.forward', 'a schedule of the explored world'],
    ['debug:ag.s2:4,crash.s1', 'a schedule of the debugger'],
  ],
  epilogue:
    'Exit codes: 0 it passes, 1 it fails, 2 used wrongly, or the schedule no longer fits the code.',
})
  .options({
    events: {
      describe: 'How many events to show, the last ones',
      requiresArg: true,
      default: 60,
      coerce: wholeNumber('events', { min: 1, max: 1_000_000 }),
    },
    inspect: {
      describe: 'Wait for a debugger (chrome://inspect, or "attach" in an editor)',
      type: 'boolean',
      default: false,
    },
    debug: {
      describe: 'Run once, in this thread, without limits of time: for editors that start it',
      type: 'boolean',
      default: false,
    },
    solution: {
      describe: 'Folder of the solution, with viewservice/, pbservice/ and client/',
      type: 'string',
      requiresArg: true,
      default: path.resolve(__dirname, '..'),
      defaultDescription: 'this one',
    },
    'hand-in': {
      alias: 'submission',
      describe:
        'A hand-in instead: the student files in a folder or an archive; its code runs in this ' +
        'process, so only with code that you trust',
      requiresArg: true,
      coerce: text('hand-in', 'a folder or an archive'),
    },
  })
  .parseSync();

/** Where debuggers look by themselves. */
const inspectorPort = 9229;

function waitForDebugger(): void {
  // Node says where it listens, or why it cannot.
  inspector.open(inspectorPort, '127.0.0.1');
  if (inspector.url() === undefined) {
    throw new ProgramFailure(
      `port ${inspectorPort} is taken, perhaps by another debugger: end that first`,
    );
  }
  console.error(
    'Waiting for a debugger to attach, for instance chrome://inspect. Ctrl-C ends this.',
  );
  inspector.waitForDebugger();
}

void runMain('replay', async () => {
  const [schedule, ...rest] = argv._.map(String);
  if (schedule === undefined || rest.length > 0) {
    throw new UsageError('expected one schedule, for instance B4:17');
  }
  const { events, inspect, debug, solution } = argv;
  const handIn = argv['hand-in'] === undefined ? undefined : await openHandIn(argv['hand-in']);
  try {
    if (inspect) waitForDebugger();
    const root = handIn?.root ?? path.resolve(solution);
    return await replay({ schedule, events, root, debug: debug || inspect });
  } finally {
    handIn?.remove();
  }
});

/** npm run grade-worker: grades hand-ins of a class that another machine put into a queue. */
import { availableParallelism } from 'node:os';
import yargs from 'yargs';
import { endOnSignals } from '../commands/grade/signals';
import { GradeWorker } from '../grading/queue/worker';
import { isolationHere } from '../nodes/apart/launch';
import { plainLine } from '../report/plain-text';
import { messageOf } from '../runtime/errors';
import { wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { ProgramFailure, runMain } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'grade-worker',
  synopsis: '--queue redis://HOST:PORT [options]',
  about:
    'Takes hand-ins from a queue and grades them, until Ctrl-C. Start one on each machine; fill the\n' +
    'queue with npm run grade -- --all FOLDER --out FOLDER --queue redis://HOST:PORT. All of them\n' +
    'must have the same version of this framework. The queue holds the code of students: keep the\n' +
    'Redis server inside your own network, or behind a password (redis://:SECRET@HOST:PORT).',
  examples: [['--queue redis://127.0.0.1:6379', 'a worker for the Redis of this machine']],
  epilogue:
    'Ctrl-C once: what is begun is finished first; twice: it ends at once, and others take over.',
})
  .options({
    queue: {
      describe: 'The Redis server with the queue',
      type: 'string',
      requiresArg: true,
      demandOption: true,
    },
    jobs: {
      describe: 'How many hand-ins it grades at a time; as many as there are cores',
      requiresArg: true,
      coerce: wholeNumber('jobs', { min: 1, max: 256 }),
    },
  })
  .parseSync();

void runMain('grade-worker', async () => {
  refuseWords(argv._);
  const jobs = argv.jobs ?? availableParallelism();
  const isolation = isolationHere();
  let worker: GradeWorker;
  try {
    worker = await GradeWorker.start({
      ...{ url: argv.queue, jobs },
      onStart: (handIn) => console.log(`begins ${plainLine(handIn, 80)}`),
      onEnd: (handIn, outcome) =>
        console.log(`graded ${plainLine(handIn, 80)}: ${plainLine(outcome, 300)}`),
    });
  } catch (error) {
    throw new ProgramFailure(messageOf(error));
  }
  console.log(`takes up to ${jobs} hand-ins at a time from ${redacted(argv.queue)}`);
  console.log(
    `isolation: ${isolation.summary}${isolation.missing ? `; ${isolation.missing}` : ''}`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  console.log('finishes what is begun; Ctrl-C again ends it at once');
  endOnSignals();
  await worker.close();
  return 0;
});

/** Passwords do not belong on the screen. */
function redacted(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

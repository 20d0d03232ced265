/** npm run grade: grades a hand-in or a class; what was handed in runs in processes of its own. */
import yargs from 'yargs';
import { chosenIds, gradingOptions, partsAsked } from '../commands/grade/arguments';
import { gradeAll } from '../commands/grade/class';
import { gradeOne } from '../commands/grade/one';
import { renderers, reportFormats } from '../report/renderers';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';

const formats = reportFormats.map((name) => `${name}: ${renderers[name].about}`).join('; ');

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'grade',
  synopsis: '(--hand-in HAND-IN | --all FOLDER --out FOLDER) [options]',
  about:
    'Grades a hand-in (a folder, or a .tar, .tar.gz or .zip file), or each entry of a folder. Only\n' +
    'the student files are taken from it, and their code runs in processes of its own, shut in as\n' +
    'well as this machine can. A class that is cut short goes on where it was with the same command.',
  examples: [
    ['--hand-in alice', 'the scorecard of the hand-in in the folder alice'],
    ['--hand-in alice.tgz --format gradescope --out results.json', 'for Gradescope'],
    ['--all hand-ins --out grades', 'a report for each, grades/class.csv and grades/class.html'],
  ],
  epilogue:
    'Exit codes: 0 it was graded, whatever its score; 1 it could not be, or not all of a class;\n' +
    '2 used wrongly.',
})
  .options({
    'hand-in': {
      alias: 'submission',
      describe: 'Hand-in to grade: a folder or an archive',
      type: 'string',
      requiresArg: true,
      coerce: text('hand-in', 'a folder or an archive'),
    },
    all: {
      describe: 'Folder with a hand-in in each entry',
      type: 'string',
      requiresArg: true,
      coerce: text('all', 'a folder'),
    },
    out: {
      describe: 'File to write to, instead of the terminal; with --all the folder for the grades',
      type: 'string',
      requiresArg: true,
      coerce: text('out', 'a file or a folder'),
    },
    format: {
      describe: `What to write. ${formats}`,
      choices: reportFormats,
      default: 'terminal' as const,
      requiresArg: true,
    },
    ...gradingOptions,
    seeds: {
      describe: 'With how many seeds each scenario runs at most; fewer are quicker, and see less',
      requiresArg: true,
      coerce: wholeNumber('seeds', { min: 1, max: 10_000 }),
    },
    traces: {
      describe: 'Folder in which to keep trace and history of each failure',
      type: 'string',
      requiresArg: true,
      coerce: text('traces', 'a folder'),
    },
    jobs: {
      describe: 'How many hand-ins of a class are graded at a time; as many as there are cores',
      requiresArg: true,
      coerce: wholeNumber('jobs', { min: 1, max: 256 }),
    },
    queue: {
      describe:
        'Let workers grade the class (npm run grade-worker), for instance redis://host:6379',
      type: 'string',
      requiresArg: true,
    },
  })
  .conflicts({ 'hand-in': ['all', 'jobs', 'queue'], all: ['traces', 'hide'] })
  .parseSync();

void runMain('grade', async () => {
  refuseWords(argv._);
  const { 'hand-in': handIn, all, out, part, seed, seeds } = argv;
  const only = chosenIds(argv.only, argv.skip);
  const parts = part === undefined ? partsAsked(only) : [part];
  const what = {
    ...{ parts, ...(only && { only }) },
    ...(seed !== undefined && { seed }),
    ...(seeds !== undefined && { seeds }),
    ...(argv['processor-seconds'] !== undefined && {
      processorSeconds: argv['processor-seconds'],
    }),
  };
  if (handIn !== undefined) {
    return gradeOne({
      ...{ ...what, handIn, format: argv.format, out, traces: argv.traces },
      ...{ hide: argv.hide ?? [], hiddenUntil: argv['hidden-until'] ?? 'hidden' },
    });
  }
  if (all === undefined) throw new UsageError('expected --hand-in HAND-IN or --all FOLDER');
  if (out === undefined) throw new UsageError('expected --out FOLDER, for the grades of the class');
  return gradeAll({ ...what, all, out, jobs: argv.jobs, queue: argv.queue });
});

/** npm run mutants: small changes of the solution must be noticed by the scenarios. */
import path from 'node:path';
import yargs from 'yargs';
import { allScenarios } from '../labtests/catalogue';
import { listMutants, runMutants } from '../labtests/mutants/run';
import { replaceFile } from '../runtime/replace-file';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain } from '../runtime/terminal/exit';
import { select, skipOption } from '../suite/scenario/selection';

const notesFile = path.join(__dirname, '../store/mutants/verdicts.jsonl');

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'mutants',
  synopsis: '[--only FILE[:LINE],...] [--skip B36] [--list] [--json FILE]',
  about:
    'Changes the solution in one small place at a time (StrykerJS finds the places) and runs the\n' +
    'scenarios: one of them should fail. Who survives is explained in labtests/mutants/survivors.json,\n' +
    'or shows a gap. A run that was ended goes on where it stopped.',
  examples: [
    [
      '--json mutants.json',
      'all of them, and the results in the format of mutation-testing-elements',
    ],
    ['--only client/clerk.ts', 'those of one file'],
    ['--only viewservice/rules.ts:86 --anew', 'those of one line, whatever was found before'],
  ],
  epilogue:
    'Exit codes: 0 every mutant is killed or explained, 1 some are not, or an explanation is out of\n' +
    'date, 2 used wrongly.',
})
  .options({
    only: {
      describe: 'Only mutants of these files, or of these lines of them',
      requiresArg: true,
      coerce: text('only', 'files of the solution, with or without lines, separated by commas'),
    },
    skip: skipOption,
    json: { describe: 'Write the results to this file', type: 'string', requiresArg: true },
    list: { describe: 'Only say which there are', type: 'boolean', default: false },
    anew: { describe: 'Forget what earlier runs found', type: 'boolean', default: false },
    seeds: {
      describe: 'The most seeds for a scenario; fewer are quicker, and kill less',
      requiresArg: true,
      default: 20,
      coerce: wholeNumber('seeds', { min: 1, max: 1_000 }),
    },
  })
  .parseSync();

void runMain('mutants', async () => {
  refuseWords(argv._);
  const { only, anew, seeds: maxSeeds } = argv;
  const scenarios = select(allScenarios(), { skip: argv.skip }).chosen;
  const print = (line: string) => console.log(line);
  const { exitCode, json } = argv.list
    ? await listMutants(only, print)
    : await runMutants({ only, scenarios, maxSeeds, notesFile, anew, print });
  if (argv.json !== undefined) replaceFile(argv.json, json);
  // A pipe takes its time, and the end of the process would cut it off.
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  return exitCode;
});

/** npm run zoo: wrong solutions must be caught, right ones must pass. */

import yargs from 'yargs';
import { allScenarios } from '../labtests/catalogue';
import { runZoo } from '../labtests/zoo/run';
import { replaceFile } from '../runtime/replace-file';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain } from '../runtime/terminal/exit';
import { select, skipOption } from '../suite/scenario/selection';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'zoo',
  synopsis: '[--only NAME] [--skip B36] [--only-right] [--json FILE] [--html FILE]',
  about:
    'Grades solutions with one known bug each, which have to be caught, and correct ones of other\n' +
    'designs, which have to pass.',
  examples: [
    ['--json zoo.json', 'all of them, and the results as data'],
    ['--only clerk-', 'those whose name begins so'],
    ['--only-right --right-seeds 200', 'the right ones, with many seeds'],
  ],
  epilogue:
    'Exit codes: 0 all wrong ones are caught and all right ones pass, 1 not so, 2 used wrongly.',
})
  .options({
    only: {
      describe: 'Only solutions whose name begins with this',
      requiresArg: true,
      coerce: text('only', 'the name of a solution, or its beginning'),
    },
    skip: skipOption,
    'only-right': { describe: 'Only the right solutions', type: 'boolean', default: false },
    json: { describe: 'Write the results to this file', type: 'string', requiresArg: true },
    html: {
      describe: 'Write a page with the matrix to this file',
      type: 'string',
      requiresArg: true,
    },
    seeds: {
      describe: 'With how many seeds wrong solutions meet scenarios that are not meant for them',
      requiresArg: true,
      default: 5,
      coerce: wholeNumber('seeds', { min: 1, max: 1_000 }),
    },
    'right-seeds': {
      describe: 'With how many seeds right solutions meet each scenario',
      requiresArg: true,
      default: 20,
      coerce: wholeNumber('right-seeds', { min: 1, max: 100_000 }),
    },
  })
  .parseSync();

void runMain('zoo', async () => {
  refuseWords(argv._);
  const { exitCode, json, html } = await runZoo({
    only: argv.only ?? '',
    scenarios: select(allScenarios(), { skip: argv.skip }).chosen,
    otherSeeds: argv.seeds,
    rightSeeds: argv['right-seeds'],
    onlyRight: argv['only-right'],
    print: (line) => console.log(line),
  });
  if (argv.json !== undefined) replaceFile(argv.json, json);
  if (argv.html !== undefined) replaceFile(argv.html, html);
  return exitCode;
});

/** npm run package-grader: this grader as a package for the platform of a course. */

import path from 'node:path';
import yargs from 'yargs';
import { chosenIds, gradingOptions } from '../commands/grade/arguments';
import { graderFiles } from '../commands/package-grader/files';
import { gradescopeZip } from '../commands/package-grader/gradescope';
import { replaceFile } from '../runtime/replace-file';
import { text } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';

const root = path.resolve(__dirname, '..');

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'package-grader',
  synopsis: '--gradescope FILE.zip [options]',
  about:
    'Makes the zip file that Gradescope asks for under "Configure Autograder". The options are those\n' +
    'of npm run grade, and hold for every hand-in.',
  examples: [
    ['--gradescope autograder.zip', 'grades everything, and shows it to students'],
    [
      '--gradescope autograder.zip --hide B9c,B30 --hidden-until after_published',
      'with two scenarios that students see when grades are published',
    ],
  ],
})
  .options({
    gradescope: {
      describe: 'The zip file to write',
      type: 'string',
      requiresArg: true,
      coerce: text('gradescope', 'the name of a zip file'),
    },
    ...gradingOptions,
  })
  .parseSync();

void runMain('package-grader', async () => {
  refuseWords(argv._);
  const { gradescope, part, hide, seed } = argv;
  const only = chosenIds(argv.only, argv.skip);
  if (gradescope === undefined) throw new UsageError('expected --gradescope FILE.zip');
  const options: Readonly<Record<string, string | number | undefined>> = {
    ...{ part, only: only?.join(), hide: hide?.join() },
    ...{ 'hidden-until': argv['hidden-until'], seed },
    'processor-seconds': argv['processor-seconds'],
  };
  const args = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, `${value}`],
  );
  const files = graderFiles(root);
  const zip = gradescopeZip(files, args);
  replaceFile(gradescope, zip);
  const kib = Math.ceil(zip.length / 1024);
  console.log(
    `${gradescope}: ${files.size} files, ${kib} KiB. In Gradescope: Configure Autograder`,
  );
  return 0;
});

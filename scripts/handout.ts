/** npm run handout -- --out DIR: the students' repository, made from this one. */
import path from 'node:path';
import yargs from 'yargs';
import { collect, usualParts } from '../commands/handout/collect';
import type { Files } from '../commands/handout/links';
import { requireFreshFolder, writeFiles } from '../commands/handout/write';
import { labs } from '../labtests/labs';
import { stubsFor } from '../labtests/student-files';
import { messageOf } from '../runtime/errors';
import { text } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { ProgramFailure, runMain, UsageError } from '../runtime/terminal/exit';

const root = path.resolve(__dirname, '..');

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'handout',
  synopsis: '--out DIR',
  about:
    "Makes the students' repository: the framework and the scenarios, with stubs in the place of\n" +
    'the solution, which is marked in its files.',
  examples: [
    ['--out ../handout', 'into a new folder beside this project'],
    ['--out ../handout --part A', 'for one part'],
  ],
})
  .options({
    out: {
      describe: 'Where to put it: a folder that is new or empty, outside this project',
      type: 'string',
      requiresArg: true,
      coerce: text('out', 'the name of a folder') as (given: unknown) => string | undefined,
    },
    part: {
      describe:
        'For this part alone, and what it builds on; all that are not graded on request, unless told',
      choices: labs.map(({ part }) => part),
      requiresArg: true,
    },
  })
  .parseSync();

function partsFor(): readonly string[] {
  return argv.part === undefined ? usualParts : [argv.part];
}

function gather(): Files {
  try {
    return collect(root, partsFor());
  } catch (error) {
    throw new ProgramFailure(`nothing was written: ${messageOf(error)}`);
  }
}

void runMain('handout', async () => {
  refuseWords(argv._);
  const { out } = argv;
  if (out === undefined) throw new UsageError('expected --out DIR, got no --out');
  requireFreshFolder(out, root);
  const files = gather();
  writeFiles(files, out);
  const words = argv.part === undefined ? '' : ` -- ${argv.part}`;
  console.log(
    `The handout is in ${out}: ${files.size} files. To try it: cd ${out} && npm test${words}\n` +
      `Students write ${stubsFor(partsFor()).join(', ')}`,
  );
  return 0;
});

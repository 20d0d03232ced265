/** npm run handout -- --out DIR: the students' repository, made from this one. */
import path from 'node:path';
import yargs from 'yargs';
import { messageOf } from '../runtime/errors';
import { text } from '../runtime/terminal/arguments';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { Failure, runMain, UsageError } from '../runtime/terminal/exit';
import { collect, type Files } from './handout/collect';
import { requireFreshFolder, writeFiles } from './handout/write';

const root = path.resolve(__dirname, '..');

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'handout',
  synopsis: '--out DIR',
  about:
    "Makes the students' repository: the framework and the scenarios, with stubs in the place of\n" +
    'the solution, which is marked in its files.',
  examples: [['--out ../handout', 'into a new folder beside this project']],
})
  .options({
    out: {
      describe: 'Where to put it: a folder that is new or empty, outside this project',
      type: 'string',
      requiresArg: true,
      coerce: text('out', 'the name of a folder') as (given: unknown) => string | undefined,
    },
  })
  .parseSync();

function gather(): Files {
  try {
    return collect(root);
  } catch (error) {
    throw new Failure(`nothing was written: ${messageOf(error)}`);
  }
}

void runMain('handout', async () => {
  refuseWords(argv._);
  const { out } = argv;
  if (out === undefined) throw new UsageError('expected --out DIR, got no --out');
  requireFreshFolder(out, root);
  const files = gather();
  writeFiles(files, out);
  console.log(`The handout is in ${out}: ${files.size} files. To try it: cd ${out} && npm test`);
  return 0;
});

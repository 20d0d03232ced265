/** npm run docs: writes the pages that are made from the sources. */
import yargs from 'yargs';
import { stalePages, writePages } from '../commands/docs/pages';
import { commandLine, refuseWords } from '../runtime/terminal/command-line';
import { runMain } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'docs',
  synopsis: '[--check]',
  about: 'Writes the reference pages in docs/ that are made from the sources.',
  examples: [
    ['', 'write what is stale'],
    ['--check', 'write nothing; exit code 1 if anything is stale'],
  ],
})
  .options({
    check: { describe: 'Only say what is stale', type: 'boolean', default: false },
  })
  .parseSync();

void runMain('docs', async () => {
  refuseWords(argv._);
  const stale = argv.check ? stalePages() : writePages();
  for (const file of stale) {
    console.log(argv.check ? `${file} is stale: run npm run docs` : `wrote ${file}`);
  }
  if (stale.length === 0) console.log('the generated pages are fresh');
  return argv.check && stale.length > 0 ? 1 : 0;
});

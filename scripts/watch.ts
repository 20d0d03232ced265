/** npm run watch -- part-a: runs the scenarios of a part whenever a student file changes. */
import path from 'node:path';
import yargs from 'yargs';
import { allScenarios } from '../labtests/catalogue';
import { commandLine } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';
import { untilToldToEnd } from '../runtime/terminal/told';
import { choose, watch } from './watch/watch';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'watch',
  synopsis: '[part-a|part-b|SCENARIO]',
  about:
    'Runs scenarios now, and again whenever a student file is saved: points, what is different from\n' +
    'before, and the first failure. Without a word: all scenarios.',
  examples: [
    ['part-a', 'the view service'],
    ['B9', 'the scenarios of one case'],
  ],
  epilogue: 'Ctrl-C ends it. Exit codes: 0 it was ended, 2 used wrongly.',
})
  .options({
    solution: {
      describe: 'Folder of the solution, with viewservice/, pbservice/ and client/',
      type: 'string',
      requiresArg: true,
      default: path.resolve(__dirname, '..'),
      defaultDescription: 'this one',
    },
  })
  .parseSync();

void runMain('watch', async () => {
  const [word, ...rest] = argv._.map(String);
  if (rest.length > 0) throw new UsageError(`expected one word, got also ${rest.join(' ')}`);
  await watch({
    scenarios: choose(allScenarios(), word),
    root: path.resolve(argv.solution),
    output: process.stdout,
    told: untilToldToEnd(),
  });
  return 0;
});

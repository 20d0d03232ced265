/** npm run watch -- part-a: runs the scenarios of a part whenever a student file changes. */
import path from 'node:path';
import yargs from 'yargs';
import { watch } from '../commands/watch/watch';
import { allScenarios, everyScenario } from '../labtests/catalogue';
import { commandLine } from '../runtime/terminal/command-line';
import { untilToldToEnd } from '../runtime/terminal/end-signal';
import { runMain } from '../runtime/terminal/exit';
import { select, skipOption } from '../suite/scenario/selection';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'watch',
  synopsis: '[part-a|part-b|SCENARIO ...] [--skip SCENARIOS]',
  about:
    'Runs scenarios now, and again whenever a student file is saved: points, what is different from\n' +
    'before, and the first failure. Without a word: all scenarios.',
  examples: [
    ['part-a', 'the view service'],
    ['B9 B13', 'the scenarios of one case, and one more'],
    ['part-b --skip B36,B37', 'without those that take longest'],
  ],
  epilogue: 'Ctrl-C ends it. Exit codes: 0 it was ended, 2 used wrongly.',
})
  .options({
    skip: skipOption,
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
  const words = argv._.map(String);
  const only = words.length === 0 ? undefined : words.join(',');
  await watch({
    scenarios: select(only === undefined ? allScenarios() : everyScenario(), {
      only,
      skip: argv.skip,
    }).chosen,
    root: path.resolve(argv.solution),
    output: process.stdout,
    told: untilToldToEnd(),
  });
  return 0;
});

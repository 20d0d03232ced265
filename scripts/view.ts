/** npm run view: a page to look at a run, made of its trace. */
import yargs from 'yargs';
import { viewTrace } from '../report/view-trace';
import { text } from '../runtime/terminal/arguments';
import { commandLine } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'view',
  synopsis: 'TRACE [options]',
  about:
    'Makes one HTML file that shows a run: nodes, messages, faults, what the clients saw, and the log.\n' +
    'TRACE is a trace.ndjson of a failure, or what a program wrote with --trace.',
  examples: [
    ['store/latest/B4/trace.ndjson', 'store/latest/B4/trace.html'],
    ['s1.ndjson --out /tmp/s1.html', 'what happened at one real server'],
  ],
})
  .options({
    out: {
      describe: 'Where to write the page; beside the trace, unless told',
      type: 'string',
      requiresArg: true,
      coerce: text('out', 'the name of a file'),
    },
    history: {
      describe: 'What the clients saw; history.ndjson beside the trace, if that is there',
      type: 'string',
      requiresArg: true,
      coerce: text('history', 'the name of a file'),
    },
  })
  .parseSync();

void runMain('view', async () => {
  const [trace, ...rest] = argv._.map(String);
  if (trace === undefined || rest.length > 0) {
    const got = trace === undefined ? 'none' : JSON.stringify(argv._.join(' '));
    throw new UsageError(`expected one trace, a file, got ${got}`);
  }
  const { history, out } = argv;
  console.log(`${viewTrace({ trace, history, out })}: open it in a browser`);
  return 0;
});

/** npm run check-history: whether a client history is linearizable, and if not, why. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import yargs from 'yargs';
import { checkHistory } from '../judging/history/command';
import { messageOf } from '../runtime/errors';
import { wholeNumber } from '../runtime/terminal/arguments';
import { commandLine } from '../runtime/terminal/command-line';
import { visible, visibleLines } from '../runtime/terminal/control-characters';
import { runMain, UsageError } from '../runtime/terminal/exit';

const program = 'check-history';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program,
  synopsis: 'FILE --model kv|register [options]',
  about:
    'Checks whether a history of client operations is linearizable, and if it is not, says why.\n' +
    'FILE has one event a line, in real-time order; - reads standard input:\n' +
    '  {"process":3,"type":"invoke","f":"put","key":"x","value":"1"}\n' +
    '  {"process":3,"type":"ok","f":"put","key":"x","value":"1"}\n' +
    'Types: invoke, ok, fail (had no effect), info (may have its effect later, or never).\n' +
    'Models: kv (get, put, append, putHash), register (read, write, cas; key optional).',
  examples: [
    ['store/latest/history.ndjson --model kv', 'the history of the last run'],
    ['- --model register --json < history.ndjson', 'the result as one JSON object'],
    ['big.ndjson --model kv --time-limit-ms 5000', 'give up after five seconds'],
  ],
  epilogue: 'Exit codes: 0 linearizable, 1 not linearizable, 2 unknown or used wrongly.',
})
  .options({
    model: {
      describe: 'What the store is',
      choices: ['kv', 'register'] as const,
      requiresArg: true,
    },
    json: { describe: 'Print one JSON object', type: 'boolean', default: false },
    'time-limit-ms': {
      describe: 'Milliseconds after which the verdict is unknown',
      requiresArg: true,
      default: 60_000,
      coerce: wholeNumber('time-limit-ms', { min: 1, max: 86_400_000 }),
    },
    'memory-mib': {
      describe: 'Memory for the search, in MiB, above which the verdict is unknown',
      requiresArg: true,
      default: 512,
      coerce: wholeNumber('memory-mib', { min: 1, max: 1_048_576 }),
    },
  })
  .parseSync();

async function* read(file: string): AsyncGenerator<Uint8Array> {
  const name = JSON.stringify(file);
  try {
    if (file !== '-' && (await stat(file)).isDirectory()) {
      throw new UsageError(`expected a file, got the folder ${name}`);
    }
    yield* file === '-' ? process.stdin : createReadStream(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `expected a file that can be read, got ${name}: ${visible(messageOf(error))}`,
    );
  }
}

void runMain(program, async () => {
  const [file, ...rest] = argv._.map(String);
  if (file === undefined || rest.length > 0) {
    const got = file === undefined ? 'none' : JSON.stringify(argv._.join(' '));
    throw new UsageError(`expected one file, or - for standard input, got ${got}`);
  }
  const { model } = argv;
  if (model === undefined) throw new UsageError('expected --model kv or register, got no --model');
  try {
    const { exitCode, stdout, stderr } = await checkHistory(read(file), {
      model,
      json: argv.json,
      timeLimitMs: argv['time-limit-ms'],
      memoryLimitMib: argv['memory-mib'],
    });
    process.stdout.write(stdout);
    if (stderr !== '') process.stderr.write(`${program}: ${visible(file)}: ${stderr}`);
    return exitCode;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // A bug; but 1 would say that the history is not linearizable.
    process.stderr.write(
      `${program}: ${visibleLines((error as Error)?.stack ?? messageOf(error))}\n`,
    );
    return 2;
  }
});

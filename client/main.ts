/** npm run client: operations on the key/value service, one or many. */
import yargs from 'yargs';
import { parseArbiterUrl } from '../arbiter/arbiter-url';
import { readToken, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine, options } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';
import { TraceFile } from '../runtime/terminal/trace-file';
import { openConnection, type WhomToAsk } from './connection';
import { interactive } from './interactive';
import { oneShot } from './one-shot';
import { operationForms, operationUsage, parseOperation } from './operations';

const operations = Object.entries(operationForms)
  .map(([command, { meaning }]) => `  ${operationUsage(command).padEnd(20)}${meaning}`)
  .join('\n');

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'client',
  synopsis: '[--viewservice HOST:PORT | --arbiter URL] [OPERATION]',
  about: `Talks to the key/value service. Operations (none: a prompt to type them at):\n${operations}`,
  examples: [
    ['put k v', 'view service on 127.0.0.1:8000'],
    ['--viewservice 127.0.0.1:8000 get k', 'the same, spelled out'],
    ['--arbiter etcd://127.0.0.1:2379/pb get k', 'etcd knows who is primary'],
    ['--timeout 2000 --json append k v', 'for scripts: gives up after 2 s'],
    [
      '--pair 127.0.0.1:8001,127.0.0.1:8002 get k',
      'of a heartbeat pair, which has no view service',
    ],
    ['put k -- -v', 'what begins with a dash comes after --'],
    ['', 'a prompt, with history and completion'],
  ],
  epilogue:
    'Waits as long as it takes unless --timeout says otherwise. Exit codes: 0 done, ' +
    '1 failed (or get of a key that has no value, without --json), 2 used wrongly.',
})
  .options({
    viewservice: options.viewService,
    arbiter: options.arbiter(parseArbiterUrl),
    pair: options.pair('Instead of --viewservice: the two servers of a heartbeat pair'),
    timeout: {
      describe: 'Give up after so many milliseconds',
      requiresArg: true,
      coerce: (given: unknown) =>
        given === undefined
          ? undefined
          : wholeNumber('timeout', { min: 1, max: 2 ** 31 - 1 })(given),
    },
    json: { describe: 'Print results as JSON', type: 'boolean', default: false },
    'token-file': options.tokenFile,
    trace: options.trace,
  })
  .parseSync();

function whomToAsk(): WhomToAsk {
  const { arbiter, pair, viewservice } = argv;
  if (arbiter !== undefined) return { arbiter };
  return pair === undefined ? { viewService: viewservice } : { pair };
}

void runMain('client', async () => {
  const words = argv._.map(String);
  const operation = words.length === 0 ? undefined : parseOperation(words);
  if (operation === undefined && argv.json) throw new UsageError('--json needs an operation');
  const token = readToken(argv['token-file']);
  const trace = argv.trace === undefined ? undefined : new TraceFile(argv.trace);
  const connection = await openConnection({
    ask: whomToAsk(),
    token,
    trace: trace?.write,
  });
  const { json, timeout: timeoutMs } = argv;
  const exitCode =
    operation === undefined
      ? await interactive(connection, timeoutMs)
      : await oneShot(connection, operation, { json, timeoutMs });
  await connection.close();
  trace?.close();
  return exitCode;
});

/** npm run replica: a replica of the key/value service, in a terminal. */
import yargs from 'yargs';
import { requireReachableHost } from '../runtime/terminal/arguments';
import { commandLine, options, refuseWords } from '../runtime/terminal/command-line';
import { runMain } from '../runtime/terminal/exit';
import { runServer } from '../runtime/terminal/server-main';
import { replicaNode } from './node';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'replica',
  synopsis: '[--viewservice HOST:PORT] [options]',
  about:
    'A replica of the key/value service: primary, backup or idle, as the view service decides.',
  examples: [
    ['', 'any free port, view service on 127.0.0.1:8000'],
    ['--port 8001 --viewservice 127.0.0.1:8000', 'the same, spelled out'],
    ['--host 192.168.1.6 --viewservice 192.168.1.5:8000 --token-file secret', 'across machines'],
  ],
})
  .options({
    viewservice: options.viewService,
    port: options.port(0),
    host: options.host,
    advertise: options.advertise,
    'ping-interval-ms': options.pingIntervalMs,
    'token-file': options.tokenFile,
    trace: options.trace,
    log: options.log,
  })
  .parseSync();

void runMain('replica', () => {
  refuseWords(argv._);
  if (argv.advertise === undefined) requireReachableHost(argv.host);
  return runServer({
    boot: replicaNode({
      viewService: argv.viewservice,
      pingIntervalMs: argv['ping-interval-ms'],
    }),
    host: argv.host,
    port: argv.port,
    advertise: argv.advertise,
    tokenFile: argv['token-file'],
    trace: argv.trace,
    log: argv.log,
    ready: (address) =>
      `replica ready on ${address}, pings the view service ${argv.viewservice}. Next, in another ` +
      `terminal: npm run client -- --viewservice ${argv.viewservice} put k v`,
  });
});

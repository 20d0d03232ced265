/** npm run viewservice: the view server, in a terminal. */
import yargs from 'yargs';
import { commandLine, options, refuseWords } from '../runtime/terminal/command-line';
import { runMain } from '../runtime/terminal/exit';
import { runServer } from '../runtime/terminal/server-main';
import { viewServerNode } from './node';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'viewservice',
  synopsis: '[options]',
  about:
    'The view service: decides who is primary and who is backup, from the pings of the replicas.',
  examples: [
    ['', 'listen on 127.0.0.1:8000'],
    ['--port 0', 'listen on any free port and say which'],
    ['--ping-interval-ms 1000', 'in slow motion, to watch (the replicas need the same)'],
    ['--host 192.168.1.5 --token-file secret', 'for replicas on other machines'],
  ],
})
  .options({
    port: options.port(8000),
    host: options.host,
    advertise: options.advertise,
    'ping-interval-ms': options.pingIntervalMs,
    'dead-pings': options.deadPings,
    'token-file': options.tokenFile,
    trace: options.trace,
    log: options.log,
  })
  .parseSync();

void runMain('viewservice', () => {
  refuseWords(argv._);
  const pingIntervalMs = argv['ping-interval-ms'];
  return runServer({
    boot: viewServerNode({ pingIntervalMs, deadPings: argv['dead-pings'] }),
    host: argv.host,
    port: argv.port,
    advertise: argv.advertise,
    tokenFile: argv['token-file'],
    trace: argv.trace,
    log: argv.log,
    ready: (address) =>
      `view service ready on ${address}. Next, in other terminals, twice: ` +
      `npm run replica -- --viewservice ${address}`,
  });
});

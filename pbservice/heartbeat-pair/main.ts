/** npm run pair: one server of a heartbeat pair, in a terminal. */
import yargs from 'yargs';
import { requireReachableHost } from '../../runtime/terminal/arguments';
import { commandLine, options, refuseWords } from '../../runtime/terminal/command-line';
import { runMain, UsageError } from '../../runtime/terminal/exit';
import { runServer } from '../../runtime/terminal/server-main';
import { formatAddress } from '../../runtime/websocket/address';
import { pairServerNode } from './node';

const both = '127.0.0.1:8001,127.0.0.1:8002';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'pair',
  synopsis: '--pair HOST:PORT,HOST:PORT --port PORT [options]',
  about:
    'One of two servers that watch each other by heartbeats, without a view service. They survive\n' +
    'crashes, and lose data in a partition: that is what they are here to show.',
  examples: [
    [`--pair ${both} --port 8001`, 'the first one'],
    [`--pair ${both} --port 8002`, 'the second one, in another terminal'],
  ],
})
  .options({
    pair: options.pair('Both servers, in the same order at both'),
    port: options.port(8001),
    host: options.host,
    advertise: options.advertise,
    'ping-interval-ms': options.pingIntervalMs,
    'dead-pings': options.deadPings,
    'token-file': options.tokenFile,
    trace: options.trace,
    log: options.log,
  })
  .parseSync();

void runMain('pair', () => {
  refuseWords(argv._);
  if (argv.advertise === undefined) requireReachableHost(argv.host);
  const own = argv.advertise ?? formatAddress({ host: argv.host, port: argv.port });
  const members = argv.pair;
  if (members === undefined) {
    throw new UsageError(`expected --pair HOST:PORT,HOST:PORT, for instance --pair ${both}`);
  }
  if (!members.includes(own)) {
    const got = members.join(' and ');
    throw new UsageError(
      `--pair: expected ${own}, where this server is reached, in it; got ${got}`,
    );
  }
  return runServer({
    boot: pairServerNode({
      members,
      pingIntervalMs: argv['ping-interval-ms'],
      deadPings: argv['dead-pings'],
    }),
    host: argv.host,
    port: argv.port,
    advertise: argv.advertise,
    tokenFile: argv['token-file'],
    trace: argv.trace,
    log: argv.log,
    ready: (address) =>
      `server of a heartbeat pair ready on ${address}. Next, in another terminal: ` +
      `npm run client -- --pair ${members.join(',')} put k v`,
  });
});

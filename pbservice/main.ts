/** npm run replica: a replica of the key/value service, in a terminal. */
import yargs from 'yargs';
import { formatArbiterUrl, openCoordination, parseArbiterUrl } from '../arbiter/arbiter-url';
import { arbitratedReplica, defaultDeadPings } from '../arbiter/real-replica';
import { requireReachableHost } from '../runtime/terminal/arguments';
import { commandLine, options, refuseWords } from '../runtime/terminal/command-line';
import { runMain } from '../runtime/terminal/exit';
import { runServer } from '../runtime/terminal/server-main';
import { replicaNode } from './node';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'replica',
  synopsis: '[--viewservice HOST:PORT | --arbiter URL] [options]',
  about:
    'A replica of the key/value service: primary, backup or idle, as the view service decides.',
  examples: [
    ['', 'any free port, view service on 127.0.0.1:8000'],
    ['--port 8001 --viewservice 127.0.0.1:8000', 'the same, spelled out'],
    ['--arbiter etcd://127.0.0.1:2379/pb', 'etcd decides, or zookeeper://127.0.0.1:2181/pb'],
    ['--host 192.168.1.6 --viewservice 192.168.1.5:8000 --token-file secret', 'across machines'],
  ],
})
  .options({
    viewservice: options.viewService,
    arbiter: options.arbiter(parseArbiterUrl),
    port: options.port(0),
    host: options.host,
    advertise: options.advertise,
    'ping-interval-ms': options.pingIntervalMs,
    'dead-pings': {
      ...options.deadPings,
      default: defaultDeadPings,
      describe: 'With --arbiter: how many ping intervals its lease is to last',
    },
    'token-file': options.tokenFile,
    trace: options.trace,
    log: options.log,
  })
  .parseSync();

void runMain('replica', async () => {
  refuseWords(argv._);
  if (argv.advertise === undefined) requireReachableHost(argv.host);
  const { arbiter } = argv;
  const pingIntervalMs = argv['ping-interval-ms'];
  const coordination = arbiter && openCoordination(arbiter);
  const where = arbiter
    ? { option: `--arbiter ${formatArbiterUrl(arbiter)}`, task: 'reports to' }
    : { option: `--viewservice ${argv.viewservice}`, task: 'pings the view service' };
  const [, name] = where.option.split(' ');
  const boot = replicaNode({ viewService: name as string, pingIntervalMs });
  await runServer({
    boot:
      coordination === undefined
        ? boot
        : arbitratedReplica(boot, coordination, argv['dead-pings'] * pingIntervalMs),
    host: argv.host,
    port: argv.port,
    advertise: argv.advertise,
    tokenFile: argv['token-file'],
    trace: argv.trace,
    log: argv.log,
    ready: (address) =>
      `replica ready on ${address}, ${where.task} ${name}. Next, in another ` +
      `terminal: npm run client -- ${where.option} put k v`,
  });
  // Told to stop, it gives its lease back: others need not wait until that ends.
  await coordination?.close();
  return undefined;
});

/** npm run bench: how fast things are. */
import yargs from 'yargs';
import { benchArbiter } from '../commands/bench/arbiter';
import { benchChecker } from '../commands/bench/checker';
import { benchGrade } from '../commands/bench/grade';
import { benchKv } from '../commands/bench/kv';
import { type PeerName, peers } from '../commands/bench/load-spec';
import { benchSim } from '../commands/bench/sim';
import { text, wholeNumber } from '../runtime/terminal/arguments';
import { commandLine } from '../runtime/terminal/command-line';
import { endAtOnce, runMain, UsageError } from '../runtime/terminal/exit';

const benchmarks = {
  kv: 'acknowledged replicated puts per second, and their latency',
  checker: 'how long the history checker takes, and how much memory',
  grade: 'what it takes to grade a hand-in, a class, and a hand-in that hangs',
  arbiter: 'failover with a view service, etcd and ZooKeeper: the time, and the gap in writes',
  sim: 'what the simulated world and the suites in it do in a second',
} as const;

const names = Object.keys(benchmarks);

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'bench',
  synopsis: `${names.join('|')} [options]`,
  about:
    'Measures on this machine, with everything that takes part running on it. Benchmarks:\n' +
    Object.entries(benchmarks)
      .map(([name, meaning]) => `  ${name.padEnd(8)} ${meaning}`)
      .join('\n'),
  examples: [
    ['kv', '1, 8 and 64 clients'],
    ['kv --clients 8 --seconds 10 --json kv.json', 'one row, also as JSON'],
    ['kv --peer redis', 'in turn with Redis, one replica, SET then WAIT 1'],
    ['kv --peer redis,bare', 'and with three programs that only parse JSON and pass it on'],
    ['checker --quick', 'the small histories only'],
  ],
})
  .options({
    clients: {
      describe: 'kv: numbers of clients, with commas between them',
      type: 'string',
      requiresArg: true,
      default: '1,8,64',
    },
    seconds: {
      describe: 'kv: seconds that each round measures',
      requiresArg: true,
      default: 5,
      coerce: wholeNumber('seconds', { min: 1, max: 3_600 }),
    },
    rounds: {
      describe: 'kv, sim, grade, arbiter: rounds, of which the median counts',
      requiresArg: true,
      default: 3,
      coerce: wholeNumber('rounds', { min: 1, max: 1_000 }),
    },
    'value-bytes': {
      describe: 'kv: length of each value',
      requiresArg: true,
      default: 100,
      coerce: wholeNumber('value-bytes', { min: 0, max: 1024 * 1024 }),
    },
    peer: {
      describe: `kv: other systems to take turns with, with commas between them: ${peers.join(', ')}`,
      requiresArg: true,
      coerce: text('peer', 'systems with commas between them, for instance redis,bare'),
    },
    quick: { describe: 'checker: the small histories only', type: 'boolean', default: false },
    json: { describe: 'Write the figures to this file', type: 'string', requiresArg: true },
  })
  .parseSync();

// Redis does not notice that the bench is gone: ending in good order takes it along.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => endAtOnce(1));
}

function peersNamed(list: string | undefined): PeerName[] {
  return [...new Set(list?.split(','))].map((name) => {
    const peer = peers.find((known) => known === name);
    if (peer !== undefined) return peer;
    throw new UsageError(
      `--peer: expected ${peers.join(', ')}, or several of them with commas, got ${JSON.stringify(name)}`,
    );
  });
}

void runMain('bench', async () => {
  const [benchmark = '', ...rest] = argv._.map(String);
  if (!names.includes(benchmark) || rest.length > 0) {
    const got = argv._.length === 0 ? 'nothing' : JSON.stringify(argv._.join(' '));
    throw new UsageError(`expected the name of one benchmark (${names.join(', ')}), got ${got}`);
  }
  const { json, rounds, quick } = argv;
  const print = (text: string) => console.log(text);
  if (benchmark === 'checker') await benchChecker({ json, quick });
  else if (benchmark === 'arbiter') await benchArbiter({ rounds, json, print });
  else if (benchmark === 'grade') await benchGrade({ rounds, json, print });
  else if (benchmark === 'sim') await benchSim({ rounds, json, print });
  else {
    await benchKv({
      clients: argv.clients.split(',').map(wholeNumber('clients', { min: 1, max: 900 })),
      seconds: argv.seconds,
      rounds,
      valueBytes: argv['value-bytes'],
      json,
      peers: peersNamed(argv.peer),
      print,
    });
  }
  return 0;
});

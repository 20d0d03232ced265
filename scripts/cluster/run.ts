/** Runs a whole cluster in one terminal, from the welcome to the end of its last process. */
import { openConnection } from '../../client/connection';
import { notYet } from '../../runtime/errors';
import type { Address } from '../../runtime/node';
import { painterFor } from '../../runtime/terminal/colour';
import { Failure } from '../../runtime/terminal/exit';
import type { LogLine } from '../../runtime/terminal/log-lines';
import { historyFile } from '../../runtime/terminal/prompt/history-file';
import { Prompt } from '../../runtime/terminal/prompt/prompt';
import { untilToldToEnd } from '../../runtime/terminal/told';
import { Cluster } from './cluster';
import { Commands } from './commands';
import { Screen } from './screen';

const settleTimeoutMs = 10_000;

/** Returns the exit code: 1 when a command of a script failed. Rejects when a server is a stub. */
export async function runCluster(replicas: number): Promise<number> {
  const cluster = new Cluster(replicas);
  // Whatever ends this process (an error of its own, too) ends the members.
  process.on('exit', () => cluster.killNow());
  let commands: Commands | undefined;
  const prompt = new Prompt({
    input: process.stdin,
    output: process.stdout,
    prompt: 'cluster> ',
    echo: process.stdin.isTTY !== true,
    history: historyFile('cluster-history'),
    complete: (line) => commands?.complete(line) ?? [],
    run: async (line) => commands?.run(line),
    interrupt: () => commands?.interrupt() ?? false,
  });
  const screen = new Screen((text) => prompt.print(text), painterFor(process.stdout));
  const stubMet = new Promise<never>((_resolve, reject) => {
    cluster.on('line', (member, line) => {
      const stub = stubOf(line);
      if (stub === undefined) screen.member(member.name, line, cluster.names);
      else reject(new Failure(`${notYet(stub)}; npm test lists all that is missing`));
    });
  });
  cluster.on('end', (member, how) => {
    screen.say(
      `${member.name} ended by itself (${how}); "restart ${member.name}" starts it`,
      'red',
    );
  });
  const told = untilToldToEnd();

  screen.say(introduction(replicas));
  const session = async () => {
    await cluster.startAll();
    const viewService = cluster.viewService.address as Address;
    const connection = await openConnection({ viewService, token: undefined });
    if (!(await cluster.untilSettled(settleTimeoutMs))) {
      screen.say('the cluster takes long to settle; going on', 'yellow');
    }
    screen.say(invitation(replicas, viewService, prompt.interactive));
    const { clerk } = connection;
    commands = new Commands({ cluster, screen, clerk, scripted: !prompt.interactive });
    await prompt.run();
    await connection.close();
  };
  try {
    await Promise.race([session(), told, stubMet]);
  } finally {
    commands?.interrupt();
    prompt.close();
    cluster.removeAllListeners();
    await cluster.stop();
  }
  screen.say('All processes of the cluster have ended.');
  return !prompt.interactive && (commands?.failures ?? 0) > 0 ? 1 : 0;
}

/** What a server has not written yet: without it the rest is only noise. */
function stubOf(line: LogLine | string): string | undefined {
  return typeof line !== 'string' && line.type === 'failure' ? line.stub : undefined;
}

function introduction(replicas: number): string {
  const names = Array.from({ length: replicas }, (_, index) => `s${index + 1}`).join(', ');
  const what = replicas === 1 ? 'one replica' : `${replicas} replicas`;
  return `Starting a view service (vs) and ${what} (${names}), each a process of its own ...`;
}

function invitation(replicas: number, viewService: Address, interactive: boolean): string {
  const elsewhere = `From another terminal: npm run client -- --viewservice ${viewService}`;
  if (!interactive) return `Everything runs. ${elsewhere}`;
  const first =
    replicas === 1
      ? '  put a 1, then get a                     one replica only: see what --replicas 3 adds'
      : '  put a 1, then kill primary, then get a  the backup takes over; nothing is lost';
  return [
    '',
    'Everything runs. Three things to try:',
    first,
    '  restart s1, then status                 it comes back with empty memory',
    '  pause primary, then put a 2             not dead, only slow: who can tell the difference?',
    elsewhere,
    '"help" lists all commands; "quit" or Ctrl-D ends everything.',
    '',
  ].join('\n');
}

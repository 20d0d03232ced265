/** Runs a whole cluster in one terminal, from the welcome to the end of its last process. */
import { notYet } from '../runtime/errors';
import { painterFor } from '../runtime/terminal/colour';
import { untilToldToEnd } from '../runtime/terminal/end-signal';
import { ProgramFailure } from '../runtime/terminal/exit';
import type { LogLine } from '../runtime/terminal/log-lines';
import { promptHistoryFile } from '../runtime/terminal/prompt/history-file';
import { Prompt } from '../runtime/terminal/prompt/prompt';
import { Commands } from './commands';
import { Clients } from './load/clients';
import { Loads } from './load/loads';
import { Meter } from './load/meter';
import type { Cluster } from './members/cluster';
import { Screen } from './members/screen';
import { LivePage } from './page/live-page';

export interface ClusterRunOptions {
  /** Where the live page listens; 0: any free port; undefined: there is none. */
  readonly pagePort: number | undefined;
}

const settleTimeoutMs = 10_000;

/** Returns the exit code: 1 when a command of a script failed. Rejects when a server is a stub. */
export async function runCluster(
  cluster: Cluster,
  { pagePort }: ClusterRunOptions,
): Promise<number> {
  // Whatever ends this process (an error of its own, too) ends the members.
  process.on('exit', () => cluster.killNow());
  let commands: Commands | undefined;
  let ofPage: Commands | undefined;
  let page: LivePage | undefined;
  const prompt = new Prompt({
    input: process.stdin,
    output: process.stdout,
    prompt: 'cluster> ',
    echo: process.stdin.isTTY !== true,
    history: promptHistoryFile('cluster-history'),
    complete: (line) => commands?.complete(line) ?? [],
    run: async (line) => {
      screen.command(line.trim(), 'prompt');
      return commands?.run(line);
    },
    interrupt: () => commands?.interrupt() ?? false,
  });
  const paint = painterFor(process.stdout);
  const screen = new Screen(
    (text) => prompt.print(text),
    paint,
    (entry) => page?.note(entry),
  );
  const meter = new Meter();
  const clients = new Clients((name) => cluster.whomToAsk(name));
  const loads = new Loads(clients, meter);
  const stubMet = new Promise<never>((_resolve, reject) => {
    cluster.on('line', (member, line) => {
      const stub = stubOf(line);
      if (stub === undefined) screen.member(member.name, line, cluster.names);
      else reject(new ProgramFailure(`${notYet(stub)}; npm test lists all that is missing`));
    });
  });
  cluster.on('end', (member, how) => {
    screen.say(
      `${member.name} ended by itself (${how}); "restart ${member.name}" starts it`,
      'red',
    );
  });
  cluster.on('news', (text) => screen.news(text));
  const told = untilToldToEnd();
  const settings = { cluster, screen, clients, meter, loads };
  if (pagePort !== undefined) {
    page = await LivePage.open({
      cluster,
      meter,
      port: pagePort,
      loads: () => loads.now,
      run: async (line) => {
        if (ofPage === undefined) throw new ProgramFailure('the cluster is still starting');
        screen.command(line.trim(), 'page');
        await ofPage.run(line);
      },
      cancel: () => ofPage?.interrupt(),
    });
  }

  screen.say(`Starting ${cluster.introduction}, each a process of its own ...`);
  const session = async () => {
    await cluster.startAll();
    if (!(await cluster.untilSettled(settleTimeoutMs))) {
      screen.say('the cluster takes long to settle; going on', 'yellow');
    }
    prompt.print(invitation(cluster, prompt.interactive, page?.link));
    commands = new Commands({ ...settings, scripted: !prompt.interactive });
    // The user of a page sees the wait of an operation, and can cancel it.
    ofPage = new Commands({ ...settings, scripted: false });
    await prompt.run();
    await loads.abandon();
    await clients.close();
  };
  try {
    await Promise.race([session(), told, stubMet]);
  } finally {
    commands?.interrupt();
    ofPage?.interrupt();
    prompt.close();
    page?.close();
    cluster.removeAllListeners();
    await cluster.stop();
  }
  screen.say('All processes of the cluster have ended.');
  return !prompt.interactive && (commands?.failures ?? 0) > 0 ? 1 : 0;
}

/** The stub of a server: without its code the rest is only noise. */
function stubOf(line: LogLine | string): string | undefined {
  return typeof line !== 'string' && line.type === 'failure' ? line.stub : undefined;
}

function invitation(cluster: Cluster, interactive: boolean, link: string | undefined): string {
  const elsewhere = [
    ...(link === undefined ? [] : [`In a browser: ${link}`]),
    `From another terminal: npm run client -- ${cluster.clientOptions()}`,
  ];
  if (!interactive) return `Everything runs. ${elsewhere.reverse().join('\n')}`;
  const width = Math.max(...cluster.suggestions.map(([typed]) => typed.length));
  return [
    '',
    'Everything runs. Things to try:',
    ...cluster.suggestions.map(([typed, shows]) => `  ${typed.padEnd(width)}  ${shows}`),
    ...elsewhere,
    '"help" lists all commands; "quit" or Ctrl-D ends everything.',
    '',
  ].join('\n');
}

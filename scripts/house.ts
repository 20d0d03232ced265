/**
 * The house: its rooms from the ground up, and what each holds. An import goes down this list, never up,
 * never round; a room inside another is a line of its own. CONTRIBUTING.md shows the same list.
 * See decision K8.
 */
export interface Room {
  /** The folder, from the root. What stands in a room inside it belongs to that one. */
  readonly folder: string;
  /** The content of the room, in a line. */
  readonly holds: string;
}

export const rooms: readonly Room[] = [
  room(
    'runtime',
    'what a node may use: contracts, reactor, errors, trace; and what all rooms share',
  ),
  room('runtime/websocket', 'the real network'),
  room('runtime/terminal', 'what all programs in terminals share'),
  room('runtime/terminal/prompt', 'a prompt with a history'),
  room('viewservice', 'who is primary, who is backup: contract, rules, server, program'),
  room('arbiter', 'etcd and ZooKeeper in the place of the view service: leases, gate, agreement'),
  room('arbiter/local', 'starts one of them on this machine'),
  room('pbservice', 'the replicated key/value service: contracts, state machine, replica, program'),
  room('pbservice/heartbeat-pair', 'the design without a view service, which a partition breaks'),
  room('pbservice/chain', 'the example of a lab of your own: a chain of three servers'),
  room('client', 'the clerk, and the command line client'),
  room('judging/history/model', 'histories of clients, and what the data should do'),
  room('judging/history/search', 'looks for an order in which the operations make sense'),
  room('judging/history', 'the checker, a library with a door of its own: npm run check-history'),
  room('judging', 'what is right: rules of views, one primary; the words of a failure'),
  room('judging/causes', 'what a trace proves against the code'),
  room('viewer/model', 'what pages show, as data; no browser'),
  room('viewer/strings', 'the words of pages, in each language'),
  room('viewer/kit', 'what all pages share: one HTML file, its style, who may ask for it'),
  room('viewer/run', 'the page of a run'),
  room('viewer/debug', 'the page of the debugger'),
  room('viewer/live', 'the page of a running cluster'),
  room('viewer', 'pages, which know data and not where it comes from'),
  room('nodes/sandbox', 'the modules and globals of a node that runs in no process of its own'),
  room('nodes/loops', 'who does not come back, and where in the code'),
  room('nodes', 'hosts of nodes: one input, its outputs'),
  room('nodes/apart', 'nodes in processes of their own, behind walls'),
  room('worlds', 'where programs run: what every world can do, and who watches the views'),
  room('worlds/simulated', 'virtual time, one seed'),
  room('worlds/coordination', 'models of etcd and ZooKeeper'),
  room('worlds/explored', 'every order of events, by search within a bound or chosen by hand'),
  room('worlds/real', 'processes, proxies, and the time on the wall'),
  room('suite/scenario', 'the language of scenarios'),
  room('suite/run', 'runs a scenario, seed after seed, and makes sure of a failure'),
  room('suite/campaigns', 'many runs that are judged as one: explorations'),
  room('suite/campaigns/swept', 'every fault at every step'),
  room('report', 'the report as data'),
  room('report/renderers', 'what is made of it: terminal, Markdown, Gradescope, JUnit, HTML'),
  room(
    'labtests/primary-backup',
    'the system of the lecture: its nodes, and the language of scenarios about it',
  ),
  room('labtests/part-0-break-it', 'the histories with which students break the heartbeat pair'),
  room(
    'labtests/part-a-view-service/language',
    'the language of scenarios about a view service alone',
  ),
  room('labtests/part-a-view-service', 'the scenarios of the view service'),
  room('labtests/part-b-primary-backup', 'the scenarios of the replicated service'),
  room('labtests/part-c-arbiters', 'the scenarios where a coordination service decides'),
  room('labtests/example-chain', 'the scenarios of the example of a lab of your own'),
  room('labtests', 'the labs: catalogue of scenarios, files of students'),
  room('labtests/workers', 'runs scenarios in threads'),
  room('labtests/jest', 'npm test: jest on top of the workers'),
  room('labtests/broken-solutions', 'solutions with a flaw, for the tests of what finds it'),
  room('grading/hand-in', 'reads what strangers hand in'),
  room('grading', 'grades one hand-in, and ends all that belongs to it'),
  room('grading/class', 'grades a class'),
  room('grading/queue', 'shares a class among machines'),
  room('labtests/zoo', 'wrong solutions and right ones of other designs'),
  room('labtests/mutants', 'small changes of the solution, and which tests see them'),
  room('cluster/members', 'npm start: the processes of a cluster'),
  room('cluster/load', 'clients that keep a cluster busy, and a judge of what they saw'),
  room('cluster/page', 'what the live page is told'),
  room('cluster', 'the prompt of npm start'),
  room('commands/docs', 'generates the pages of docs/'),
  room('commands/handout', 'makes what students get'),
  room('commands/test', 'the arguments of npm test'),
  room('commands/explore', 'explores, shrinks, and says what was covered'),
  room('commands/watch', 'tests again when a file changes'),
  room('commands/debug', 'the debugger'),
  room('commands/replay', 'runs a schedule again and shows what happened'),
  room('commands/soak', 'the whole catalogue over and over'),
  room('commands/test-real', 'scenarios with real processes'),
  room('commands/grade', 'one hand-in or a class, and what is printed of it'),
  room('commands/package-grader', 'the grader as Gradescope takes it'),
  room('commands/bench', 'how quick it is'),
  room('scripts', 'one thin main for each command'),
];

function room(folder: string, holds: string): Room {
  return { folder, holds };
}

/** The folders at the root, from the ground up. */
export const floors: readonly string[] = [
  ...new Set(rooms.map(({ folder }) => folder.split('/')[0] as string)),
];

/** The number of the room, from the ground up, that a file belongs to; undefined: none. */
export function roomOf(file: string): number | undefined {
  let found: number | undefined;
  for (const [i, { folder }] of rooms.entries()) {
    if (!file.startsWith(`${folder}/`)) continue;
    if (found === undefined || folder.length > (rooms[found] as Room).folder.length) found = i;
  }
  return found;
}

/** The list as CONTRIBUTING.md shows it. */
export function listing(): string {
  const width = Math.max(...rooms.map(({ folder }) => folder.length)) + 2;
  return rooms.map(({ folder, holds }) => `${folder.padEnd(width)}${holds}`).join('\n');
}

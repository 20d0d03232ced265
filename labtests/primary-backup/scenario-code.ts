/**
 * Writes a path as a scenario, in the language of `lab.ts`: what was done to nodes and
 * messages, what the clients asked, and the views that came. What came as usual is left to the world
 * that runs it. A scenario says beforehand what becomes of a message, so a message that was lost, came
 * late or came twice is announced before the step in which it was sent.
 */
import type { Operation } from '../../pbservice/api';
import type { DebuggedStep } from '../../suite/scenario/lab-declaration';
import { operationIn } from '../../worlds/explored/client-histories';
import type { MessageView, NodeView, WorldView } from '../../worlds/explored/world-view';

/** A pause of the path, in milliseconds, that is worth a statement. */
const worthSaying = 40;

/** `steps`: those of the path, in order. */
export function scenarioCode(steps: readonly DebuggedStep[]): string {
  const first = steps[0]?.before;
  if (first === undefined) return '// Nothing has happened yet: take some steps first.\n';
  return new Writer(first, steps).code();
}

class Writer {
  private readonly first: WorldView;
  private readonly steps: readonly DebuggedStep[];
  /** The statements before each step. */
  private readonly statements: string[][];
  private readonly pending = new Map<string, string>();
  private counts = { hold: 0, work: 0 };

  constructor(first: WorldView, steps: readonly DebuggedStep[]) {
    this.first = first;
    this.steps = steps;
    this.statements = Array.from({ length: steps.length + 1 }, () => []);
  }

  code(): string {
    this.steps.forEach((_, at) => {
      this.write(at);
    });
    const body = [
      ...this.opening(),
      ...this.statements.flat(),
      `await lab.healAndFinish(Promise.all([${[...this.pending.values()].join(', ')}]));`,
      `await lab.readAll(${JSON.stringify(this.keys())});`,
    ];
    return `/** Written by the debugger. Put it into labtests/part-b-primary-backup/own.ts, and import that in index.ts. */
import { scenario } from './scenario';

scenario(
  'B99',
  'what the debugger has shown',
  {
    points: 0,
    rule: 'The rule that was broken, in a sentence.',
    why: 'What would go wrong for a user.',
    hint: 'Where to look.',
  },
  async (lab) => {
${body.map((line) => `    ${line}`).join('\n')}
  },
);
`;
  }

  private opening(): string[] {
    const named = (kind: string) =>
      this.nodes.filter((node) => node.kind === kind).map(({ name }) => name);
    const servers = named('server');
    const clients = named('client').map((name) => `const ${name} = lab.clerk();`);
    if (this.isPair) return [`const [${servers.join(', ')}] = await lab.startPair();`, ...clients];
    const names = `const [${servers.join(', ')}] = await lab.startReplicas(${servers.length});`;
    return [names, ...clients];
  }

  private get isPair(): boolean {
    return this.first.nodes.every(({ kind }) => kind !== 'view service');
  }

  /** Without the client that reads in the end, unless it does. */
  private get nodes(): readonly NodeView[] {
    const operations = this.steps.flatMap(({ before }) => before.nodes);
    const idle = (name: string) =>
      operations.every((one) => one.name !== name || one.operation === null);
    return this.first.nodes.filter(({ name }) => name !== 'reader' || !idle(name));
  }

  private keys(): string[] {
    const operations = this.steps.flatMap(({ before }) => before.nodes);
    return [...new Set(operations.flatMap(({ operation }) => operation?.key ?? []))];
  }

  private say(at: number, ...statements: string[]): void {
    this.statements[at]?.push(...statements);
  }

  private write(at: number): void {
    const { before, move } = this.steps[at] as DebuggedStep;
    const { word, message, node = '', side = [], operation } = move;
    this.views(at);
    this.returns(at);
    switch (word) {
      case 'crash':
      case 'bounce': {
        this.moment(at);
        const isSpare = this.isPair || (before.acknowledged && before.view.backup !== null);
        const crash = isSpare ? 'await lab.crash' : 'lab.crashAnyway';
        this.say(at, `${crash}(${node});`, ...(word === 'bounce' ? [`lab.restart(${node});`] : []));
        break;
      }
      case 'restart':
      case 'pause':
      case 'resume':
        this.moment(at);
        this.say(at, `lab.${word}(${node});`);
        break;
      case 'cut': {
        const others = this.nodes.filter(({ name }) => !side.includes(name));
        const sides = [side, others.map(({ name }) => name)];
        this.moment(at);
        this.say(at, `lab.partition(${sides.map((one) => this.list(one)).join(', ')});`);
        break;
      }
      case 'mend':
        this.say(at, 'lab.heal();');
        break;
      case 'invoke':
        if (operation !== undefined) this.invoke(at, node, operation);
        break;
      case 'drop':
      case 'deliverTwice':
      case 'duplicate':
        if (message !== undefined) {
          const verb = word === 'drop' ? 'dropNext' : 'duplicateNext';
          this.say(this.sentAt(message), `lab.${verb}(${this.filterOf(message)});`);
        }
        break;
      case 'deliver':
        if (message !== undefined) this.deliver(at, message);
        break;
    }
  }

  private deliver(at: number, message: MessageView): void {
    if (message.kind === 'invoke') {
      this.invoke(at, message.to, operationIn(`${message.call}\n${message.body}`));
      return;
    }
    if (message.kind === 'start' || message.isCopy) return;
    // The message came late if it waited, or if one that was to come later came before it.
    if (!this.waited(message, at)) return;
    this.counts.hold += 1;
    const name = `letGo${this.counts.hold}`;
    this.say(this.sentAt(message), `const ${name} = lab.hold(${this.filterOf(message)}, 1);`);
    this.moment(at);
    this.say(at, `${name}();`);
  }

  private waited({ number }: MessageView, until: number): boolean {
    return this.steps.slice(0, until).some(({ before, move }) => {
      if (move.word === 'hold') return move.message?.number === number;
      return move.message !== undefined && nextIn(before)?.number === number;
    });
  }

  /** The step before which a message was not there yet. */
  private sentAt({ number }: MessageView): number {
    const after = this.steps.findIndex(({ before }) => before.sent >= number);
    return Math.max(0, (after < 0 ? this.steps.length : after) - 1);
  }

  private invoke(at: number, client: string, operation: Operation): void {
    const { op, key, ...rest } = operation;
    const args = [key, ...Object.values(rest)].map((value) => JSON.stringify(value)).join(', ');
    this.counts.work += 1;
    const name = `work${this.counts.work}`;
    this.pending.set(client, name);
    this.moment(at);
    this.say(at, `const ${name} = lab.meanwhile(${client}.${op}(${args}));`);
  }

  /** Awaits the operations answered before this step: the next one may depend on them. */
  private returns(at: number): void {
    const now = this.steps[at]?.before;
    for (const client of this.steps[at - 1]?.answered ?? []) {
      const work = this.pending.get(client);
      if (now === undefined || work === undefined) continue;
      this.say(at, `await lab.finish(${work});`);
      this.pending.delete(client);
      this.saidMs = now.nowMs;
    }
  }

  private views(at: number): void {
    const [earlier, now] = [this.steps[at - 1]?.before, this.steps[at]?.before];
    if (earlier === undefined || now === undefined || this.isPair) return;
    if (!now.acknowledged || earlier.acknowledged) return;
    const { primary, backup } = now.view;
    this.say(at, `await lab.untilView({ primary: ${name(primary)}, backup: ${name(backup)} });`);
    this.saidMs = now.nowMs;
  }

  private saidMs = 0;

  /** Time that has passed since the last statement. */
  private moment(at: number): void {
    const { nowMs } = (this.steps[at] as DebuggedStep).before;
    const since = nowMs - Math.max(this.saidMs, this.first.nowMs);
    if (since >= worthSaying) this.say(at, `await lab.sleep(${since});`);
    this.saidMs = nowMs;
  }

  /** Names of servers are variables; so are clients, which are clerks, and the view service. */
  private list(names: readonly string[]): string {
    return `[${names.map((one) => this.address(one)).join(', ')}]`;
  }

  private address(one: string): string {
    const kind = this.first.nodes.find(({ name }) => name === one)?.kind;
    if (kind === 'view service') return 'lab.viewService';
    return kind === 'client' ? `${one}.name` : one;
  }

  private filterOf({ from, to, kind }: MessageView): string {
    return `{ from: ${this.address(from)}, to: ${this.address(to)}, kind: '${kind}' }`;
  }
}

/** The message that would come next. */
function nextIn({ messages }: WorldView): MessageView | undefined {
  const coming = messages.filter(({ isHeld, obstacle }) => !isHeld && obstacle === null);
  return coming.sort((a, b) => a.place - b.place)[0];
}

const name = (server: string | null) => server ?? 'null';

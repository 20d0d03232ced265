/**
 * Writes a path as a scenario, in the language of `scenario/lab.ts`: what was done to nodes and
 * messages, what the clients asked, and the views that came. What came as usual is left to the world
 * that runs it. A scenario says beforehand what becomes of a message, so a message that was lost, came
 * late or came twice is announced before the step in which it was sent.
 */
import type { Operation } from '../../../pbservice/api';
import { type Action, usual } from './actions';
import { isClient, isServer, type Message, type WorldState } from './world-state';

type Step = { readonly before: WorldState; readonly action: Action };

/** A pause of the path, in milliseconds, that is worth a statement. */
const worthSaying = 40;

/** `steps`: those of the path, in order. */
export function scenarioCode(steps: readonly Step[]): string {
  const first = steps[0]?.before;
  if (first === undefined) return '// Nothing has happened yet: take some steps first.\n';
  return new Writer(first, steps).code();
}

class Writer {
  private readonly first: WorldState;
  private readonly steps: readonly Step[];
  /** The statements before each step. */
  private readonly statements: string[][];
  private readonly pending = new Map<string, string>();
  private counts = { hold: 0, work: 0 };

  constructor(first: WorldState, steps: readonly Step[]) {
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
import { scenario } from '../harness/scenario/scenario';

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
    const { setting, nodes } = this.first;
    const servers = nodes.filter(isServer).map(({ name }) => name);
    const clients = nodes.filter(isClient).map(({ name }) => `const ${name} = lab.clerk();`);
    if (setting.pair) return [`const [${servers.join(', ')}] = await lab.startPair();`, ...clients];
    const names = `const [${servers.join(', ')}] = await lab.startReplicas(${servers.length});`;
    return [names, ...clients];
  }

  private keys(): string[] {
    const keys = this.steps.flatMap(({ before }) => before.history.map((one) => one.operation.key));
    return [...new Set(keys)];
  }

  private say(at: number, ...statements: string[]): void {
    this.statements[at]?.push(...statements);
  }

  private write(at: number): void {
    const { before, action } = this.steps[at] as Step;
    this.views(at);
    this.returns(at);
    switch (action.do) {
      case 'crash':
      case 'restart':
      case 'pause':
      case 'resume':
        this.moment(at);
        this.say(at, `lab.${action.do}(${action.node});`);
        break;
      case 'cut': {
        const others = before.nodes.filter(({ name }) => !action.side.includes(name));
        const sides = [action.side, others.map(({ name }) => name)];
        this.moment(at);
        this.say(at, `lab.partition(${sides.map((side) => list(before, side)).join(', ')});`);
        break;
      }
      case 'heal':
        this.say(at, 'lab.heal();');
        break;
      case 'invoke':
        this.invoke(at, action.node, action.operation);
        break;
      case 'drop':
      case 'twice': {
        const message = messageOf(before, action.message);
        const verb = action.do === 'drop' ? 'loseNext' : 'repeatNext';
        this.say(this.sentAt(message), `lab.${verb}(${filterOf(before, message)});`);
        break;
      }
      case 'deliver':
        this.deliver(at, messageOf(before, action.message));
        break;
    }
  }

  private deliver(at: number, message: Message): void {
    const { before } = this.steps[at] as Step;
    if (message.kind === 'invoke') {
      const args = JSON.parse(message.body);
      this.invoke(at, message.to, { op: message.call, ...args } as Operation);
      return;
    }
    if (message.kind === 'start' || message.isCopy) return;
    // It came late if it waited, or if one that was to come later came before it.
    if (!this.waited(message, at)) return;
    this.counts.hold += 1;
    const name = `letGo${this.counts.hold}`;
    this.say(this.sentAt(message), `const ${name} = lab.hold(${filterOf(before, message)}, 1);`);
    this.moment(at);
    this.say(at, `${name}();`);
  }

  private waited({ number }: Message, until: number): boolean {
    return this.steps.slice(0, until).some(({ before, action }) => {
      if (action.do === 'hold') return action.message === number;
      const next = usual(before);
      return next?.do === 'deliver' && next.message === number && 'message' in action;
    });
  }

  /** The step before which a message was not there yet. */
  private sentAt({ number }: Message): number {
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

  /** What was answered before this step is awaited: what comes next may depend on that. */
  private returns(at: number): void {
    const [earlier, now] = [this.steps[at - 1]?.before, this.steps[at]?.before];
    if (earlier === undefined || now === undefined) return;
    for (const { process, result } of now.history.slice(earlier.history.length)) {
      const work = this.pending.get(process);
      if (result === undefined || work === undefined) continue;
      this.say(at, `await lab.finish(${work});`);
      this.pending.delete(process);
      this.saidMs = now.nowMs;
    }
  }

  private views(at: number): void {
    const [earlier, now] = [this.steps[at - 1]?.before, this.steps[at]?.before];
    if (earlier === undefined || now === undefined || now.setting.pair) return;
    if (!now.acknowledged || earlier.acknowledged) return;
    const { primary, backup } = now.view;
    this.say(at, `await lab.untilView({ primary: ${name(primary)}, backup: ${name(backup)} });`);
    this.saidMs = now.nowMs;
  }

  private saidMs = 0;

  /** Time that has passed since the last statement. */
  private moment(at: number): void {
    const { nowMs } = (this.steps[at] as Step).before;
    const since = nowMs - Math.max(this.saidMs, this.first.nowMs);
    if (since >= worthSaying) this.say(at, `await lab.sleep(${since});`);
    this.saidMs = nowMs;
  }
}

function messageOf({ messages }: WorldState, number: number): Message {
  return messages.find((message) => message.number === number) as Message;
}

const name = (server: string | null) => server ?? 'null';

/** Names of servers are variables; so are clients, which are clerks, and the view service. */
function list(state: WorldState, names: readonly string[]): string {
  return `[${names.map((one) => address(state, one)).join(', ')}]`;
}

function address({ nodes }: WorldState, one: string): string {
  const node = nodes.find((other) => other.name === one);
  if (node?.role.kind === 'view-service') return 'lab.viewService';
  return node !== undefined && isClient(node) ? `${one}.name` : one;
}

function filterOf(state: WorldState, { from, to, kind }: Message): string {
  return `{ from: ${address(state, from)}, to: ${address(state, to)}, kind: '${kind}' }`;
}

/** The commands of the cluster's prompt. */

import { setTimeout as sleep } from 'node:timers/promises';
import { isOperation, operationForms, operationUsage } from '../client/operations';
import { typedWords } from '../runtime/fault-words';
import { ProgramFailure, UsageError } from '../runtime/terminal/exit';
import { splitWords } from '../runtime/terminal/prompt/line-words';
import { LoadCommand, loadUsage } from './load/command';
import type { Loads } from './load/loads';
import type { Member } from './members/member';
import { clientName, parseSides, sidesInWords } from './members/network';
import { type OperationSettings, Operations } from './operations';

interface Command {
  readonly usage: string;
  readonly meaning: string;
  readonly run: (words: readonly string[]) => void | Promise<void>;
}

/** How long `heal` and `restart` wait for the members to be of one mind again. */
const reunionTimeoutMs = 10_000;
const longestWaitS = 3_600;
const operationNames = Object.keys(operationForms);

export class Commands {
  /** How many commands failed. */
  failures = 0;
  private readonly settings: OperationSettings;
  private readonly operations: Operations;
  private readonly load: LoadCommand;
  private readonly table: Readonly<Record<string, Command>>;

  constructor(settings: OperationSettings & { readonly loads: Loads }) {
    this.settings = settings;
    const fail = (text: string) => this.fail(text);
    this.operations = new Operations(settings, fail);
    this.load = new LoadCommand(settings, fail);
    this.table = this.makeTable();
  }

  /** Carries out a typed line. */
  async run(line: string): Promise<'quit' | undefined> {
    try {
      const [name = '', ...words] = splitWords(line);
      if (name === 'quit' || name === 'exit') return 'quit';
      if (isOperation(name)) await this.operations.run([name, ...words]);
      else await this.command(name).run(words);
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof ProgramFailure)) throw error;
      this.fail(error.message);
    }
    return undefined;
  }

  /** Cancels the operations under way; false when there is none. */
  interrupt(): boolean {
    return this.operations.interrupt();
  }

  /** The completions of the last word of the line. */
  complete(line: string): string[] {
    const words = line.trimStart().split(/\s+/);
    const last = words.at(-1) ?? '';
    return this.candidates(words).filter((candidate) => candidate.startsWith(last));
  }

  private candidates(words: readonly string[]): string[] {
    if (words.length === 1) return [...operationNames, ...Object.keys(this.table), 'quit'];
    const usage = this.table[words[0] ?? '']?.usage ?? '';
    if (usage.includes('NAMES')) return ['|', clientName, ...this.memberNames()];
    if (isOperation(words[0] ?? '')) return this.memberNames().map((name) => `@${name}`);
    return words.length === 2 && usage.includes('SERVER') ? this.serverNames() : [];
  }

  private memberNames(): string[] {
    return this.settings.cluster.members.map(({ name }) => name);
  }

  private serverNames(): string[] {
    return [...this.memberNames(), 'primary', 'backup'];
  }

  private makeTable(): Record<string, Command> {
    return {
      kill: {
        usage: 'kill SERVER',
        meaning: `${typedWords.kill} it: end it at once (kill -9); it forgets everything`,
        run: (words) => {
          const member = this.server('kill', words);
          return member.inTurn(() => this.kill(member));
        },
      },
      restart: {
        usage: 'restart SERVER',
        meaning: 'start it again, with empty memory, at its old address',
        run: (words) => this.restart(this.server('restart', words)),
      },
      pause: {
        usage: 'pause SERVER',
        meaning: 'let it stand still (SIGSTOP): slow beyond measure, not dead',
        run: (words) => this.pause(this.server('pause', words)),
      },
      resume: {
        usage: 'resume SERVER',
        meaning: 'let it go on (SIGCONT)',
        run: (words) => this.resume(this.server('resume', words)),
      },
      partition: {
        usage: 'partition NAMES | NAMES',
        meaning: 'nothing gets from one side to another; who is not named stands on the first',
        run: (words) => this.partition(words),
      },
      heal: {
        usage: 'heal',
        meaning: 'end the partition',
        run: (words) => this.heal(words),
      },
      load: {
        usage: loadUsage,
        meaning: 'put and get at a rate; "load stop": end that, and check what the clients saw',
        run: (words) => this.load.run(words),
      },
      view: {
        usage: 'view',
        meaning: 'who is primary, backup and idle',
        run: (words) => this.view(words),
      },
      status: {
        usage: 'status',
        meaning: 'each process: condition, pid, address, role, what it believes',
        run: (words) => this.status(words),
      },
      wait: {
        usage: 'wait SECONDS',
        meaning: 'do nothing for a while: for scripts',
        run: (words) => this.wait(words),
      },
      help: { usage: 'help', meaning: 'this list', run: () => this.help() },
    };
  }

  private command(name: string): Command {
    const command = Object.hasOwn(this.table, name) ? this.table[name] : undefined;
    if (command !== undefined) return command;
    const known = [...operationNames, ...Object.keys(this.table), 'quit'].join(', ');
    throw new UsageError(`expected one of ${known}, got ${JSON.stringify(name)}`);
  }

  private server(command: string, words: readonly string[]): Member {
    const { cluster } = this.settings;
    const [name] = words;
    if (words.length === 1 && (name === 'primary' || name === 'backup')) {
      const [member, another] = cluster.withRole(name);
      if (member !== undefined && another === undefined) return member;
      const problem =
        member === undefined ? `there is no ${name}` : `there is more than one ${name}, name it`;
      throw new ProgramFailure(`${problem}: ${cluster.viewInWords()}`);
    }
    const member = name === undefined ? undefined : cluster.named(name);
    if (member !== undefined && words.length === 1) return member;
    const got = words.length === 0 ? 'nothing' : JSON.stringify(words.join(' '));
    throw new UsageError(
      `${command}: expected one of ${this.serverNames().join(', ')}, got ${got}`,
    );
  }

  private requireNoWords(command: string, words: readonly string[]): void {
    if (words.length === 0) return;
    throw new UsageError(`expected ${command} alone, got ${JSON.stringify(words[0])} after it`);
  }

  private fail(text: string): void {
    this.failures += 1;
    this.settings.screen.say(text, 'red');
  }

  private async kill(member: Member): Promise<void> {
    if (member.condition === 'dead') throw new ProgramFailure(`${member.name} is dead already`);
    const role = this.settings.cluster.roleOf(member);
    const { pid } = member;
    await member.kill();
    this.settings.screen.say(`${member.name} (${role}) killed: kill -9 ${pid}`);
  }

  private async restart(member: Member): Promise<void> {
    await member.inTurn(async () => {
      if (member.condition !== 'dead') await this.kill(member);
      await this.settings.cluster.start(member);
    });
    this.settings.screen.say(`${member.name} restarted ${member.restartsWith}, pid ${member.pid}`);
    await this.reunite();
  }

  private pause(member: Member): void {
    if (member.condition !== 'running') {
      throw new ProgramFailure(
        `${member.name} is ${member.condition}: only what runs can be paused`,
      );
    }
    const role = this.settings.cluster.roleOf(member);
    member.pause();
    this.settings.screen.say(`${member.name} (${role}) paused: kill -STOP ${member.pid}`);
  }

  private resume(member: Member): void {
    if (member.condition !== 'paused') {
      const advice = member.condition === 'dead' ? `; try "restart ${member.name}"` : '';
      throw new ProgramFailure(`${member.name} is ${member.condition}, not paused${advice}`);
    }
    member.resume();
    this.settings.screen.say(`${member.name} goes on: kill -CONT ${member.pid}`);
  }

  private partition(words: readonly string[]): void {
    const { cluster, screen } = this.settings;
    const sides = parseSides(words, this.memberNames());
    cluster.network.partition(sides);
    const other = sides.find((names) => !names.includes(clientName))?.[0];
    const hint = `. To write as a client on the other side: put x 1 @${other}`;
    screen.say(`partitioned: ${sidesInWords(sides)}${this.settings.scripted ? '' : hint}`);
  }

  private async heal(words: readonly string[]): Promise<void> {
    this.requireNoWords('heal', words);
    const { cluster, screen } = this.settings;
    if (cluster.network.sides.length === 0)
      throw new ProgramFailure('there is no partition to heal');
    cluster.network.heal();
    screen.say('healed: everybody reaches everybody again');
    await this.reunite();
  }

  /** A script, and who reads the answer, wants to go on when the members are of one mind again. */
  private async reunite(): Promise<void> {
    const { cluster } = this.settings;
    const canTalk = cluster.members.every(({ condition }) => condition === 'running');
    if (!cluster.reunites || !canTalk || cluster.network.sides.length > 0) return;
    await cluster.untilSettled(reunionTimeoutMs);
  }

  private view(words: readonly string[]): void {
    this.requireNoWords('view', words);
    this.settings.screen.say(this.settings.cluster.viewInWords(), 'bold');
  }

  private status(words: readonly string[]): void {
    this.requireNoWords('status', words);
    const { cluster, screen } = this.settings;
    for (const member of cluster.members) {
      const { name, condition, pid, address } = member;
      const cells = [
        name.padEnd(4),
        condition.padEnd(9),
        (pid === undefined ? '' : `pid ${pid}`).padEnd(12),
        address.padEnd(17),
        cluster.roleOf(member),
      ];
      screen.say(`  ${cells.join(' ')}`);
    }
    const { sides } = cluster.network;
    if (sides.length > 0) screen.say(`  partitioned: ${sidesInWords(sides)}`);
  }

  private async wait(words: readonly string[]): Promise<void> {
    const [text = ''] = words;
    const seconds = Number(text);
    const fits = /^\d+(\.\d+)?$/.test(text) && seconds <= longestWaitS && words.length === 1;
    if (!fits)
      throw new UsageError(`expected wait SECONDS, at most ${longestWaitS}, as in: wait 1.5`);
    await sleep(seconds * 1_000);
  }

  private help(): void {
    const rows = [
      ...operationNames.map((name) => [operationUsage(name), operationForms[name]?.meaning]),
      ...Object.values(this.table).map(({ usage, meaning }) => [usage, meaning]),
      ['quit', 'end the cluster (also Ctrl-D)'],
    ];
    const list = rows.map(([usage = '', meaning]) => `  ${usage.padEnd(25)}${meaning}`);
    const names = this.memberNames();
    this.settings.screen.say(
      [
        ...list,
        `  SERVER: ${this.serverNames().join(', ')} (the last two: whoever it is then)`,
        `  NAMES: ${names.join(', ')}, ${clientName} (this prompt, and every other terminal)`,
        `  @${names.at(-1)} at the end of an operation: by a client that stands beside ${names.at(-1)}, on its side`,
      ].join('\n'),
    );
  }
}

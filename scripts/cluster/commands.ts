/** The commands of the cluster's prompt. */
import { setTimeout as sleep } from 'node:timers/promises';
import { carryOut, durationInWords, errorInWords } from '../../client/carry-out';
import type { Clerk } from '../../client/clerk';
import {
  isOperation,
  operationForms,
  operationUsage,
  parseOperation,
  resultInWords,
} from '../../client/operations';
import { Failure, UsageError } from '../../runtime/terminal/exit';
import { splitWords } from '../../runtime/terminal/prompt/line-words';
import { viewInWords } from '../../runtime/terminal/words';
import type { Cluster } from './cluster';
import type { Member } from './member';
import type { Screen } from './screen';
import { whatIsMissing } from './what-is-missing';

interface Command {
  readonly usage: string;
  readonly meaning: string;
  readonly run: (words: readonly string[]) => void | Promise<void>;
}

export interface CommandSettings {
  readonly cluster: Cluster;
  readonly screen: Screen;
  readonly clerk: Clerk;
  /** Lines come from a file or a pipe: one after the other, and none may wait for ever. */
  readonly scripted: boolean;
}

/** How long an operation of a script may wait: there is nobody who could press Ctrl-C. */
const scriptedTimeoutMs = 30_000;
const longestWaitS = 3_600;
const operationNames = Object.keys(operationForms);

export class Commands {
  /** How many commands failed. */
  failures = 0;
  private readonly settings: CommandSettings;
  private readonly underWay = new Set<AbortController>();
  private readonly table: Readonly<Record<string, Command>>;

  constructor(settings: CommandSettings) {
    this.settings = settings;
    this.table = this.makeTable();
  }

  /** Carries out a typed line. */
  async run(line: string): Promise<'quit' | undefined> {
    try {
      const [name = '', ...words] = splitWords(line);
      if (name === 'quit' || name === 'exit') return 'quit';
      if (isOperation(name)) await this.operate([name, ...words]);
      else await this.command(name).run(words);
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof Failure)) throw error;
      this.fail(error.message);
    }
    return undefined;
  }

  /** Cancels the operations under way; false when there is none. */
  interrupt(): boolean {
    for (const operation of this.underWay) operation.abort();
    return this.underWay.size > 0;
  }

  /** What the last word of the line could become. */
  complete(line: string): string[] {
    const words = line.trimStart().split(/\s+/);
    const last = words.at(-1) ?? '';
    return this.candidates(words).filter((candidate) => candidate.startsWith(last));
  }

  private candidates(words: readonly string[]): string[] {
    if (words.length === 1) return [...operationNames, ...Object.keys(this.table), 'quit'];
    if (words.length > 2 || !this.table[words[0] ?? '']?.usage.includes('SERVER')) return [];
    return this.serverNames();
  }

  private serverNames(): string[] {
    const { members } = this.settings.cluster;
    return [...members.map(({ name }) => name), 'primary', 'backup'];
  }

  private makeTable(): Record<string, Command> {
    return {
      kill: {
        usage: 'kill SERVER',
        meaning: 'end it at once (kill -9); it forgets everything',
        run: (words) => this.kill(this.server('kill', words)),
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
      view: {
        usage: 'view',
        meaning: 'who is primary, backup and idle',
        run: (words) => this.view(words),
      },
      status: {
        usage: 'status',
        meaning: 'each process: condition, pid, address, role',
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
    const member = name === undefined ? undefined : cluster.find(name);
    if (member !== undefined && words.length === 1) return member;
    if (words.length === 1 && (name === 'primary' || name === 'backup')) {
      throw new Failure(`there is no ${name}: ${viewInWords({ ...cluster.viewWithNames })}`);
    }
    const got = words.length === 0 ? 'nothing' : JSON.stringify(words.join(' '));
    throw new UsageError(
      `${command}: expected one of ${this.serverNames().join(', ')}, got ${got}`,
    );
  }

  private requireNoWords(command: string, words: readonly string[]): void {
    if (words.length === 0) return;
    throw new UsageError(`expected ${command} alone, got ${JSON.stringify(words[0])} after it`);
  }

  private async operate(words: readonly string[]): Promise<void> {
    const operation = parseOperation(words);
    const { scripted, cluster, clerk, screen } = this.settings;
    const text = words.map((word) => (/^[^\s"']+$/.test(word) ? word : JSON.stringify(word)));
    const label = text.join(' ');
    const cancel = new AbortController();
    this.underWay.add(cancel);
    const ended = carryOut(clerk, operation, {
      timeoutMs: scripted ? scriptedTimeoutMs : undefined,
      signal: cancel.signal,
      whatIsMissing: () => whatIsMissing(cluster.situation),
      notice: (notice) => {
        const hint = scripted ? '' : ' (Ctrl-C cancels)';
        screen.say(`${label}: ${notice}${hint}`, 'yellow');
      },
    }).then((ending) => {
      this.underWay.delete(cancel);
      const took = durationInWords(ending.tookMs);
      if (ending.type === 'done') {
        screen.result(`${label}: ${resultInWords(operation, ending.result)}`, took);
      } else if (ending.type === 'cancelled') {
        this.fail(`${label}: cancelled after ${took}; it may have taken effect`);
      } else {
        this.fail(`${label}: ${errorInWords(ending.error)}`);
      }
    });
    // At a prompt one goes on typing meanwhile: `restart s1` may be what the operation waits for.
    if (scripted) await ended;
  }

  private fail(text: string): void {
    this.failures += 1;
    this.settings.screen.say(text, 'red');
  }

  private async kill(member: Member): Promise<void> {
    if (member.condition === 'dead') throw new Failure(`${member.name} is dead already`);
    const role = this.settings.cluster.roleOf(member);
    const { pid } = member;
    await member.kill();
    this.settings.screen.say(`${member.name} (${role}) killed: kill -9 ${pid}`);
  }

  private async restart(member: Member): Promise<void> {
    if (member.condition !== 'dead') await this.kill(member);
    await this.settings.cluster.start(member);
    this.settings.screen.say(`${member.name} restarted with empty memory, pid ${member.pid}`);
  }

  private pause(member: Member): void {
    if (member.condition !== 'running') {
      throw new Failure(`${member.name} is ${member.condition}: only what runs can be paused`);
    }
    const role = this.settings.cluster.roleOf(member);
    member.pause();
    this.settings.screen.say(`${member.name} (${role}) paused: kill -STOP ${member.pid}`);
  }

  private resume(member: Member): void {
    if (member.condition !== 'paused') {
      const advice = member.condition === 'dead' ? `; try "restart ${member.name}"` : '';
      throw new Failure(`${member.name} is ${member.condition}, not paused${advice}`);
    }
    member.resume();
    this.settings.screen.say(`${member.name} goes on: kill -CONT ${member.pid}`);
  }

  private view(words: readonly string[]): void {
    this.requireNoWords('view', words);
    const { cluster, screen } = this.settings;
    const { condition } = cluster.viewService;
    const idle = cluster.replicas
      .filter((one) => one.condition === 'running' && cluster.roleOf(one) === 'idle')
      .map(({ name }) => name);
    const remarks = [
      ...(idle.length > 0 ? [`, idle ${idle.join(', ')}`] : []),
      ...(cluster.view.viewnum > 0 && !cluster.acknowledged ? [' (not acknowledged yet)'] : []),
      ...(condition === 'running' ? [] : [` (the last one: the view service is ${condition})`]),
    ];
    const { viewnum, primary, backup } = cluster.viewWithNames;
    const view = {
      viewnum,
      primary: this.withCondition(primary),
      backup: this.withCondition(backup),
    };
    screen.say(viewInWords(view) + remarks.join(''), 'bold');
  }

  /** `s1`, or `s1 (dead)`: a view is not the truth about who lives, only what servers agree on. */
  private withCondition(name: string | null): string | null {
    const condition = name === null ? undefined : this.settings.cluster.find(name)?.condition;
    return condition === undefined || condition === 'running' ? name : `${name} (${condition})`;
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
        (address ?? '').padEnd(17),
        cluster.roleOf(member),
      ];
      screen.say(`  ${cells.join(' ')}`);
    }
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
    const list = rows.map(([usage = '', meaning]) => `  ${usage.padEnd(18)}${meaning}`);
    const servers = `SERVER: ${this.serverNames().join(', ')} (the last two: whoever it is then)`;
    this.settings.screen.say([...list, `  ${servers}`].join('\n'));
  }
}

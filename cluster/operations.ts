/** Operations of the cluster's prompt: whose client does them, how long it may wait, what is said. */
import { carryOut, durationInWords, errorInWords } from '../client/carry-out';
import { operationForms, parseOperation, resultInWords } from '../client/operations';
import { ProgramFailure, UsageError } from '../runtime/terminal/exit';
import type { Clients } from './load/clients';
import type { Meter } from './load/meter';
import type { Cluster } from './members/cluster';
import { clientBeside, clientName } from './members/network';
import type { Screen } from './members/screen';

export interface OperationSettings {
  readonly cluster: Cluster;
  readonly screen: Screen;
  readonly clients: Clients;
  readonly meter: Meter;
  /** Lines come from a file or a pipe: one after the other, and none may wait for ever. */
  readonly scripted: boolean;
}

/** How long an operation of a script may wait: there is nobody who could press Ctrl-C. */
const scriptedTimeoutMs = 30_000;
/** The same in a partition, which lasts until a later line of the script ends it. */
const partitionedTimeoutMs = 5_000;
/** How many operations may wait at a time. */
const maxUnderWay = 100;

export class Operations {
  private readonly settings: OperationSettings;
  /** Takes what is to be said of an operation that failed. */
  private readonly fail: (text: string) => void;
  private readonly underWay = new Set<AbortController>();

  constructor(settings: OperationSettings, fail: (text: string) => void) {
    this.settings = settings;
    this.fail = fail;
  }

  /** Cancels those under way; false when there is none. */
  interrupt(): boolean {
    for (const operation of this.underWay) operation.abort();
    return this.underWay.size > 0;
  }

  /** Carries out an operation; at a prompt, the next line can be typed meanwhile. */
  async run(words: readonly string[]): Promise<void> {
    const { beside, rest } = this.takeSide(words);
    const operation = parseOperation(rest);
    if (this.underWay.size >= maxUnderWay) {
      throw new ProgramFailure(
        `${maxUnderWay} operations are waiting already: cancel them, or wait`,
      );
    }
    const { scripted, cluster, clients, screen, meter } = this.settings;
    const client = beside === undefined ? clientName : clientBeside(beside);
    const clerk = await clients.clerk(client);
    const text = words.map((word) => (/^[^\s"']+$/.test(word) ? word : JSON.stringify(word)));
    const label = text.join(' ');
    const cancel = new AbortController();
    this.underWay.add(cancel);
    const end = meter.begin(client, operation);
    const ended = carryOut(clerk, operation, {
      timeoutMs: this.timeoutMs(),
      signal: cancel.signal,
      whatIsMissing: () => cluster.whatIsMissing(client),
      notice: (notice) => {
        const hint = scripted ? '' : ' (Ctrl-C cancels)';
        screen.say(`${label}: ${notice}${hint}`, 'yellow');
      },
    }).then((ending) => {
      this.underWay.delete(cancel);
      const took = durationInWords(ending.tookMs);
      if (ending.type === 'done') {
        const result = resultInWords(operation, ending.result);
        end(true, result);
        screen.result(`${label}: ${result}`, took);
      } else if (ending.type === 'cancelled') {
        end(false, 'cancelled');
        this.fail(`${label}: cancelled after ${took}; it may have taken effect`);
      } else {
        end(false, errorInWords(ending.error));
        this.fail(`${label}: ${errorInWords(ending.error)}`);
      }
    });
    // At a prompt one goes on typing meanwhile: `restart s1` may be what the operation waits for.
    if (scripted) await ended;
  }

  /** `put x 1 @s2`: the client that stands beside s2. */
  private takeSide(words: readonly string[]): { beside?: string; rest: readonly string[] } {
    const takes = operationForms[words[0] ?? '']?.takes.length ?? 0;
    const last = words.at(-1) ?? '';
    if (words.length !== takes + 2 || !last.startsWith('@')) return { rest: words };
    const beside = last.slice(1);
    if (this.settings.cluster.named(beside) === undefined) {
      const sides = this.settings.cluster.members.map(({ name }) => `@${name}`);
      throw new UsageError(`expected one of ${sides.join(', ')} at the end, got ${last}`);
    }
    return { beside, rest: words.slice(0, -1) };
  }

  private timeoutMs(): number | undefined {
    if (!this.settings.scripted) return undefined;
    const isPartitioned = this.settings.cluster.network.sides.length > 0;
    return isPartitioned ? partitionedTimeoutMs : scriptedTimeoutMs;
  }
}

/**
 * Stories that nobody thought of: random pings, restarts and ticks, with all rules checked after
 * each step. A story that breaks a rule is made as short as it can be.
 */
import fc from 'fast-check';
import type { Address } from '../../runtime/node';
import type { Views } from './language/views';
import { viewScenario } from './scenario';

/** Time passes, and some servers ping. Those that are `behind` have missed the last reply. */
interface Passing {
  readonly ticks: number;
  readonly pinging: readonly number[];
  readonly behind: boolean;
}

/** Servers are numbered from 0. A server that behaves pings the newest number it was told. */
type Command =
  | Passing
  | { readonly ping: number }
  | { readonly restart: number }
  /** A ping with a number that is so far off the newest one: late, or of a view that was forgotten. */
  | { readonly stray: number; readonly off: number };

const serverCount = 4;
const server = fc.nat({ max: serverCount - 1 });

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      ticks: fc.integer({ min: 1, max: 7 }),
      pinging: fc.subarray([0, 1, 2, 3]),
      behind: fc.boolean(),
    }),
  },
  { weight: 60, arbitrary: fc.record({ ping: server }) },
  { weight: 20, arbitrary: fc.record({ restart: server }) },
  { weight: 8, arbitrary: fc.record({ stray: server, off: fc.constantFrom(-1, -2) }) },
  // Rare: it is the end of all changes.
  { weight: 1, arbitrary: fc.record({ stray: server, off: fc.constantFrom(1, 50) }) },
);

class Story {
  private readonly views: Views;
  private readonly names: readonly Address[];
  /** The newest view number that each server was told. */
  private readonly told = new Map<Address, number>();
  /** The number of the newest view. */
  private newest = 0;

  constructor(views: Views) {
    this.names = views.servers(serverCount);
    this.views = views;
  }

  async carryOut(command: Command): Promise<void> {
    if ('ping' in command) await this.behave(this.name(command.ping));
    else if ('restart' in command) await this.restart(this.name(command.restart));
    else if ('stray' in command) await this.stray(this.name(command.stray), command.off);
    else await this.pass(command);
  }

  private async ping(server: Address, viewnum: number): Promise<void> {
    this.newest = (await this.views.ping(server, viewnum)).viewnum;
    this.views.keepsEveryRule();
  }

  private name(index: number): Address {
    return this.names[index] as Address;
  }

  private async behave(server: Address): Promise<void> {
    await this.ping(server, this.told.get(server) ?? 0);
    this.told.set(server, this.newest);
  }

  private async restart(server: Address): Promise<void> {
    this.told.delete(server);
    await this.behave(server);
  }

  private async stray(server: Address, off: number): Promise<void> {
    await this.ping(server, Math.max(1, this.newest + off));
  }

  private async pass(command: Passing): Promise<void> {
    for (let passed = 0; passed < command.ticks; passed += 1) {
      for (const index of command.pinging) {
        const server = this.name(index);
        const told = this.told.get(server) ?? 0;
        if (command.behind && told > 1) await this.ping(server, told - 1);
        else await this.behave(server);
      }
      this.newest = (await this.views.ticks(1)).viewnum;
      this.views.keepsEveryRule();
    }
  }
}

viewScenario(
  'A19',
  'random pings, restarts and ticks keep every rule',
  {
    clauses: ['V2', 'V4', 'V5', 'V6', 'V7', 'V8', 'V10', 'V13'],
    points: 1,
    rule:
      'The view changes when it must and never otherwise; its primary has the data, its backup is ' +
      'alive, and no change comes before the acknowledgement.',
    why: 'Servers fail in orders that nobody foresees; each of the rules must hold in all of them.',
    hint: 'The story above is as short as it can be: go through it line by line with your code, and look for the line where your state is not what you think.',
  },
  async (views) => {
    const seed = views.between(0, 1_000_000_000);
    let tries = 0;
    const tell = async (commands: Command[]) => {
      tries += 1;
      // What is not tried is not taken for shorter.
      if (tries > views.tries) return;
      const story = new Story(views.anew(seed));
      for (const one of commands) await story.carryOut(one);
    };
    const commands = fc.array(command, { maxLength: 40, size: 'max' });
    const opening: Command[] = [{ ping: 0 }];
    const property = fc.asyncProperty(commands, (rest) => tell([...opening, ...rest]));
    const result = await fc.check(property, { seed, numRuns: views.stories });
    if (result.failed) throw result.errorInstance;
  },
);

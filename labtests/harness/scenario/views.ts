/**
 * The language of the scenarios of part A: servers that ping, ticks, and the views that come of it.
 * The same scenario runs over the simulated network and on the bare ViewServer, without a network.
 */

import { messageOf, RpcError } from '../../../runtime/errors';
import type { Address, Runtime } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/reactor';
import { type Handlers, validate } from '../../../runtime/service';
import { type View, ViewService } from '../../../viewservice/api';
import type { Solution } from '../simulated/sandbox';
import type { World } from '../world';
import { expectation, ScenarioFailure } from './failure';
import { deadPings, describeView, pingIntervalMs } from './lab';

/** A view service, however it is reached. */
export interface ViewPort {
  call(method: 'ping' | 'get', args: object): Promise<CallResult | undefined>;
  tick(): void | Promise<void>;
}

export class Views {
  readonly deadPings = deadPings;
  /** Every view seen, in order. */
  private readonly seen: View[] = [];
  private readonly port: ViewPort;
  readonly random: () => number;

  constructor(port: ViewPort, random: () => number) {
    this.port = port;
    this.random = random;
  }

  /** The server says that it lives and knows this view; returns the view that it is told. */
  ping(server: Address, viewnum: number): Promise<View> {
    return this.ask('ping', { server, viewnum });
  }

  get(): Promise<View> {
    return this.ask('get', {});
  }

  /** Lets ping intervals pass. `pinging` servers ping in each, with the number given. */
  async ticks(count: number, pinging: Readonly<Record<Address, number>> = {}): Promise<View> {
    let view = await this.get();
    for (let i = 0; i < count; i += 1) {
      for (const [server, viewnum] of Object.entries(pinging)) {
        view = await this.ping(server, viewnum);
      }
      await this.port.tick();
    }
    return count > 0 ? this.get() : view;
  }

  /** So many ticks in silence that everybody who does not ping counts as dead. */
  dieOut(pinging: Readonly<Record<Address, number>> = {}): Promise<View> {
    return this.ticks(deadPings + 1, pinging);
  }

  /** Brings a fresh view service to view 2 with primary s1 and backup s2, acknowledged. */
  async pair(): Promise<View> {
    await this.ping('s1', 0);
    await this.ping('s1', 1);
    await this.ping('s2', 0);
    await this.ping('s1', 1);
    await this.ping('s2', 2);
    await this.ping('s1', 2);
    return this.expect({ viewnum: 2, primary: 's1', backup: 's2' }, 'the pair to be set up');
  }

  async expect(expected: View, when: string): Promise<View> {
    const actual = await this.get();
    if (!sameView(actual, expected)) {
      throw expectation(`${when}: ${describeView(expected)}`, describeView(actual));
    }
    return actual;
  }

  async expectMembers(members: Omit<View, 'viewnum'>, when: string): Promise<View> {
    const actual = await this.get();
    return this.expect({ ...members, viewnum: actual.viewnum }, when);
  }

  private async ask(method: 'ping' | 'get', args: object): Promise<View> {
    const result = await this.port.call(method, args);
    if (result === undefined) {
      throw expectation(`an answer to ${method}(${JSON.stringify(args)})`, 'no answer');
    }
    if (!('reply' in result)) {
      const { code, message } = result.error;
      throw new ScenarioFailure({
        kind: code === 'not-implemented' ? 'not implemented' : 'expectation',
        expected: `the current view in reply to ${method}(${JSON.stringify(args)})`,
        actual: code === 'not-implemented' ? message : `an error: ${message}`,
      });
    }
    const view = result.reply as View;
    this.judge(view);
    return view;
  }

  /** What holds between any view and the one before it, whatever the scenario. */
  private judge(view: View): void {
    const before = this.seen.at(-1) ?? { viewnum: 0, primary: null, backup: null };
    if (sameView(view, before)) return;
    this.seen.push(view);
    const step = `${describeView(before)} was followed by ${describeView(view)}`;
    if (view.viewnum !== before.viewnum + 1) {
      throw expectation('view numbers that rise one by one, with each new configuration', step);
    }
    if (view.primary !== null && view.primary === view.backup) {
      throw expectation('two different servers as primary and backup', describeView(view));
    }
    if (before.viewnum > 0 && view.primary !== before.primary && view.primary !== before.backup) {
      throw expectation('only the backup of a view to become primary of the next', step);
    }
    if (view.primary === before.primary && view.backup === before.backup) {
      throw expectation('successive views to differ in primary or backup', step);
    }
  }
}

function sameView(a: View, b: View): boolean {
  return a.viewnum === b.viewnum && a.primary === b.primary && a.backup === b.backup;
}

/** A view service behind the network of a world, with ticks under the scenario's control. */
export function viewsInWorld(world: World): Views {
  world.start('vs', { kind: 'view-service', pingIntervalMs, deadPings, manualTicks: true });
  return new Views(
    {
      call: (method, args) => world.call('vs', `ViewService.${method}`, { ...args }, 2_000),
      tick: () => world.tick('vs'),
    },
    () => world.random(),
  );
}

/** The ViewServer itself, called directly: thousands of scenarios a second. */
export function bareViews(solution: Solution, random: () => number): Views {
  const runtime: Runtime = {
    address: 'vs',
    connect: () => {
      throw new Error('a view server calls nobody');
    },
    sleep: () => new Promise(() => undefined),
    now: () => 0,
    random,
    log: () => undefined,
  };
  const module = solution.load('viewservice/server.ts', runtime);
  const ViewServer = module.ViewServer as new (
    runtime: Runtime,
    options: object,
  ) => Handlers<typeof ViewService> & { tick(): void };
  const server = new ViewServer(runtime, { pingIntervalMs, deadPings });
  return new Views(
    {
      call: async (method, args) => {
        try {
          const reply = await server[method](args as never);
          return { reply: validate(ViewService, method, 'reply', reply) };
        } catch (error) {
          if (error instanceof RpcError) return { error: error.body };
          throw new ScenarioFailure({
            kind: 'broken code',
            expected: `ViewServer.${method} to return a view`,
            actual: `it threw: ${messageOf(error)}`,
          });
        }
      },
      tick: () => server.tick(),
    },
    random,
  );
}

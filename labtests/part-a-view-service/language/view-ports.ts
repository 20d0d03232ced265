/** The ways to reach a view service: over the network of a world, or by calling its methods. */
import { type ErrorBody, messageOf, RpcError } from '../../../runtime/errors';
import type { Runtime } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/reactor';
import { type Handlers, validate } from '../../../runtime/service';
import { ViewService } from '../../../viewservice/api';
import { type Solution, SolutionError } from '../simulated/sandbox';
import type { World } from '../world';
import type { BareTrace } from './bare-trace';
import { notImplementedYet, ScenarioFailure } from './failure';
import { deadPings, pingIntervalMs } from './lab';
import { type ViewPort, Views } from './views';

/**
 * How long after a tick the servers ping, in milliseconds, in even and in odd intervals. So a design
 * that compares times instead of counting ticks never meets a silence of exactly `deadPings`
 * intervals: at a tick it is shorter or longer by the pause, at a ping by the difference of the two.
 */
const pausesMs = [10, 45] as const;

function pauseAfter(interval: number): number {
  return interval % 2 === 0 ? pausesMs[0] : pausesMs[1];
}

/** A view service behind the network of a world, with ticks under the scenario's control. */
export function viewsInWorld(world: World): Views {
  let started = 0;
  const start = () => {
    started += 1;
    const name = started === 1 ? 'vs' : `vs${started}`;
    world.start(name, { kind: 'view-service', pingIntervalMs, deadPings, manualTicks: true });
    return portInWorld(world, name);
  };
  return new Views({ start, random: () => world.random(), stories: 2 });
}

function portInWorld(world: World, name: string): ViewPort {
  return {
    call: (method, args) => world.call(name, `ViewService.${method}`, { ...args }, 2_000),
    tick: async () => {
      // For designs that look at the clock, the time of the interval passes too.
      const intervals = Math.floor(world.now() / pingIntervalMs) + 1;
      await world.sleep(intervals * pingIntervalMs - world.now());
      world.tick(name);
      await world.sleep(pauseAfter(intervals));
    },
  };
}

type BareServer = Handlers<typeof ViewService> & { tick(): unknown };

/**
 * The ViewServer itself, called directly: thousands of scenarios a second. `onCall` is told before
 * each call which one it is, `trace` what came of it.
 */
export function bareViews(
  solution: Solution,
  random: () => number,
  onCall: (what: string) => void = () => undefined,
  trace?: BareTrace,
): Views {
  const start = () => barePort(solution, random, onCall, trace);
  return new Views({ start, random, stories: 20 });
}

function barePort(
  solution: Solution,
  random: () => number,
  onCall: (what: string) => void,
  trace: BareTrace | undefined,
): ViewPort {
  trace?.start();
  let intervals = 0;
  let now = pauseAfter(intervals);
  const server = bareServer(solution, { ...idleRuntime, random, now: () => now });
  return {
    call: async (method, args) => {
      onCall(`ViewService.${method}`);
      const answered = trace?.called(method, args);
      const outcome = await outcomeOf(`ViewServer.${method}`, () => server[method](args as never));
      const result = checked(method, outcome);
      answered?.(result);
      return result;
    },
    tick: async () => {
      intervals += 1;
      now = intervals * pingIntervalMs;
      onCall('a tick');
      trace?.tick();
      const result = await outcomeOf('ViewServer.tick', () => server.tick());
      now += pauseAfter(intervals);
      if ('error' in result) throw refusedTick(result.error);
    },
  };
}

/** A reply that does not fit the contract is an error, as it is over the network. */
function checked(method: 'ping' | 'get', result: CallResult): CallResult {
  if ('error' in result) return result;
  try {
    return { reply: validate(ViewService, method, 'reply', result.reply) };
  } catch (error) {
    return { error: (error as RpcError).body };
  }
}

const idleRuntime = {
  address: 'vs',
  connect: () => {
    throw new Error('a view server calls nobody');
  },
  sleep: () => new Promise<void>(() => undefined),
  log: () => undefined,
};

function bareServer(solution: Solution, runtime: Runtime): BareServer {
  const file = 'viewservice/server.ts';
  const { ViewServer } = solution.load(file, runtime);
  if (typeof ViewServer !== 'function') {
    throw new SolutionError(file, new Error('it exports no class ViewServer'));
  }
  try {
    return Reflect.construct(ViewServer, [runtime, { pingIntervalMs, deadPings }]);
  } catch (error) {
    throw broken('new ViewServer', messageOf(error));
  }
}

/** So many turns of the queue of promises are enough for any method that waits for nobody. */
const maxTurns = 1_000;

/** What a method returns, or the RpcError that it throws. */
async function outcomeOf(name: string, call: () => unknown): Promise<CallResult> {
  try {
    const returned = call();
    return { reply: isPromise(returned) ? await unlessItWaits(name, returned) : returned };
  } catch (error) {
    if (error instanceof ScenarioFailure) throw error;
    if (error instanceof RpcError) return { error: error.body };
    throw broken(name, messageOf(error));
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/** What a promise resolves to; fails when that takes more than other promises. */
async function unlessItWaits(name: string, promise: PromiseLike<unknown>): Promise<unknown> {
  let isDone = false;
  const finish = () => {
    isDone = true;
  };
  promise.then(finish, finish);
  for (let turn = 0; !isDone && turn < maxTurns; turn += 1) await undefined;
  if (isDone) return promise;
  throw new ScenarioFailure({
    kind: 'did not settle',
    expected: `${name} to return without waiting for anything`,
    actual: 'it waits for something that does not come',
  });
}

function refusedTick({ code, message }: ErrorBody): ScenarioFailure {
  if (code !== 'not-implemented') return broken('ViewServer.tick', message);
  return new ScenarioFailure(notImplementedYet([message]));
}

function broken(name: string, message: string): ScenarioFailure {
  return new ScenarioFailure({
    kind: 'broken code',
    expected: `${name} to return`,
    actual: `it threw: ${message}`,
  });
}

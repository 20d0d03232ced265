/** The ways to reach a view service: over the network of a world, or by calling its methods. */

import { failureOfBug, notImplementedYet, ScenarioFailure } from '../../../judging/failure';
import { type Solution, SolutionError } from '../../../nodes/sandbox/sandbox';
import { type ErrorBody, RpcError, refusalIn } from '../../../runtime/errors';
import type { Runtime } from '../../../runtime/node';
import { bugOf } from '../../../runtime/node-bug';
import type { CallResult } from '../../../runtime/node-io';
import { type Handlers, validate } from '../../../runtime/service';
import { ViewService } from '../../../viewservice/api';
import type { World } from '../../../worlds/world';
import { viewServerRole } from '../../primary-backup/roles';
import type { BareTrace } from './bare-trace';
import type { ViewSetting } from './setting';
import { type ViewPort, Views } from './views';

/**
 * How long after a tick the servers ping, as a part of the interval, in even and in odd ones. So a design
 * that compares times instead of counting ticks never meets a silence of exactly `deadPings`
 * intervals: at a tick it is shorter or longer by the pause, at a ping by the difference of the two.
 * (So it is while `deadPings` is odd.)
 */
const pauses = [0.1, 0.45] as const;

function pauseAfter(interval: number, { pingIntervalMs }: ViewSetting): number {
  return Math.round(pauses[interval % 2 === 0 ? 0 : 1] * pingIntervalMs);
}

/** A view service behind the network of a world, with ticks under the scenario's control. */
export function viewsInWorld(world: World, setting: ViewSetting): Views {
  const { deadPings, pingIntervalMs } = setting;
  const role = { ...viewServerRole, options: { pingIntervalMs, deadPings }, manualTicks: true };
  let started = 0;
  let before: string | undefined;
  const start = () => {
    started += 1;
    const name = started === 1 ? 'vs' : `vs${started}`;
    // A scenario that starts another one is done with the one before, and a node is a process perhaps.
    if (before !== undefined) world.crash(before);
    before = name;
    world.start(name, role);
    return portInWorld(world, name, setting);
  };
  return new Views({ start, random: () => world.random(), setting, stories: 2, tries: 60 });
}

function portInWorld(world: World, name: string, setting: ViewSetting): ViewPort {
  const { pingIntervalMs } = setting;
  return {
    call: (method, args) => world.call(name, `ViewService.${method}`, { ...args }, 2_000),
    tick: async () => {
      // For designs that look at the clock, the time of the interval passes too.
      const intervals = Math.floor(world.now() / pingIntervalMs) + 1;
      await world.sleep(intervals * pingIntervalMs - world.now());
      world.tick(name);
      await world.sleep(pauseAfter(intervals, setting));
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
  setting: ViewSetting,
  onCall: (what: string) => void = () => undefined,
  trace?: BareTrace,
): Views {
  const start = () => barePort(solution, random, setting, onCall, trace);
  return new Views({ start, random, setting, stories: 20, tries: 10_000 });
}

function barePort(
  solution: Solution,
  random: () => number,
  setting: ViewSetting,
  onCall: (what: string) => void,
  trace: BareTrace | undefined,
): ViewPort {
  trace?.start();
  let intervals = 0;
  let now = pauseAfter(intervals, setting);
  onCall('its start');
  const server = bareServer(solution, { ...idleRuntime, random, now: () => now }, setting);
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
      now = intervals * setting.pingIntervalMs;
      onCall('a tick');
      trace?.tick();
      const result = await outcomeOf('ViewServer.tick', () => server.tick());
      now += pauseAfter(intervals, setting);
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
    const refusal = refusalIn(error);
    if (refusal === undefined) throw broken(`ViewServer.${method}`, error);
    return { error: refusal };
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

function bareServer(
  solution: Solution,
  runtime: Runtime,
  { pingIntervalMs, deadPings }: ViewSetting,
): BareServer {
  const file = 'viewservice/server.ts';
  const { ViewServer } = solution.load(file, runtime);
  if (typeof ViewServer !== 'function') {
    throw new SolutionError(file, new Error('it exports no class ViewServer'));
  }
  try {
    return Reflect.construct(ViewServer, [runtime, { pingIntervalMs, deadPings }]);
  } catch (error) {
    throw broken('new ViewServer', error);
  }
}

/** The turns of the queue of promises that are enough for any method that waits for nobody. */
const maxTurns = 1_000;

/** The result of a method, or the RpcError that it throws. */
async function outcomeOf(name: string, call: () => unknown): Promise<CallResult> {
  let waits = false;
  try {
    const returned = call();
    waits = isPromise(returned) && !(await comesSoon(returned));
    if (!waits) return { reply: await returned };
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal === undefined) throw broken(name, error);
    return { error: refusal };
  }
  throw new ScenarioFailure({
    kind: 'did not settle',
    expected: `${name} to return without waiting for anything`,
    actual: 'it waits for something that does not come',
  });
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/** Whether a promise is settled as soon as other promises allow. */
async function comesSoon(promise: PromiseLike<unknown>): Promise<boolean> {
  let isDone = false;
  const finish = () => {
    isDone = true;
  };
  promise.then(finish, finish);
  for (let turn = 0; !isDone && turn < maxTurns; turn += 1) await undefined;
  return isDone;
}

function refusedTick({ code, message }: ErrorBody): ScenarioFailure {
  if (code !== 'not-implemented') return broken('ViewServer.tick', new RpcError(code, message));
  return new ScenarioFailure(notImplementedYet([message]));
}

function broken(name: string, error: unknown): ScenarioFailure {
  return new ScenarioFailure(failureOfBug('vs', bugOf(name, error)));
}

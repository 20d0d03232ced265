/** The simulated world, with small programs in place of a solution. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import {
  type BrokenSolution,
  writeSolution,
} from '../../labtests/broken-solutions/broken-solution';
import { Lab } from '../../labtests/primary-backup/lab';
import { replicaRole } from '../../labtests/primary-backup/roles';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { encodeTraceEvent } from '../../runtime/trace';
import { SimulatedWorld } from './world';

const projectRoot = path.join(__dirname, '../..');

/**
 * A replica that counts. `add` answers with the sum so far; `addLater` waits before it answers, and
 * `addAt` asks another replica. It writes down when it starts, ticks, and wakes up.
 */
const replica = `
  import * as v from 'valibot';
  import { defineService, serve } from '../runtime/service';
  const reply = v.number();
  const Counter = defineService('Counter', 'counts', {
    add: { doc: '', args: v.object({ amount: v.number() }), reply },
    addLater: { doc: '', args: v.object({ amount: v.number(), ms: v.number() }), reply },
    addAfterNaps: { doc: '', args: v.object({ amount: v.number(), ms: v.number() }), reply },
    addAt: { doc: '', args: v.object({ amount: v.number(), to: v.string() }), reply },
    clock: { doc: '', args: v.object({}), reply },
    reject: { doc: '', args: v.object({}), reply },
    fail: { doc: '', args: v.object({}), reply },
  });
  export const replicaNode = () => (runtime) => {
    let sum = 0;
    const add = ({ amount }) => (sum += amount);
    const handlers = {
      add,
      addLater: async ({ amount, ms }) => {
        const end = runtime.now() + ms;
        while (runtime.now() < end) await runtime.sleep(end - runtime.now());
        runtime.log('woke-up');
        return add({ amount });
      },
      addAfterNaps: async ({ amount, ms }) => {
        const end = runtime.now() + ms;
        while (runtime.now() < end) await runtime.sleep(Math.floor(end - runtime.now()));
        return add({ amount });
      },
      addAt: ({ amount, to }) => runtime.connect(Counter, to).add({ amount }),
      clock: () => runtime.now(),
      reject: () => {
        void Promise.reject(new Error('nobody awaits me'));
        return 0;
      },
      fail: () => {
        throw new Error('a bug');
      },
    };
    return {
      serves: [serve(Counter, handlers)],
      start: () => runtime.log('started', { random: runtime.random() }),
      tick: () => runtime.log('ticked'),
      tickIntervalMs: 100,
      inspect: () => sum,
    };
  };
`;

let solution: BrokenSolution;
beforeAll(() => {
  solution = writeSolution(new Map([['pbservice/node.ts', replica]]));
});
afterAll(() => solution.remove());

const role = replicaRole('vs');

/** Runs a scenario with replicas s1 and s2. */
async function run(scenario: (world: SimulatedWorld) => Promise<void>, seed = 1) {
  const options = { seed, host: new InProcessHost(new Solution(solution.root)), tracing: true };
  const world = new SimulatedWorld(options);
  await world.run(async () => {
    world.start('s1', role);
    world.start('s2', role);
    await scenario(world);
  });
  return world;
}

const add = (world: SimulatedWorld, to: string, amount: number, withinMs = 1_000) =>
  world.call(to, 'Counter.add', { amount }, withinMs);
const logs = (world: SimulatedWorld, node: string, event: string) =>
  world.trace.filter(
    (entry) => entry.type === 'log' && entry.node === node && entry.event === event,
  );

describe('crash and restart', () => {
  test('a crash loses the state', async () => {
    await run(async (world) => {
      expect(await add(world, 's1', 5)).toEqual({ reply: 5 });
      world.crash('s1');
      expect(world.isRunning('s1')).toBe(false);
      world.restart('s1');
      expect(await add(world, 's1', 1)).toEqual({ reply: 1 });
    });
  });

  test('a timer of the incarnation before does not fire in the next', async () => {
    const world = await run(async (world) => {
      const pending = world.call('s1', 'Counter.addLater', { amount: 9, ms: 50 }, 1_000);
      await world.sleep(20);
      world.crash('s1');
      world.restart('s1');
      const result = await pending;
      expect(result === undefined || 'error' in result).toBe(true);
      await world.sleep(500);
      expect(await world.inspect('s1')).toBe(0);
    });
    expect(logs(world, 's1', 'woke-up')).toEqual([]);
    expect(logs(world, 's1', 'started')).toHaveLength(2);
  });

  test('a node that sleeps until a time of its own clock wakes up, however the sum is rounded', async () => {
    const world = await run(async (world) => {
      await world.sleep(333.3);
      world.crash('s1');
      world.restart('s1');
      for (let ms = 100; ms < 140; ms += 1.7) {
        const args = { amount: 1, ms };
        expect(await world.call('s1', 'Counter.addLater', args, 1_000)).toHaveProperty('reply');
      }
    });
    expect(world.failures).toEqual([]);
  });

  test('time passes for a node that sleeps for no time at all until a moment has come', async () => {
    const world = await run(async (world) => {
      const args = { amount: 1, ms: 10.5 };
      expect(await world.call('s1', 'Counter.addAfterNaps', args, 1_000)).toHaveProperty('reply');
    });
    expect(world.failures).toEqual([]);
  });

  test('a request on its way to the incarnation before is not handled by the next', async () => {
    await run(async (world) => {
      const pending = add(world, 's1', 7);
      world.crash('s1');
      world.restart('s1');
      const result = await pending;
      expect(result === undefined || 'error' in result).toBe(true);
      expect(await world.inspect('s1')).toBe(0);
    });
  });

  test('what a node had sent in its incarnation before does not arrive in the next', async () => {
    await run(async (world) => {
      const release = world.hold({ from: 's1', to: 's2' }, 1);
      void world.call('s1', 'Counter.addAt', { amount: 3, to: 's2' }, 1_000);
      await world.sleep(50);
      world.crash('s1');
      world.restart('s1');
      release();
      await world.sleep(50);
      expect(await world.inspect('s2')).toBe(0);
    });
  });

  test('a call to a node that is down fails or stays without answer, for every seed', async () => {
    const ends = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      await run(async (world) => {
        world.crash('s1');
        const result = await add(world, 's1', 1);
        ends.add(
          result === undefined ? 'silence' : 'error' in result ? result.error.code : 'reply',
        );
      }, seed);
    }
    expect([...ends].sort()).toEqual(['refused', 'silence']);
  });

  test('crash and restart of the wrong node are mistakes of the scenario', async () => {
    await run(async (world) => {
      expect(() => world.restart('s1')).toThrow('runs already');
      world.crash('s1');
      expect(() => world.crash('s1')).toThrow('does not run');
      expect(() => world.crash('s9')).toThrow('there is no node s9');
    });
  });
});

describe('pause and resume', () => {
  test('what comes meanwhile waits, and nothing is lost', async () => {
    const world = await run(async (world) => {
      await world.sleep(350);
      world.pause('s1');
      expect(world.isRunning('s1')).toBe(false);
      const before = logs(world, 's1', 'ticked').length;
      const first = add(world, 's1', 1, 5_000);
      await world.sleep(1_000);
      const second = add(world, 's1', 2, 5_000);
      await world.sleep(50);
      expect(await world.inspect('s1')).toBe(0);
      expect(logs(world, 's1', 'ticked')).toHaveLength(before);
      world.resume('s1');
      expect([await first, await second]).toEqual([{ reply: 1 }, { reply: 3 }]);
      // Of the ticks that were missed, one is made up for.
      expect(logs(world, 's1', 'ticked').length).toBe(before + 1);
    });
    expect(world.failures).toEqual([]);
  });

  test('what waits for a paused node is lost when it crashes', async () => {
    await run(async (world) => {
      world.pause('s1');
      void add(world, 's1', 5);
      await world.sleep(50);
      world.crash('s1');
      world.restart('s1');
      world.pause('s1');
      world.resume('s1');
      expect(await add(world, 's1', 1)).toEqual({ reply: 1 });
    });
  });

  test('a timer that is due meanwhile fires after the pause', async () => {
    await run(async (world) => {
      const pending = world.call('s1', 'Counter.addLater', { amount: 9, ms: 100 }, 5_000);
      await world.sleep(50);
      world.pause('s1');
      await world.sleep(1_000);
      expect(await world.inspect('s1')).toBe(0);
      world.resume('s1');
      expect(await pending).toEqual({ reply: 9 });
    });
  });
});

describe('the network of the world', () => {
  test('a one-way partition stops requests, or replies only', async () => {
    await run(async (world) => {
      world.cut('test', 's1');
      expect(await add(world, 's1', 1)).toBeUndefined();
      expect(await world.inspect('s1')).toBe(0);
      world.mend('test', 's1');
      world.cut('s1', 'test');
      expect(await add(world, 's1', 1)).toBeUndefined();
      expect(await world.inspect('s1')).toBe(1);
      world.heal();
      expect(await add(world, 's1', 1)).toEqual({ reply: 2 });
    });
  });

  test('dropped, duplicated and held messages', async () => {
    await run(async (world) => {
      world.drop({ to: 's1', kind: 'request' }, 1);
      expect(await add(world, 's1', 1)).toBeUndefined();
      world.duplicate({ to: 's1', kind: 'request' }, 1);
      await add(world, 's1', 10);
      await world.sleep(50);
      expect(await world.inspect('s1')).toBe(20);
      const release = world.hold({ to: 's1', kind: 'request' }, 1);
      const held = add(world, 's1', 100);
      expect(await add(world, 's1', 1)).toEqual({ reply: 21 });
      release();
      expect(await held).toEqual({ reply: 121 });
    });
  });

  test('a message is copied when it is sent', async () => {
    await run(async (world) => {
      const args = { amount: 1 };
      const pending = world.call('s1', 'Counter.add', args, 1_000);
      args.amount = 50;
      expect(await pending).toEqual({ reply: 1 });
    });
  });
});

const clock = async (world: SimulatedWorld, node: string) => {
  const result = await world.call(node, 'Counter.clock', {}, 1_000);
  return (result as { reply: number }).reply;
};

test('clocks of nodes run up to two percent fast or slow', async () => {
  const rates: number[] = [];
  for (let seed = 1; seed <= 20; seed += 1) {
    await run(async (world) => {
      await world.sleep(10_000);
      rates.push((await clock(world, 's1')) / world.now());
    }, seed);
  }
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  expect(least).toBeGreaterThan(0.979);
  expect(least).toBeLessThan(0.99);
  expect(most).toBeGreaterThan(1.01);
  expect(most).toBeLessThan(1.021);
});

test('a clock starts at 0 with each incarnation of its node', async () => {
  await run(async (world) => {
    await world.sleep(10_000);
    world.crash('s1');
    world.restart('s1');
    expect(await clock(world, 's1')).toBeLessThan(20);
  });
});

test('a scenario that waits for nothing that can happen ends with an error', async () => {
  const world = new SimulatedWorld({
    seed: 1,
    host: new InProcessHost(new Solution(projectRoot)),
    tracing: false,
  });
  await expect(world.run(() => new Promise(() => undefined))).rejects.toThrow('never happens');
});

test('what a scenario throws is what the run ends with', async () => {
  await expect(
    run(async () => {
      throw new Error('not as expected');
    }),
  ).rejects.toThrow('not as expected');
});

describe('what goes wrong in a node', () => {
  test('a handler that throws: the caller learns it, and the world reports node and method', async () => {
    const world = await run(async (world) => {
      expect(await world.call('s2', 'Counter.fail', {}, 1_000)).toMatchObject({
        error: { code: 'internal' },
      });
    });
    expect(world.failures).toMatchObject([
      { node: 's2', where: 'Counter.fail', message: expect.stringContaining('a bug') },
    ]);
  });

  test('a module that does not load is reported at the start of the node', async () => {
    const broken = writeSolution(new Map([['pbservice/node.ts', "import './nowhere';"]]));
    const options = { seed: 1, host: new InProcessHost(new Solution(broken.root)), tracing: false };
    const world = new SimulatedWorld(options);
    await world.run(async () => {
      world.start('s1', role);
      await world.sleep(1);
    });
    broken.remove();
    expect(world.failures).toMatchObject([{ node: 's1', where: 'its start' }]);
    expect(world.failures[0]?.message).toContain('no module ./nowhere');
  });

  // In a process of its own: jest keeps process events from its tests.
  test('a rejected promise that nobody awaits is reported with the name of its node', () => {
    const output = inOwnProcess(`
      await world.call('s2', 'Counter.reject', {}, 1_000);
      await world.sleep(10);
    `);
    expect(JSON.parse(output).failures).toMatchObject([
      { node: 's2', where: 'a promise that nobody awaits', message: 'nobody awaits me' },
    ]);
  });
});

/** Runs a scenario with replicas s1 and s2 in a new process; its trace and failures as JSON. */
function inOwnProcess(scenario: string, seed = 1): string {
  const program = `
    require('./runtime/typescript.cjs').register();
    const { Solution } = require('./nodes/sandbox/sandbox.ts');
    const { SimulatedWorld } = require('./worlds/simulated/world.ts');
    const { InProcessHost } = require('./nodes/in-process-host.ts');
    const host = new InProcessHost(new Solution(process.argv[1]));
    const options = { seed: ${seed}, host, tracing: true };
    const world = new SimulatedWorld(options);
    world.run(async () => {
      for (const name of ['s1', 's2']) world.start(name, ${JSON.stringify(role)});
      ${scenario}
    }).then(() => {
      const { trace, failures } = world;
      process.stdout.write(JSON.stringify({ trace, failures }));
    });
  `;
  const options = { cwd: projectRoot, encoding: 'utf8' } as const;
  return execFileSync(process.execPath, ['-e', program, solution.root], options);
}

describe('the same seed gives the same trace, byte for byte', () => {
  const stormy = async (world: SimulatedWorld) => {
    world.storm();
    for (let i = 0; i < 20; i += 1) {
      await Promise.all([add(world, 's1', 1, 50), add(world, 's2', 1, 50)]);
    }
    world.crash('s1');
    world.restart('s1');
    await world.call('s2', 'Counter.addAt', { amount: 1, to: 's1' }, 1_000);
  };
  const lines = ({ trace }: Pick<SimulatedWorld, 'trace'>) => trace.map(encodeTraceEvent).join('');

  test('in one process', async () => {
    const first = lines(await run(stormy, 3));
    expect(first.length).toBeGreaterThan(10_000);
    expect(lines(await run(stormy, 3))).toBe(first);
    expect(lines(await run(stormy, 4))).not.toBe(first);
  });

  test('in another process', async () => {
    const calls = (to: string) => `world.call('${to}', 'Counter.add', { amount: 1 }, 50)`;
    const output = inOwnProcess(
      `
      world.storm();
      for (let i = 0; i < 20; i += 1) await Promise.all([${calls('s1')}, ${calls('s2')}]);
      world.crash('s1');
      world.restart('s1');
      await world.call('s2', 'Counter.addAt', { amount: 1, to: 's1' }, 1_000);
      `,
      3,
    );
    expect(lines(JSON.parse(output))).toBe(lines(await run(stormy, 3)));
  });

  test('with the solution of the project, clients and faults included', async () => {
    const trace = async () => {
      const options = {
        seed: 5,
        host: new InProcessHost(new Solution(projectRoot)),
        tracing: true,
      };
      const world = new SimulatedWorld(options);
      await world.run(async () => {
        const lab = new Lab(world);
        const [s1] = await lab.startReplicas(3);
        lab.storm();
        const work = lab.workload({ clerks: 3, operations: 5 });
        await lab.pings(5);
        lab.crashAnyway(s1);
        await lab.healAndFinish(work);
      });
      return lines(world);
    };
    const first = await trace();
    expect(first.length).toBeGreaterThan(50_000);
    expect(await trace()).toBe(first);
  });
});

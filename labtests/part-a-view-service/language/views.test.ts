/** The language of part A: what it lets pass, what it does not, and what it says. */

import { type Failure, ScenarioFailure } from '../../../judging/failure';
import { InProcessHost } from '../../../nodes/in-process-host';
import { Solution } from '../../../nodes/sandbox/sandbox';
import { seededRandom } from '../../../runtime/seeded-random';
import { noView, type View } from '../../../viewservice/api';
import { SimulatedWorld } from '../../../worlds/simulated/world';
import { type BrokenSolution, writeSolution } from '../../broken-solutions/broken-solution';
import { plainViewSetting } from './setting';
import { bareViews, viewsInWorld } from './view-ports';
import { Views, view } from './views';

/** Views over a service that answers with one view after the other, and then with the last one. */
function scripted(...answers: View[]) {
  const calls: string[] = [];
  const port = {
    call: async (method: 'ping' | 'get', args: object) => {
      calls.push(`${method} ${Object.values(args).join(' ')}`.trim());
      return { reply: answers.length > 1 ? answers.shift() : (answers[0] ?? noView) };
    },
    tick: async () => {
      calls.push('tick');
    },
  };
  const views = new Views({
    ...{ start: () => port, random: seededRandom(1), setting: plainViewSetting },
    ...{ stories: 1, tries: 100 },
  });
  return { views, calls };
}

/** What a scenario fails with. */
async function failureOf(scenario: Promise<unknown>): Promise<Failure> {
  try {
    await scenario;
  } catch (error) {
    if (error instanceof ScenarioFailure) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('whatever the scenario, views follow one another by the rules', () => {
  const acknowledged: [string, View, View, string][] = [
    ['a number skipped', view(1, 'a'), view(3, 'a', 'b'), 'view numbers that rise one by one'],
    ['a number lowered', view(1, 'a'), noView, 'view numbers that never go back'],
    [
      'one number for two',
      view(1, 'a'),
      view(1, 'a', 'b'),
      'a new number with each new configuration',
    ],
    ['nothing new', view(1, 'a'), view(2, 'a'), 'successive views to differ in primary or backup'],
    ['nobody', view(1, 'a'), view(2), 'a primary in every view from view 1 on'],
    [
      'one server twice',
      view(1, 'a', 'b'),
      view(2, 'b', 'b'),
      'two different servers as primary and backup',
    ],
    [
      'a stranger',
      view(1, 'a', 'b'),
      view(2, 'c', 'b'),
      'only the backup of a view to become primary of the next',
    ],
  ];
  test.each(acknowledged)('%s', async (_what, before, after, expected) => {
    const { views } = scripted(before, after);
    await views.ping('a', 0);
    const failure = await failureOf(views.ping('a', 1));
    expect(failure).toMatchObject({ kind: 'expectation', expected });
    expect(failure.actual).toMatch(/^view \d .* was followed by view \d .*$/);
  });

  test('a change before the acknowledgement', async () => {
    const { views } = scripted(view(1, 'a'), view(2, 'a', 'b'));
    await views.ping('a', 0);
    const expected = 'view 1 to stay until its primary a has pinged 1';
    const anomalies = ['view given up unacknowledged'];
    expect(await failureOf(views.ping('b', 1))).toMatchObject({ expected, anomalies });
  });

  test('a failure tells also what was seen before it', async () => {
    const pair = view(2, 'a', 'b');
    const { views } = scripted(view(1, 'a'), view(1, 'a'), pair, pair, view(3, 'b'));
    await views.ping('a', 0);
    await views.ping('b', 0);
    await views.ping('a', 1);
    await views.ping('a', 2);
    await views.ping('b', 2);
    const failure = await failureOf(views.is('there is nobody else', view(4, 'c')));
    expect(failure.anomalies).toEqual(['views flap']);
    expect(() => views.keepsEveryRule()).toThrow('a, which has just pinged, to stay primary');
  });

  test('a change with the acknowledgement, or after it', async () => {
    const { views } = scripted(view(1, 'a'), view(2, 'a', 'b'), view(2, 'a', 'b'), view(3, 'b'));
    await views.ping('a', 0);
    await views.ping('a', 1);
    await views.ping('a', 2);
    expect(await views.ping('b', 2)).toEqual(view(3, 'b'));
  });

  test('an acknowledgement counts for one view only', async () => {
    const { views } = scripted(view(1, 'a'), view(2, 'a', 'b'), view(3, 'b'));
    await views.ping('a', 0);
    await views.ping('a', 1);
    const expected = 'view 2 to stay until its primary a has pinged 2';
    expect(await failureOf(views.ping('b', 2))).toMatchObject({ expected });
  });

  test('a ping that is answered with the view before', async () => {
    const { views } = scripted(noView, view(1, 'a'));
    await views.ping('a', 0);
    const failure = await failureOf(views.get());
    expect(failure.expected).toMatch(/^"a pings 0" to be answered with the view that is current/);
    expect(failure.actual).toMatch(/answered with view 0 .*, and get, right after it, with view 1/);
  });

  test('a view that comes with a tick, after a ping', async () => {
    const { views } = scripted(noView, view(1, 'a'));
    await views.ping('a', 0);
    expect(await views.ticks(1)).toEqual(view(1, 'a'));
  });
});

describe('expectations', () => {
  test('becomes: at once, without a tick', async () => {
    const { views, calls } = scripted(view(1, 'a'));
    await views.becomes('a is the first', view(1, 'a'));
    expect(calls).not.toContain('tick');
  });

  test('becomes: with the next tick', async () => {
    const { views, calls } = scripted(noView, view(1, 'a'));
    await views.becomes('a is the first', view(1, 'a'));
    expect(calls.filter((call) => call === 'tick')).toHaveLength(1);
  });

  test('becomes: not later', async () => {
    const { views } = scripted(noView);
    expect(await failureOf(views.becomes('a is the first', view(1, 'a')))).toMatchObject({
      expected: 'view 1 (primary a, backup nobody): a is the first',
      actual: 'view 0 (primary nobody, backup nobody)',
    });
  });

  test('is: now, or not at all', async () => {
    const { views } = scripted(noView, view(1, 'a'));
    const failure = await failureOf(views.is('a is the first', view(1, 'a')));
    expect(failure.actual).toBe('view 0 (primary nobody, backup nobody)');
  });

  test('several views may be fine; they are named together', async () => {
    const allowed = [view(1, 'a', 'b'), view(1, 'a', 'c'), view(1, 'a', 'b')] as const;
    const { views } = scripted(view(1, 'a', 'c'));
    expect(await views.is('so', ...allowed)).toEqual(view(1, 'a', 'c'));
    const other = scripted(noView).views;
    const { expected } = await failureOf(other.is('so', ...allowed));
    expect(expected).toBe('view 1 (primary a, backup b or c): so');
    const { expected: apart } = await failureOf(other.is('so', view(1, 'a'), view(2, 'a', 'b')));
    expect(apart).toBe('view 1 (primary a, backup nobody), or view 2 (primary a, backup b): so');
  });

  test('stays: says at which tick it did not', async () => {
    const { views } = scripted(noView, noView, noView, view(1, 'a'));
    expect(await failureOf(views.stays(noView, 'nobody has pinged', 5))).toMatchObject({
      expected: 'view 0 (primary nobody, backup nobody) to stay: nobody has pinged',
      actual: 'view 1 (primary a, backup nobody) at tick 3',
    });
    await scripted(noView).views.stays(noView, 'nobody has pinged', 5);
  });
});

describe('time and chance', () => {
  test('in each tick all servers ping, in any order', async () => {
    const { views, calls } = scripted(noView);
    await views.ticks(40, { a: 1, b: 2, c: 3 });
    expect(calls.filter((call) => call === 'tick')).toHaveLength(40);
    const intervals = calls
      .filter((call) => call !== 'get')
      .join(', ')
      .split(', tick');
    const orders = new Set(intervals.slice(0, 40).map((text) => text.replace(/^, /, '')));
    expect(orders.size).toBe(6);
    for (const order of orders) {
      expect(order.split(', ').sort()).toEqual(['ping a 1', 'ping b 2', 'ping c 3']);
    }
  });

  test('names are different from each other, and from seed to seed', () => {
    const names = scripted(noView).views.servers(52);
    expect(new Set(names).size).toBe(52);
    const first = Array.from({ length: 30 }, (_, seed) => {
      const port = { call: async () => undefined, tick: async () => undefined };
      return new Views({
        start: () => port,
        random: seededRandom(seed),
        setting: plainViewSetting,
        stories: 1,
        tries: 100,
      }).servers()[0];
    });
    expect(new Set(first).size).toBeGreaterThan(5);
  });
});

test('a failure tells what led to it, and counts what repeats', async () => {
  const { views } = scripted(view(1, 'a'));
  await views.ping('a', 0);
  await views.ping('c', 1);
  await views.ping('c', 0);
  await views.ticks(1);
  await views.ticks(3, { a: 1, b: 0 });
  await views.ticks(2);
  const failure = await failureOf(views.is('so', view(2, 'a', 'b')));
  expect(failure.details).toEqual([
    'a pings 0 -> view 1 (primary a, backup nobody)',
    'c pings 1, c pings 0, tick',
    '3 x (a pings 1, b pings 0, tick)',
    '2 x (tick)',
  ]);
});

describe('a view server that is not as it should be', () => {
  const written: BrokenSolution[] = [];
  afterAll(() => {
    for (const solution of written) solution.remove();
  });

  /** A solution whose ViewServer has these members. */
  function solutionOf(members: string, name = 'ViewServer'): Solution {
    const server = `
      import { notImplemented, RpcError } from '../runtime/errors';
      void notImplemented; void RpcError;
      const view = { viewnum: 0, primary: null, backup: null };
      export class ${name} { ping() { return view; } get() { return view; } tick() {} ${members} }`;
    const node = `
      import { serve } from '../runtime/service';
      import { ViewService } from './api';
      import { ViewServer } from './server';
      export const viewServerNode = () => (runtime) => {
        const server = new ViewServer(runtime);
        return { serves: [serve(ViewService, server)], tick: () => server.tick(), tickIntervalMs: 100 };
      };`;
    const files = { 'viewservice/server.ts': server, 'viewservice/node.ts': node };
    const solution = writeSolution(new Map(Object.entries(files)));
    written.push(solution);
    return new Solution(solution.root);
  }

  const story = async (views: Views) => {
    await views.ping('a', 0);
    await views.ticks(1);
  };
  const bare = (members: string) =>
    failureOf(
      Promise.resolve().then(() =>
        story(bareViews(solutionOf(members), seededRandom(1), plainViewSetting)),
      ),
    );
  const inWorld = async (members: string) => {
    const world = new SimulatedWorld({
      seed: 1,
      host: new InProcessHost(solutionOf(members)),
      tracing: false,
    });
    const failure = await failureOf(world.run(() => story(viewsInWorld(world, plainViewSetting))));
    return { failure, world };
  };

  test.each<[string, string, Partial<Failure>]>([
    [
      'a stub',
      "ping() { throw notImplemented('viewservice/server.ts', 'ViewServer.ping'); }",
      {
        kind: 'not implemented',
        actual: 'ViewServer.ping in viewservice/server.ts is not implemented yet',
        missing: ['ViewServer.ping in viewservice/server.ts'],
      },
    ],
    [
      'an RpcError',
      "ping() { throw new RpcError('overloaded', 'not now'); }",
      {
        kind: 'expectation',
        expected: 'the current view in reply to "a pings 0"',
        actual: 'the error overloaded: not now',
      },
    ],
    [
      'a reply that is no view',
      'ping() { return { viewnum: 1, primary: 5, backup: null }; }',
      { kind: 'expectation', actual: expect.stringContaining('reply.primary: expected') },
    ],
  ])('%s, on the bare server and over the network', async (_what, members, expected) => {
    expect(await bare(members)).toMatchObject(expected);
    expect((await inWorld(members)).failure).toMatchObject(expected);
  });

  test.each<[string, string, Partial<Failure>]>([
    [
      'ping throws',
      "ping() { throw new TypeError('not a function'); }",
      { kind: 'broken code', actual: expect.stringContaining('not a function') },
    ],
    [
      'tick throws',
      "tick() { throw new TypeError('not a function'); }",
      { kind: 'broken code', actual: 'in ViewServer.tick it threw: not a function' },
    ],
    [
      'tick is a stub',
      "tick() { throw notImplemented('viewservice/server.ts', 'ViewServer.tick'); }",
      {
        kind: 'not implemented',
        actual: 'ViewServer.tick in viewservice/server.ts is not implemented yet',
      },
    ],
    [
      'the constructor throws',
      "constructor() { throw new Error('no start'); }",
      { kind: 'broken code', actual: expect.stringContaining('no start') },
    ],
    [
      'ping waits for ever',
      'async ping() { await new Promise(() => undefined); }',
      {
        kind: 'did not settle',
        expected: 'ViewServer.ping to return without waiting for anything',
      },
    ],
  ])('on the bare server: %s', async (_what, members, expected) => {
    expect(await bare(members)).toMatchObject(expected);
  });

  test('methods may be async', async () => {
    await story(
      bareViews(
        solutionOf('async get() { await null; return view; }'),
        seededRandom(1),
        plainViewSetting,
      ),
    );
  });

  test('without the class there is a sentence that says so', () => {
    const start = () =>
      bareViews(solutionOf('', 'SomethingElse'), seededRandom(1), plainViewSetting);
    expect(start).toThrow('viewservice/server.ts does not load: it exports no class ViewServer');
  });

  test('no answer at all', async () => {
    const { failure } = await inWorld('async ping() { await new Promise(() => undefined); }');
    expect(failure).toMatchObject({ kind: 'expectation', actual: 'no answer' });
  });
});

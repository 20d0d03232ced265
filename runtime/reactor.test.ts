/** The boundary of a node: what goes in, what comes out, and what does not get across. */
import * as v from 'valibot';
import { notImplemented, RpcError } from './errors';
import type { NodeProgram, Runtime } from './node';
import type { CallResult, Output } from './node-io';
import { maxDurationMs, maxHandling, Reactor } from './reactor';
import { defineService, serve } from './service';

const Calc = defineService('Calc', 'For these tests.', {
  double: { doc: 'Twice.', args: v.object({ n: v.number() }), reply: v.number() },
  wait: { doc: 'Replies when told to.', args: v.object({}), reply: v.null() },
});

type Request = Output & { type: 'request' };

/**
 * A reactor whose outputs are collected, and the runtime that its program was given. Timers are kept
 * apart: `pass` lets time pass, and fires those that are due.
 */
function start(
  program: (runtime: Runtime) => Partial<NodeProgram> = () => ({}),
  { incarnation = 0 } = {},
) {
  const outputs: Output[] = [];
  const timers: { timer: number; at: number }[] = [];
  const cancelled: number[] = [];
  let clock = 0;
  let runtime!: Runtime;
  const reactor = new Reactor({
    address: 'n1',
    incarnation,
    boot: (given) => {
      runtime = given;
      return { serves: [], ...program(given) };
    },
    now: () => clock,
    random: () => 0.5,
    emit: (output) => {
      if (output.type === 'timer') {
        timers.push({ timer: output.timer, at: clock + output.durationMs });
      } else if (output.type === 'cancel-timer') {
        cancelled.push(output.timer);
      } else {
        outputs.push(output);
      }
    },
    rpcTimeoutMs: 500,
  });
  const take = () => outputs.splice(0);
  /** The ids of the requests that have come out. */
  const asked = () => take().map((output) => (output as Request).id);
  const pass = async (durationMs: number) => {
    const until = clock + durationMs;
    for (;;) {
      timers.sort((a, b) => a.at - b.at);
      if (timers[0] === undefined || timers[0].at > until) break;
      const { timer, at } = timers.shift() as (typeof timers)[number];
      clock = at;
      if (!cancelled.includes(timer)) reactor.give({ type: 'timer', timer });
      await settle();
    }
    clock = until;
    await settle();
  };
  const remote = runtime.connect(Calc, 'n2');
  const ask = (method: string, args: unknown, id = 1) =>
    reactor.give({ type: 'request', from: 'n3', id, service: 'Calc', method, args });
  return { reactor, runtime, remote, take, ask, asked, pass };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const double = ({ n }: { n: number }) => n * 2;
const wait = () => new Promise<null>(() => undefined);
const serving =
  (handlers = {}) =>
  () => ({
    serves: [serve(Calc, { double, wait, ...handlers })],
  });

/** Watches how a promise ends. */
function outcomeOf(promise: Promise<unknown>) {
  const outcome: { value?: unknown; error?: unknown } = {};
  promise.then(
    (value) => {
      outcome.value = value;
    },
    (error) => {
      outcome.error = error;
    },
  );
  return outcome;
}

const response = (id: number, result: CallResult): Output => ({
  type: 'response',
  to: 'n3',
  id,
  result,
});

const bug = (where: string, message: string) =>
  ({ type: 'failure', where, message, frames: expect.any(Array) }) as unknown as Output;

describe('requests to a node', () => {
  test('a plain handler answers within the input', () => {
    const { ask, take } = start(serving());
    ask('double', { n: 21 }, 7);
    expect(take()).toEqual([response(7, { reply: 42 })]);
  });

  test('an async handler answers when it is done', async () => {
    let finish!: (value: null) => void;
    const { ask, take, reactor } = start(
      serving({
        wait: () =>
          new Promise((resolve) => {
            finish = resolve;
          }),
      }),
    );
    ask('wait', {});
    await settle();
    expect(take()).toEqual([]);
    expect(reactor.outstanding).toBe(1);
    finish(null);
    await settle();
    expect(take()).toEqual([response(1, { reply: null })]);
    expect(reactor.outstanding).toBe(0);
  });

  test.each([
    [
      'a throw',
      () => {
        throw new RpcError('not-primary', 'ask s2');
      },
    ],
    [
      'a rejection',
      async () => {
        throw new RpcError('not-primary', 'ask s2');
      },
    ],
  ])('an RpcError becomes the response: %s', async (_how, handler) => {
    const { ask, take } = start(serving({ wait: handler }));
    ask('wait', {});
    await settle();
    expect(take()).toEqual([response(1, { error: { code: 'not-primary', message: 'ask s2' } })]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new TypeError('oh');
      },
    ],
    [
      'rejects',
      async () => {
        throw new TypeError('oh');
      },
    ],
  ])('a handler that %s anything else is a bug: internal, and a failure', async (_how, handler) => {
    const { ask, take } = start(serving({ wait: handler }));
    ask('wait', {});
    await settle();
    expect(take()).toEqual([
      bug('Calc.wait', 'oh'),
      response(1, { error: { code: 'internal', message: 'Calc.wait threw: oh' } }),
    ]);
  });

  test('a handler that is a stub is a refusal for the caller, and a failure of the node', () => {
    const stub = notImplemented('calc.ts', 'Calc.double');
    const handler = () => {
      throw stub;
    };
    const { ask, take } = start(serving({ double: handler }));
    ask('double', { n: 21 });
    expect(take()).toEqual([bug('Calc.double', stub.message), response(1, { error: stub.body })]);
  });

  test.each<[string, string, unknown, string]>([
    ['arguments that do not fit', 'double', { n: '21' }, 'malformed'],
    ['an unknown method', 'triple', { n: 21 }, 'unknown-method'],
  ])('%s never reach the handler', (_what, method, args, code) => {
    const handler = jest.fn(double);
    const { ask, take } = start(serving({ double: handler }));
    ask(method, args);
    expect(take()).toMatchObject([{ type: 'response', result: { error: { code } } }]);
    expect(handler).not.toHaveBeenCalled();
  });

  test('an unknown service is told what is served here', () => {
    const { reactor, take } = start(serving());
    const request = { type: 'request', from: 'n3', id: 1, method: 'x', args: {} } as const;
    reactor.give({ ...request, service: 'Nope' });
    const message = 'no service Nope here: this node serves Calc';
    expect(take()).toEqual([response(1, { error: { code: 'unknown-method', message } })]);
  });

  test('a reply that does not fit the contract is not sent', () => {
    const { ask, take } = start(serving({ double: () => 'much' }));
    ask('double', { n: 1 });
    expect(take()).toMatchObject([{ type: 'response', result: { error: { code: 'bad-reply' } } }]);
  });

  test('more requests than a node may handle at a time are refused', async () => {
    const finish: (() => void)[] = [];
    const waiting = () => new Promise<null>((resolve) => finish.push(() => resolve(null)));
    const { ask, take } = start(serving({ wait: waiting }));
    for (let id = 0; id < maxHandling; id += 1) ask('wait', {}, id);
    expect(take()).toEqual([]);
    ask('wait', {}, maxHandling);
    expect(take()).toMatchObject([{ id: maxHandling, result: { error: { code: 'overloaded' } } }]);
    for (const done of finish.splice(0)) done();
    await settle();
    expect(take()).toHaveLength(maxHandling);
    ask('double', { n: 1 });
    expect(take()).toMatchObject([{ result: { reply: 2 } }]);
  });
});

describe('calls of a node', () => {
  test('a call is a request, and its response settles it', async () => {
    const { reactor, remote, take } = start();
    const call = remote.double({ n: 21 }, { timeoutMs: 70 });
    const [request] = take() as [Request];
    expect(request).toMatchObject({ to: 'n2', service: 'Calc', method: 'double', args: { n: 21 } });
    expect(reactor.outstanding).toBeGreaterThan(0);
    reactor.give({ type: 'response', id: request.id, result: { reply: 42 } });
    expect(await call).toBe(42);
    expect(reactor.outstanding).toBe(0);
  });

  test.each([
    ['the usual time', undefined, 500],
    ['the time that the caller chose', { timeoutMs: 70 }, 70],
  ])('no response within %s: timeout', async (_what, options, ms) => {
    const { remote, pass } = start();
    const outcome = outcomeOf(remote.double({ n: 1 }, options));
    await pass(ms - 1);
    expect(outcome).toEqual({});
    await pass(1);
    expect(outcome.error).toMatchObject({ code: 'timeout', definite: false });
    const message = `n2: no reply to Calc.double within ${ms} ms`;
    expect((outcome.error as Error).message).toContain(message);
  });

  test('each call has its own time, also when one before it was answered', async () => {
    const { reactor, remote, asked, pass } = start();
    const first = outcomeOf(remote.double({ n: 1 }));
    const [id] = asked();
    await pass(300);
    const second = outcomeOf(remote.double({ n: 2 }));
    await pass(100);
    reactor.give({ type: 'response', id: id as number, result: { reply: 2 } });
    await pass(399);
    expect([first, second]).toEqual([{ value: 2 }, {}]);
    await pass(1);
    expect(second.error).toMatchObject({ code: 'timeout' });
    const third = outcomeOf(remote.double({ n: 3 }));
    await pass(499);
    expect(third).toEqual({});
    await pass(1);
    expect(third.error).toMatchObject({ code: 'timeout' });
  });

  test('a response after the time-out finds nobody', async () => {
    const { reactor, remote, take, asked, pass } = start();
    const outcome = outcomeOf(remote.double({ n: 1 }));
    const [id] = asked();
    await pass(500);
    reactor.give({ type: 'response', id: id as number, result: { reply: 2 } });
    await settle();
    expect(outcome).toMatchObject({ error: { code: 'timeout' } });
    expect(take()).toEqual([]);
  });

  test('of two responses the first counts, and one to nobody is ignored', async () => {
    const { reactor, remote, asked } = start();
    const call = remote.double({ n: 1 });
    const id = asked()[0] as number;
    reactor.give({ type: 'response', id: id + 1_000, result: { reply: 4 } });
    reactor.give({ type: 'response', id, result: { reply: 2 } });
    reactor.give({ type: 'response', id, result: { reply: 3 } });
    expect(await call).toBe(2);
  });

  test('an error that comes back names who sent it', async () => {
    const { reactor, remote, asked } = start();
    const outcome = outcomeOf(remote.double({ n: 1 }));
    const error = { code: 'rejected', message: 'no' } as const;
    reactor.give({ type: 'response', id: asked()[0] as number, result: { error } });
    await settle();
    expect(outcome.error).toMatchObject({ code: 'rejected', message: 'n2: no' });
  });

  test('a reply that does not fit the contract: bad-reply', async () => {
    const { reactor, remote, asked } = start();
    const outcome = outcomeOf(remote.double({ n: 1 }));
    reactor.give({ type: 'response', id: asked()[0] as number, result: { reply: 'two' } });
    await settle();
    expect(outcome.error).toMatchObject({ code: 'bad-reply' });
  });

  test('arguments that do not fit the contract are not sent', async () => {
    const { remote, take } = start();
    const outcome = outcomeOf(remote.double({ n: 'one' as unknown as number }));
    await settle();
    expect(outcome.error).toMatchObject({ code: 'malformed' });
    expect(take()).toEqual([]);
  });

  test('what is sent is a copy: the caller may change its own', () => {
    const { remote, take } = start();
    const args = { n: 1 };
    void remote.double(args);
    args.n = 2;
    expect(take()).toMatchObject([{ args: { n: 1 } }]);
  });

  test('sleep resolves when its time has passed', async () => {
    const { runtime, pass } = start();
    const outcome = outcomeOf(runtime.sleep(20).then(() => 'awake'));
    await pass(19);
    expect(outcome).toEqual({});
    await pass(1);
    expect(outcome.value).toBe('awake');
  });

  test('a timer that fires twice, or that nobody knows, does nothing', () => {
    const { reactor, take } = start();
    reactor.give({ type: 'timer', timer: 12_345 });
    expect(take()).toEqual([]);
  });
});

describe('start, tick and invoke', () => {
  test('start and tick run the program; what they throw is a failure, not a crash', async () => {
    const { reactor, take } = start((runtime) => ({
      start: () => runtime.log('up', { n: 1 }),
      tick: async () => {
        throw new TypeError('tick broke');
      },
      tickIntervalMs: 100,
    }));
    expect(reactor.tickIntervalMs).toBe(100);
    reactor.give({ type: 'start' });
    expect(take()).toEqual([{ type: 'log', event: 'up', fields: { n: 1 } }]);
    reactor.give({ type: 'tick' });
    await settle();
    expect(take()).toEqual([bug('tick', 'tick broke')]);
  });

  test('an operation of the user returns its reply or its error', async () => {
    const { reactor, take } = start(() => ({
      invoke: (f) => {
        if (f === 'good') return Promise.resolve('done');
        if (f === 'bad') return Promise.reject(new RpcError('timeout', 'gave up'));
        throw new TypeError('oh');
      },
    }));
    for (const [id, f] of ['good', 'bad', 'bug'].entries()) {
      reactor.give({ type: 'invoke', id, f, args: {} });
    }
    await settle();
    // What is thrown at once comes out at once.
    expect(take()).toEqual([
      bug('the operation bug', 'oh'),
      { type: 'return', id: 2, result: { error: { code: 'internal', message: 'oh' } } },
      { type: 'return', id: 0, result: { reply: 'done' } },
      { type: 'return', id: 1, result: { error: { code: 'timeout', message: 'gave up' } } },
    ]);
  });

  test('a node that is no client says so', () => {
    const { reactor, take } = start();
    reactor.give({ type: 'invoke', id: 1, f: 'get', args: {} });
    expect(take()).toMatchObject([{ result: { error: { code: 'unknown-method' } } }]);
  });
});

describe('after a crash', () => {
  test('what was under way can neither send nor receive', async () => {
    const { reactor, runtime, remote, asked, pass } = start();
    const call = outcomeOf(remote.double({ n: 1 }));
    const patient = outcomeOf(remote.double({ n: 1 }, { timeoutMs: 70 }));
    const sleep = outcomeOf(runtime.sleep(20).then(() => 'awake'));
    const ids = asked();
    reactor.crash();
    for (const id of ids) reactor.give({ type: 'response', id, result: { reply: 2 } });
    await pass(1_000);
    expect([call, patient, sleep]).toEqual([{}, {}, {}]);
    expect(reactor.outstanding).toBe(0);
  });

  test('its code may still run, but nobody hears of it', async () => {
    let go!: () => void;
    const { reactor, runtime, remote, ask, take } = start(
      serving({
        wait: async () => {
          await new Promise<void>((resolve) => {
            go = resolve;
          });
          runtime.log('too late');
          void remote.double({ n: 1 });
          void runtime.sleep(1);
          return null;
        },
      }),
    );
    ask('wait', {});
    reactor.crash();
    go();
    await settle();
    reactor.give({ type: 'start' });
    ask('double', { n: 1 });
    expect(take()).toEqual([]);
  });

  test('a response to an earlier incarnation finds nobody in the next', async () => {
    const first = start();
    void first.remote.double({ n: 1 });
    const old = first.asked()[0] as number;
    const second = start(undefined, { incarnation: 1 });
    const outcome = outcomeOf(second.remote.double({ n: 1 }));
    expect(second.asked()).not.toContain(old);
    second.reactor.give({ type: 'response', id: old, result: { reply: 2 } });
    await settle();
    expect(outcome).toEqual({});
  });
});

describe('what a node hands out is looked at before it goes anywhere', () => {
  test.each([
    [-5, 0],
    [0.5, 0.5],
    [Number.POSITIVE_INFINITY, maxDurationMs],
    [1e300, maxDurationMs],
  ])('a sleep of %p ms is one of %p ms', (asked, durationMs) => {
    const emitted: Output[] = [];
    const reactor = new Reactor({
      ...{ address: 'n1', incarnation: 0, rpcTimeoutMs: 500, now: () => 0, random: () => 0.5 },
      boot: (runtime) => ({ serves: [], start: () => runtime.sleep(asked) }),
      emit: (output) => emitted.push(output),
    });
    reactor.give({ type: 'start' });
    expect(emitted).toEqual([{ type: 'timer', timer: expect.any(Number), durationMs }]);
  });

  test.each([[Number.NaN], ['5'], [undefined]])('a sleep of %p is an error', async (asked) => {
    const { runtime } = start();
    await expect(runtime.sleep(asked as number)).rejects.toThrow(
      /^sleep: expected a number of milliseconds, got /,
    );
  });

  test.each([[null], [undefined], [''], [{}], ['x'.repeat(300)]])(
    'nobody is called at %p',
    async (to) => {
      const { runtime, take } = start();
      const calling = runtime.connect(Calc, to as string).double({ n: 1 });
      await expect(calling).rejects.toMatchObject({ code: 'refused' });
      expect(take()).toEqual([]);
    },
  );

  test('a log line is plain data within bounds, whatever it is made of', () => {
    const { runtime, take } = start();
    const self: Record<string, unknown> = { big: 5n, date: new Date(0), call: double };
    self.self = self;
    runtime.log('x'.repeat(1_000), { self, text: 'y'.repeat(1_000_000) } as never);
    runtime.log(undefined as never, 7 as never);
    const [first, second] = take() as Extract<Output, { type: 'log' }>[];
    expect(JSON.stringify(first).length).toBeLessThan(25_000);
    expect(first?.event).toBe(`${'x'.repeat(200)}... (1,000 characters)`);
    expect(first?.fields).toMatchObject({
      self: { big: '5n', date: '1970-01-01T00:00:00.000Z', call: '[Function: double]' },
      text: expect.stringMatching(/^y+\.\.\. \(1,000,000 characters\)$/),
    });
    expect(second).toMatchObject({ event: 'undefined', fields: { value: 7 } });
  });

  test('what it shows of itself is a copy, and no reason to fail', () => {
    const state = { view: { viewnum: 1 }, all: new Map([['k', 'v']]) };
    const { reactor } = start(() => ({ inspect: () => state as never }));
    const shown = reactor.inspect();
    state.view.viewnum = 2;
    expect(shown).toEqual({ view: { viewnum: 1 }, all: "Map(1) { 'k' => 'v' }" });
    const throwing = start(() => ({
      inspect: () => {
        throw Object.create(null);
      },
    }));
    expect(throwing.reactor.inspect()).toEqual({
      'inspect() threw': expect.stringMatching(/^something without a text/),
    });
  });
});

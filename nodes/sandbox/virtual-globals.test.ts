/** Time, chance and the machine, in every form in which JavaScript and Node.js offer them. */
import { evaluate, fakeRuntime, file, removeSolutions, solutionOf } from './sandbox.testing';

afterAll(removeSolutions);

const nowMs = Date.UTC(2030, 0, 1) + 1_234;
const iso = '2030-01-01T00:00:01.234Z';

describe('the time is that of the node', () => {
  test.each<[expression: string, expected: unknown]>([
    ['performance.timeOrigin + performance.now()', nowMs],
    [`require('node:perf_hooks').performance.now()`, 1_234],
    ['new Date(0).constructor.now()', nowMs],
    ['new (new Date(0).constructor)().getTime()', nowMs],
    ['Date().slice(11, 15)', '2030'],
    ['structuredClone(new Date()) instanceof Date', true],
    ['JSON.stringify(new Date())', JSON.stringify(iso)],
    [`new Intl.DateTimeFormat('en', { timeZone: 'UTC', year: 'numeric' }).format()`, '2030'],
    [`Intl.DateTimeFormat('en', { timeZone: 'UTC', year: 'numeric' }).format()`, '2030'],
    [
      `new Intl.DateTimeFormat('en', { timeZone: 'UTC', year: 'numeric' }).formatToParts()[0].value`,
      '2030',
    ],
    [`new Intl.DateTimeFormat('en', { timeZone: 'UTC', year: 'numeric' }).format(0)`, '1970'],
    [`new Intl.NumberFormat('en').format(1234)`, '1,234'],
    ['process.hrtime([1, 0])', [0, 234_000_000]],
    ['process.uptime()', 1.234],
    [`require('node:process').uptime()`, 1.234],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, 1, 1_234)).toEqual(expected);
  });

  const temporal = 'Temporal' in globalThis ? test : test.skip;
  temporal('Temporal.Now, where this Node.js has it', () => {
    expect(evaluate('Temporal.Now.instant().toString()', 1, 1_234)).toBe(iso);
    expect(evaluate('Temporal.Now.plainDateISO().toString()', 1, 1_234)).toBe('2030-01-01');
  });
});

describe('what waits, waits for the time of the node', () => {
  test.each<[expression: string, result: unknown]>([
    [`require('node:timers/promises').setTimeout(500, 'x')`, 'x'],
    [`require('timers/promises').scheduler.wait(500)`, undefined],
    [`require('node:timers').promises.setTimeout(500, 'y')`, 'y'],
    [`require('node:util').promisify(setTimeout)(500, 'z')`, 'z'],
    [`new Promise((done) => require('node:timers').setTimeout(done, 500, 'w'))`, 'w'],
    [
      `new Promise((done) => AbortSignal.timeout(500).addEventListener('abort', (event) => done(event.target.reason.name)))`,
      'TimeoutError',
    ],
    [
      `AbortSignal.any([AbortSignal.timeout(500)]) && require('timers/promises').setTimeout(9000, 1, { signal: AbortSignal.timeout(500) }).catch((error) => error.name)`,
      'AbortError',
    ],
    [
      `(async () => { for await (const tick of require('timers/promises').setInterval(250, 'i')) { if (performance.now() >= 500) return tick; } })()`,
      'i',
    ],
  ])('%s', async (expression, result) => {
    const text = `declare const require: any; export const run = () => ${expression};`;
    const { runtime, pass } = fakeRuntime();
    const { run } = solutionOf(text).load(file, runtime);
    const done: unknown[] = [];
    void (run as () => Promise<unknown>)().then((value) => done.push(value));
    await pass(499);
    expect(done).toEqual([]);
    await pass(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual([result]);
  });

  test('nextTick, setImmediate and queueMicrotask take no time', async () => {
    const text = `export const run = () => new Promise((done) =>
      process.nextTick((a, b) => setImmediate((c) => queueMicrotask(() => done(a + b + c)), 3), 1, 2));`;
    const { runtime, pass } = fakeRuntime();
    const { run } = solutionOf(text).load(file, runtime);
    const result = (run as () => Promise<unknown>)();
    await new Promise((resolve) => setImmediate(resolve));
    await pass(0);
    expect(await result).toBe(6);
  });
});

describe('chance comes from the seed', () => {
  test.each([
    `require('node:crypto').randomUUID()`,
    `require('crypto').randomBytes(16).toString('hex')`,
    `require('node:crypto').randomInt(1e9)`,
    `[...require('node:crypto').getRandomValues(new Uint8Array(8))]`,
    `[...require('node:crypto').webcrypto.getRandomValues(new Uint8Array(8))]`,
  ])('%s', (expression) => {
    expect(evaluate(expression, 1)).toEqual(evaluate(expression, 1));
    expect(evaluate(expression, 2)).not.toEqual(evaluate(expression, 1));
  });

  test('getRandomValues fills the array that it is given', () => {
    const expression =
      '((a) => crypto.getRandomValues(a) === a && a.some((b) => b > 0))(new Uint8Array(8))';
    expect(evaluate(expression)).toBe(true);
  });
});

describe('what only computes is there', () => {
  test.each<[expression: string, expected: unknown]>([
    [`require('node:assert/strict').deepEqual([1], [1])`, undefined],
    [
      `require('node:crypto').createHash('sha256').update('a').update('b').digest('hex').slice(0, 8)`,
      'fb8e20fc',
    ],
    [
      `(() => { const e = new (require('node:events').EventEmitter)(); let n = 0; e.on('x', () => n++); e.emit('x'); return n; })()`,
      1,
    ],
    [`require('node:util').inspect({ a: [1] })`, '{ a: [ 1 ] }'],
    [`require('util').isDeepStrictEqual({ a: 1 }, { a: 1 })`, true],
    [`new URL('http://a/b?c=1').searchParams.get('c')`, '1'],
    [`new TextDecoder().decode(new TextEncoder().encode('ü'))`, 'ü'],
    [`Buffer.from('a').toString('hex')`, '61'],
    [`structuredClone(new Map([[1, { a: 2 }]])).get(1).a`, 2],
    [`atob(btoa('x'))`, 'x'],
    [`(() => {}) instanceof Function`, true],
    [`typeof nowhere`, 'undefined'],
    [`'nowhere' in globalThis`, false],
    [`globalThis.globalThis === globalThis && globalThis.Map === Map`, true],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression)).toEqual(expected);
  });
});

describe('the rest is an error that says what to do instead', () => {
  test.each<[expression: string, message: string]>([
    ['new WeakRef({})', 'hold on to the object itself'],
    ['new FinalizationRegistry(() => undefined)', 'hold on to the object itself'],
    ['Atomics.wait(new Int32Array(4), 0, 0)', 'runtime.sleep waits in that of the node'],
    ['WebAssembly.compile(new Uint8Array())', 'compiles in real time'],
    ['new MessageChannel()', 'messages go through the Runtime'],
    [`new BroadcastChannel('x')`, 'messages go through the Runtime'],
    ['new Blob([])', 'messages go through the Runtime'],
    [`new (require('node:buffer').Blob)([])`, 'is not for nodes'],
    ['new PerformanceObserver(() => undefined)', 'is not for nodes'],
    ['new ReadableStream()', 'is not for nodes'],
    ['crypto.subtle', 'createHash of node:crypto'],
    [`require('node:crypto').generateKeyPairSync('rsa')`, 'crypto.generateKeyPairSync is not for'],
    [`require('node:crypto').scrypt('a', 'b', 3)`, 'crypto.scrypt is not for nodes'],
    ['Function("return 1")', 'code made from text'],
    ['process.exit(0)', 'process.exit is not for nodes'],
    [`process.binding('fs')`, 'process.binding is not for nodes'],
    [`require('node:process').exit(0)`, 'process.exit is not for nodes'],
    [`require('node:process').getBuiltinModule('fs')`, 'process.getBuiltinModule is not'],
    [`globalThis.process.mainModule.require('fs')`, 'undefined'],
  ])('%s', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });
});

test.each([
  ['with letters written as numbers', 'Dat\\u0065.now()'],
  ['through eval', "eval('Da' + 'te.now()')"],
  ['as a member of the global object', "globalThis['Da' + 'te'].now()"],
])('a global is the node’s own, also %s', (_how, expression) => {
  expect(evaluate(expression, 1, 1_234)).toBe(Date.UTC(2030, 0, 1) + 1_234);
});

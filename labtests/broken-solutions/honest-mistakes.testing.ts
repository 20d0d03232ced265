/**
 * Mistakes that people make without meaning harm, and what they are to be told. Whatever it is, it fails
 * the scenarios concerned in these words, or none; it never fails the framework.
 */
import { type BrokenSolution, breakSolution, type Replacement } from './broken-solution';

/** Methods of the solution: the line with which each begins. */
const methods = {
  'ViewServer.ping': ['viewservice/server.ts', '  ping({ server, viewnum }: PingArgs): View {\n'],
  'PbServer.start': ['pbservice/server.ts', '  async start(): Promise<void> {\n'],
  'PbServer.tick': ['pbservice/server.ts', '  async tick(): Promise<void> {\n'],
  'PbServer.operate': [
    'pbservice/server.ts',
    '  async operate(request: ClientRequest): Promise<OperationResult> {\n',
  ],
  'Clerk.perform': [
    'client/clerk.ts',
    '  perform(operation: Operation, options: OperationOptions = {}): Promise<OperationResult> {\n',
  ],
} as const;

export interface HonestMistake {
  readonly name: string;
  readonly method: keyof typeof methods;
  /** The method begins with these lines. */
  readonly lines: string;
  /** The message to the student in scenario A2, where the view service has the mistake, or in B1b; null: none. */
  readonly says: {
    readonly kind: string;
    readonly actual: RegExp;
    readonly expected?: RegExp;
  } | null;
}

const misresult = /^Clerk\.perform in client\/clerk\.ts to resolve with \{ value: \.\.\. \}/;

/** A clerk whose `get` comes to this end. */
function clerk(name: string, ending: string, actual: RegExp): HonestMistake {
  const lines = `    if (operation.op === 'get') ${ending};\n`;
  const says = { kind: 'broken code', actual, expected: misresult };
  return { name: `a get that resolves with ${name}`, method: 'Clerk.perform', lines, says };
}

function resolved(name: string, value: string, said: string): HonestMistake {
  const actual = new RegExp(`^get resolved with ${said}$`);
  return clerk(name, `return Promise.resolve(${value} as never)`, actual);
}

/** A method that throws this. */
function thrown(method: HonestMistake['method'], name: string, value: string, actual: RegExp) {
  const says = { kind: 'broken code', actual };
  return { name: `${method} throws ${name}`, method, lines: `    throw ${value};\n`, says };
}

function ticks(name: string, lines: string, says: HonestMistake['says']): HonestMistake {
  return { name, method: 'PbServer.tick', lines: `    ${lines}\n`, says };
}

const broken = (actual: RegExp) => ({ kind: 'broken code', actual });
const endless = (actual: RegExp) => ({ kind: 'did not settle', actual });

export const honestMistakes: readonly HonestMistake[] = [
  resolved('an empty object', '{}', '\\{\\}'),
  resolved('an object as value', '{ value: { a: 1 } }', '\\{ value: \\{ a: 1 \\} \\}'),
  resolved('a number', '7', '7'),
  resolved('undefined', 'undefined', 'undefined'),
  resolved('null', 'null', 'null'),
  resolved('the bare value', "'x'", "'x'"),
  resolved(
    'a long value',
    "{ value: 'x'.repeat(3e6) }",
    "\\{ value: 'x+'... \\d+ more characters \\}",
  ),
  {
    name: 'a get that rejects with null',
    method: 'Clerk.perform',
    lines: "    if (operation.op === 'get') return Promise.reject(null);\n",
    says: broken(/^in the operation get it threw: null$/),
  },
  {
    name: 'a get that never ends',
    method: 'Clerk.perform',
    lines: "    if (operation.op === 'get') return new Promise(() => undefined);\n",
    says: { kind: 'stuck', actual: /^1 client still waits/ },
  },
  {
    name: 'an operation that the server never answers',
    method: 'PbServer.operate',
    lines: '    await new Promise(() => undefined);\n',
    says: { kind: 'stuck', actual: /^1 client still waits/ },
  },
  {
    name: 'a loop of sleeps of no length',
    method: 'PbServer.start',
    lines: '    for (;;) await this.runtime.sleep(0);\n',
    says: endless(
      /^it took 5,001 inputs from \d+ to \d+ ms .* were timers of 0 ms that it had set/,
    ),
  },
  {
    name: 'a sleep of no number',
    method: 'PbServer.start',
    lines: '    await this.runtime.sleep(Number.NaN);\n',
    says: broken(/^in start it threw: sleep: expected a number of milliseconds, got NaN$/),
  },
  ticks(
    'sleeps too short and too long',
    'void this.runtime.sleep(-1); void this.runtime.sleep(1e9); void this.runtime.sleep(Infinity);',
    null,
  ),
  ticks(
    'requests that double',
    `const ask = (): void => {
      const again = () => { ask(); ask(); };
      void this.viewService.get({}).then(again, again);
    };
    ask();`,
    endless(/^it took 5,001 inputs from \d+ to \d+ ms .* were (requests ViewService.get|replies)/),
  ),
  thrown(
    'PbServer.tick',
    'an error of 25 MB',
    "new Error('x'.repeat(25e6))",
    /^in tick it threw: x{300}\.\.\. \(25,000,000 characters\)$/,
  ),
  thrown(
    'PbServer.tick',
    'an object without a text',
    'Object.create(null)',
    /^in tick it threw: something without a text: \[Object: null prototype\] \{\}$/,
  ),
  thrown('PbServer.tick', 'undefined', 'undefined', /^in tick it threw: undefined$/),
  thrown('PbServer.tick', 'a symbol', "Symbol('why')", /^in tick it threw: Symbol\(why\)$/),
  thrown(
    'ViewServer.ping',
    'an object that cannot be a text',
    '{ toString() { throw 1; } }',
    /^in View\w+\.ping it threw: something without a text: /,
  ),
  thrown(
    'ViewServer.ping',
    'an error without a stack',
    "Object.defineProperty(new Error('oh'), 'stack', { get() { throw 1; } })",
    /^in View\w+\.ping it threw: oh$/,
  ),
  thrown(
    'ViewServer.ping',
    'an error without a message',
    "Object.defineProperty(new Error('oh'), 'message', { get() { throw 1; } })",
    /^in View\w+\.ping it threw: something without a text: Error$/,
  ),
  thrown(
    'ViewServer.ping',
    'a Proxy',
    "new Proxy(new Error('oh'), { get() { throw 1; }, getPrototypeOf() { throw 2; } })",
    /^in View\w+\.ping it threw: something without a text: a Proxy$/,
  ),
  {
    name: 'a view of 3 MB of text',
    method: 'ViewServer.ping',
    lines: "    if (viewnum >= 0) return 'x'.repeat(3e6) as never;\n",
    says: { kind: 'expectation', actual: /bad-reply|expected Object, got "x{70,80}/ },
  },
  {
    name: 'no view',
    method: 'ViewServer.ping',
    lines: '    if (viewnum >= 0) return undefined as never;\n',
    says: { kind: 'expectation', actual: /expected Object, got undefined/ },
  },
  {
    name: 'a view that throws when it is read',
    method: 'ViewServer.ping',
    lines:
      "    if (viewnum >= 0) return { get viewnum() { throw new Error('no number'); } } as never;\n",
    says: broken(/^in View\w+\.ping it threw: no number$/),
  },
  ticks(
    '60,000 rejections',
    "for (let i = 0; i < 60_000; i += 1) void Promise.reject(new Error('nobody'));",
    broken(/^in a promise that nobody awaits it threw: nobody$/),
  ),
  ticks(
    'a rejection with null',
    'void Promise.reject(null);',
    broken(/^in a promise that nobody awaits it threw: null$/),
  ),
  ticks(
    'an error in a microtask',
    "queueMicrotask(() => { throw new Error('oh'); });",
    broken(/it threw: oh$/),
  ),
  ticks(
    'an error in a timer',
    "setTimeout(() => { throw new Error('late'); }, 5);",
    broken(/^in a promise that nobody awaits it threw: late$/),
  ),
  ticks(
    'an error of an event target',
    `const target = new EventTarget();
    target.addEventListener('x', () => { throw new Error('heard'); });
    target.dispatchEvent(new Event('x'));`,
    broken(/it threw: heard$/),
  ),
  ticks(
    'a call that nobody catches',
    "await this.runtime.connect(ViewService, 'nobody').get({});",
    broken(/^in tick it threw: RpcError (refused|timeout): nobody/),
  ),
  ticks(
    'a call to nobody',
    'await this.runtime.connect(ViewService, null as never).get({});',
    broken(/^in tick it threw: RpcError refused: expected the address of a node, got null$/),
  ),
  ticks(
    'a ping that is no ping',
    "await this.viewService.ping({ server: 'x'.repeat(10e6), viewnum: 1n } as never);",
    broken(/^in tick it threw: RpcError malformed: ViewService\.ping: args\.server: expected /),
  ),
  ticks(
    'log fields of all kinds',
    `const all: Record<string, unknown> = { big: 1n, call: () => 1, map: new Map([[1, 2]]) };
    all.self = all;
    all.proxy = new Proxy({}, { ownKeys() { throw 1; } });
    Object.defineProperty(all, 'getter', { enumerable: true, get() { throw 1; } });
    this.runtime.log('all', all as never);
    this.runtime.log(undefined as never, 7 as never);
    console.log('all', all, Symbol('x'), Object.create(null), { toString() { throw 1; } });
    console.table([all]); console.dir(all); console.assert(false, all); console.error(all);`,
    null,
  ),
  ticks(
    'log lines of 10 MB',
    "this.runtime.log('x'.repeat(10e6), { text: 'x'.repeat(10e6) }); console.log('x'.repeat(10e6));",
    null,
  ),
  ticks(
    '100,000 log lines at a time',
    "for (let i = 0; i < 100_000; i += 1) this.runtime.log('again');",
    endless(
      /^at one input, tick, it did 100,00\d things, .* (10,000|9,99\d) times the log event again$/,
    ),
  ),
];

/** A solution that makes this mistake. */
export function withMistake({ method, lines }: HonestMistake): BrokenSolution {
  const [file, first] = methods[method];
  const changes: Replacement[] = [[first, `${first}${lines}`]];
  return breakSolution(file, changes);
}

/** The scenario that meets the mistake, and one that it leaves alone. */
export function scenariosForMistake({ method }: HonestMistake): readonly [string, string] {
  return method === 'ViewServer.ping' ? ['A2', 'A1'] : ['B1b', 'A2'];
}

/**
 * Looking up and merging lose nothing: what a plain enumeration reaches, which runs every schedule
 * anew and merges nothing, is what the explorer reaches.
 */
import '../../labtests/labs';
import path from 'node:path';
import type { Replacement } from '../../labtests/broken-solutions/broken-solution';
import { withBrokenSolution } from '../../labtests/broken-solutions/broken-solution';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { quiescenceMs } from '../timing';
import { Closing } from './closing';
import { explore } from './explore';
import { missing } from './global-state';
import { HiddenMemory } from './merge-check';
import { considered, deviations, endings, isDeviation, makeMove, moveKind } from './moves';
import { noEvent } from './next-event';
import { needsExecution, Search } from './search';
import { stageSystem } from './staging';
import { makeSystem, type System } from './system';

const root = path.join(__dirname, '../..');

interface Tiny {
  readonly root: string;
  readonly work: readonly string[];
  readonly servers: number;
  readonly deviations: number;
  readonly crashes: number;
}

function systemOf({ root, work, servers }: Tiny, merging: boolean): System {
  const host = new InProcessHost(new Solution(root));
  const setting = { work, servers, crashes: 1, seed: 1, staged: true };
  return makeSystem({ host, setting, merging });
}

/** Everything that nodes have said, and all that clients have seen. */
class Reached {
  readonly said = new Set<string>();
  readonly histories = new Set<string>();

  add({ locals, names }: System): void {
    for (const { node, outputs } of locals.everythingSaid())
      this.said.add(`${names[node]} ${outputs}`);
  }

  end({ histories, state }: System): void {
    this.histories.add(JSON.stringify(histories.recorded(state.history).events));
  }
}

/** All schedules, each from its start and in nodes of its own. */
async function enumerate(tiny: Tiny): Promise<Reached> {
  const reached = new Reached();
  const pending: Way[] = [[]];
  for (let way = pending.pop(); way !== undefined; way = pending.pop()) {
    const system = systemOf(tiny, false);
    await stageSystem(system);
    for (const more of await follow(system, way, tiny, reached)) pending.push(more);
    reached.add(system);
    system.locals.close();
  }
  return reached;
}

/** Choices with the number of the event before which, or after which, each of them is made. */
type Way = readonly { readonly event: number; readonly choice: number }[];

/** Follows one way to its end; the ways that leave it after its last choice. */
async function follow(system: System, way: Way, tiny: Tiny, reached: Reached): Promise<Way[]> {
  const { state } = system;
  const others: Way[] = [];
  const found = new Int32Array(64);
  const last = way.at(-1);
  let newsAt = state.now;
  for (let event = 0; !state.isFinished && state.now <= newsAt + quiescenceMs; event += 1) {
    if (state.peek() === noEvent) break;
    for (const { choice } of way.filter(
      (made) => made.event === event && isDeviation(moveKind(made.choice)),
    )) {
      makeMove(state, choice);
      state.peek();
    }
    const faults = way.filter(({ choice }) => isDeviation(moveKind(choice))).length;
    const mayDeviate = faults < tiny.deviations && (last === undefined || event >= last.event);
    if (mayDeviate) {
      const count = deviations(state, state.crashes < tiny.crashes, found);
      for (const choice of found.slice(0, count)) others.push([...way, { event, choice }]);
    }
    await apply(system);
    const count = endings(state, found);
    considered(state, found, count);
    const chosen = way.filter(
      (made) => made.event === event && !isDeviation(moveKind(made.choice)),
    );
    if (chosen.length === 0 && (last === undefined || event >= last.event)) {
      for (const choice of found.slice(0, count)) others.push([...way, { event, choice }]);
    }
    for (const { choice } of chosen) makeMove(state, choice);
    if (state.isLandmark) newsAt = state.now;
  }
  reached.end(system);
  await close(system, tiny);
  return others;
}

async function apply({ state, locals }: System): Promise<void> {
  while (state.apply() === missing) {
    await locals.execute(state.missingState, state.missingInput);
  }
}

async function close(system: System, { crashes }: Tiny): Promise<void> {
  const { state, locals } = system;
  for (const _ of new Closing(system, crashes).run()) {
    await locals.execute(state.missingState, state.missingInput);
  }
}

async function search(tiny: Tiny): Promise<Reached> {
  const reached = new Reached();
  const system = systemOf(tiny, true);
  await stageSystem(system);
  const { state, locals } = system;
  const looking = new Search(system, tiny, { onEnd: () => reached.end(system) });
  for (const need of looking.run()) {
    if (need === needsExecution) await locals.execute(state.missingState, state.missingInput);
  }
  expect(looking.found).toBeNull();
  reached.add(system);
  locals.close();
  return reached;
}

test.each<[string, Omit<Tiny, 'root'>]>([
  ['one message held back or doubled', { work: ['g'], servers: 2, deviations: 1, crashes: 0 }],
  ['a crash', { work: ['a'], servers: 2, deviations: 1, crashes: 1 }],
])('the explorer reaches what a plain enumeration reaches: %s', async (_name, tiny) => {
  const plain = await enumerate({ ...tiny, root });
  const explored = await search({ ...tiny, root });
  expect([...explored.histories].sort()).toEqual([...plain.histories].sort());
  expect([...explored.said].sort()).toEqual([...plain.said].sort());
  expect(plain.histories.size).toBeGreaterThan(0);
});

/** Replies that count what nobody can see from outside. */
const hiding: readonly (readonly [string, string, readonly Replacement[]])[] = [
  [
    'private fields',
    'private field',
    [
      ['  private started = false;\n', '  private started = false;\n  #pings = 0;\n'],
      [
        '    const viewnum = this.pingNumber();\n',
        "    const viewnum = this.pingNumber();\n    this.#pings += 1;\n    if (this.#pings === 6) this.runtime.log('console', { text: 'six' });\n    if (this.#pings > 6) await this.runtime.sleep(1);\n",
      ],
    ],
  ],
];

test.each(hiding)(
  'nodes with %s are explored by their histories',
  async (_name, _kind, changes) => {
    await withBrokenSolution('pbservice/server.ts', changes, async (folder) => {
      const tiny = { root: folder, work: ['a'], servers: 2, deviations: 1, crashes: 0 };
      const plain = await enumerate(tiny);
      const explored = await search(tiny);
      expect([...explored.histories].sort()).toEqual([...plain.histories].sort());
      expect([...explored.said].sort()).toEqual([...plain.said].sort());
    });
  },
);

test('a closure that remembers is noticed, and its histories are no longer merged', async () => {
  const changes: Replacement[] = [
    [
      '  constructor(runtime: Runtime, options: PbServerOptions) {\n    this.runtime = runtime;\n',
      `  private readonly count: () => number;

  constructor(runtime: Runtime, options: PbServerOptions) {
    this.runtime = runtime;
    let pings = 0;
    this.count = () => ++pings;
`,
    ],
    [
      '    const viewnum = this.pingNumber();\n',
      '    const viewnum = this.pingNumber();\n    if (this.count() % 2 === 0) await this.runtime.sleep(1);\n',
    ],
  ];
  await withBrokenSolution('pbservice/server.ts', changes, async (folder) => {
    const tiny = { root: folder, work: ['a'], servers: 2, deviations: 1, crashes: 0 };
    await expect(search(tiny)).rejects.toThrow(HiddenMemory);
    const setting = { ...tiny, seed: 1, staged: true };
    const host = new InProcessHost(new Solution(folder));
    const result = await explore({
      setting,
      host,
      deviations: 1,
      seconds: Number.POSITIVE_INFINITY,
      memoryMib: 8_192,
    });
    expect(result.notes).toEqual([
      expect.stringContaining('histories of nodes of pbservice/node.ts are not merged'),
    ]);
    expect(result.exhausted).toBe(1);
  });
});

/** Memory of modules that nodes must not share: a closure, and the global object. */
const shared: readonly (readonly [string, string, string])[] = [
  [
    'a closure in a module',
    'let pings = 0;\n    return () => ++pings;',
    'given the same inputs again, it did something else',
  ],
  [
    'the global object',
    'const all = globalThis as unknown as { pings?: number };\n    return () => (all.pings = (all.pings ?? 0) + 1);',
    'it changed the global object',
  ],
];

test.each(shared)(
  'nodes that remember in %s do not share modules, and are not merged',
  async (_name, body, note) => {
    const changes: Replacement[] = [
      [
        'export class PbServer',
        `const count = (() => {\n    ${body}\n  })();\n\nexport class PbServer`,
      ],
      [
        '    const viewnum = this.pingNumber();\n',
        '    const viewnum = this.pingNumber();\n    if (count() % 2 === 0) await this.runtime.sleep(1);\n',
      ],
    ];
    await withBrokenSolution('pbservice/server.ts', changes, async (folder) => {
      const setting = { work: ['a'], servers: 2, crashes: 0, seed: 1, staged: true };
      const host = new InProcessHost(new Solution(folder));
      const result = await explore({
        setting,
        host,
        deviations: 1,
        seconds: Number.POSITIVE_INFINITY,
        memoryMib: 8_192,
      });
      expect(result.notes).toEqual([expect.stringContaining(note)]);
      expect(result.exhausted).toBe(1);
    });
  },
);

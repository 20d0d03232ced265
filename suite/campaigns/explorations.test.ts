/** Explorations as scenarios: what they find is a failure like any other, what they leave out is said. */
import path from 'node:path';
import {
  type Replacement,
  withBrokenSolution,
} from '../../labtests/broken-solutions/broken-solution';
import { labExploration } from '../../labtests/primary-backup/campaigns';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { Solution } from '../../nodes/sandbox/sandbox';
import { columnTrace } from '../../report/columns';
import type { Arena } from '../scenario/campaign';
import type { GradedExploration } from './explorations';
import { inProcessArena } from './in-process-arena';

const root = path.join(__dirname, '../..');
const small = { servers: 2, crashes: 1, deviations: 1, samples: 0, staged: true };

function arenaOf(folder: string): Arena {
  return inProcessArena({ scenario: 'B37x', seed: 1, solution: new Solution(folder) });
}

const explored = (folder: string, ...systems: readonly GradedExploration[]) =>
  labExploration(systems).run(arenaOf(folder));

test('a sound solution passes, and what was covered is said', async () => {
  const systems = [
    { ...small, work: ['a'] },
    { ...small, work: ['g'], samples: 5 },
  ];
  const { failure, remark } = await explored(root, ...systems);
  expect(failure).toBeNull();
  expect(remark).toMatch(/^[\d,]+ states exhaustive; [\d,]+ states exhaustive, 5 samples$/);
});

test('a violation has the shortest schedule, a trace, and a history that is judged like others', async () => {
  await withWrongSolution('primary-answers-before-backup', async (folder) => {
    const result = await explored(folder, { ...small, work: ['aa', 'ag'], servers: 3 });
    expect(result.failure).toMatchObject({
      kind: 'not linearizable',
      actual: expect.stringMatching(/^lost append/),
      atMs: expect.any(Number),
    });
    expect(result.schedule).toMatch(/^explore:[ag]+\.s2\.k1:\d+,hold\.s1-s2\.forward$/);
    const said = result.history.map(({ type, f }) => `${type} ${f}`);
    expect(said).toEqual(expect.arrayContaining(['ok append', 'invoke get', 'ok get']));
    const lines = columnTrace(result.trace, { untilMs: result.failure?.atMs });
    expect(lines.join('\n')).toContain('held back: forward');
    expect(lines.at(-1)).toMatch(/= "\w+,"$/);
  });
});

test('what is still a stub is named, as quickly as elsewhere', async () => {
  const stub: Replacement[] = [
    [
      '    return this.enter(rules.ping(this.state, server, viewnum, this.options.deadPings));\n',
      "    throw require('../runtime/errors').notImplemented('viewservice/server.ts', 'ViewServer.ping');\n",
    ],
  ];
  await withBrokenSolution('viewservice/server.ts', stub, async (folder) => {
    const { failure, schedule } = await explored(folder, { ...small, work: ['a'] });
    expect(failure).toMatchObject({
      kind: 'not implemented',
      missing: ['ViewServer.ping in viewservice/server.ts'],
    });
    expect(schedule).toBeUndefined();
  });
});

test('a solution that does more than there is room for passes with a remark', async () => {
  // Every tick tells of the one before: no two states are the same.
  const changes: Replacement[] = [
    [
      '    const viewnum = this.pingNumber();\n',
      '    const viewnum = this.pingNumber();\n    this.pingsSoFar = (this.pingsSoFar ?? 0) + 1;\n',
    ],
    [
      '  private started = false;\n',
      '  private started = false;\n  private pingsSoFar: number | undefined;\n',
    ],
  ];
  await withBrokenSolution('pbservice/server.ts', changes, async (folder) => {
    const system = { ...small, work: ['ag'], servers: 1, deviations: 2 };
    const { failure, remark } = await labExploration([system], { maxExecutions: 1_000 }).run(
      arenaOf(folder),
    );
    expect(failure).toBeNull();
    expect(remark).toMatch(
      /^[\d,]+ states, <= 1 deviation exhaustive; the limit of 1,000 handler executions was reached$/,
    );
  });
});

test('a solution beyond the explorer from the start does not pass', async () => {
  const changes: Replacement[] = [
    [
      '    const viewnum = this.pingNumber();\n',
      '    const viewnum = this.pingNumber();\n    for (let i = 0; i < 100; i += 1) void this.runtime.sleep(60_000);\n',
    ],
  ];
  await withBrokenSolution('pbservice/server.ts', changes, async (folder) => {
    const { failure } = await explored(folder, { ...small, work: ['a'] });
    expect(failure).toMatchObject({
      kind: 'expectation',
      actual: 'a node has more than 62 timers under way at a time',
    });
  });
});

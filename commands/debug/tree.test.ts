/** The debugger's tree: any event may come next, and every state can be visited again. */
import path from 'node:path';
import { withWrongSolution } from '../../labtests/zoo/with-wrong-solution.testing';
import { InProcessHost, type Programs } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import { historyOf } from '../../worlds/explored/graded-history';
import { NotRepeatable } from '../../worlds/explored/local-states';
import { invocationOf, moveNamed } from '../../worlds/explored/move-names';
import type { StepMisfit } from '../../worlds/explored/path';
import { firstBroken } from '../../worlds/explored/properties';
import { formatSchedule, parseSchedule } from '../../worlds/explored/schedule';
import { searchFromState } from '../../worlds/explored/search-from-state';
import { parseSetting, type Setting } from '../../worlds/explored/setting';
import { walk as walkSchedule } from '../../worlds/explored/walk';
import { lectures } from './lectures';
import { Impossible, StateTree, stepsTo, type Visited, wayTo } from './tree';

const root = path.join(__dirname, '../..');
const hostOf = (folder: string) => new InProcessHost(new Solution(folder));

const open: StateTree[] = [];

afterEach(() => {
  for (const tree of open.splice(0)) tree.close();
});

class Walk {
  readonly tree: StateTree;
  readonly setting: Setting;
  here!: Visited;

  constructor(setting: Setting, host = hostOf(root)) {
    this.setting = setting;
    this.tree = new StateTree({ host, setting });
    open.push(this.tree);
  }

  async begin(): Promise<this> {
    const beginning = await this.tree.plant();
    if (!('words' in beginning)) throw new Error(beginning.actual);
    this.here = beginning;
    return this;
  }

  async take(move: number): Promise<void> {
    this.here = await this.tree.take(this.here, move);
  }

  /** Goes along as far as it fits; the first step that does not. */
  async try(text: string): Promise<StepMisfit | null> {
    const { steps } = parseSchedule(`debug:0.s1:${text}`) ?? { steps: [] };
    const [here, misfit] = await this.tree.along(this.here, steps);
    this.here = here;
    return misfit;
  }

  async do(...names: string[]): Promise<void> {
    expect(await this.try(names.join())).toBeNull();
  }

  get schedule(): string {
    return formatSchedule({ setting: this.setting, steps: stepsTo(this.here), toEnd: false });
  }

  get world() {
    return this.tree.world(this.here);
  }

  get history() {
    return historyOf(wayTo(this.here).flatMap(({ events }) => events));
  }
}

const settingOf = (text: string) => parseSetting(text) as Setting;
const start = (text: string, host = hostOf(root)) => new Walk(settingOf(text), host).begin();

test('as usual, all clients finish, and every property holds in every state', async () => {
  const walk = await start('aa-ag.s3');
  await walk.do('until.done.c1', '40');
  expect(walk.history.filter(({ type }) => type === 'ok')).toHaveLength(4);
  expect(walk.tree.states.map(({ verdicts }) => firstBroken(verdicts))).not.toContainEqual(
    expect.anything(),
  );
});

test('a state is visited again without running any code, and what follows is the same', async () => {
  const walk = await start('ag-aa.s2');
  const beginning = walk.here;
  await walk.do('20', 'crash.s1', '60');
  const { here: end, schedule } = walk;
  const { executions, replayed } = walk.tree.system.locals;
  walk.here = beginning;
  await walk.do('20', 'crash.s1', '60');
  expect(walk.here).toBe(end);
  expect(walk.tree.system.locals).toMatchObject({ executions, replayed });

  // A branch makes the same nodes anew, by their inputs; another session gets to the same state.
  walk.here = beginning;
  await walk.do('20', 'pause.s1', '70');
  expect(walk.world.view.viewnum).toBe(3);
  const again = await start('ag-aa.s2');
  await again.do(schedule.split(':')[2] ?? '');
  expect(again.world.nodes).toEqual(walk.tree.world(end).nodes);
});

test('messages are delivered in any order, lost, held back and doubled', async () => {
  const walk = await start('0-0.s2');
  await walk.do('append.c1.x.1', 'append.c2.x.2', 'deliver.c1-vs.*', 'deliver.c2-vs.*');
  await walk.do('deliver.vs-c1.get.reply', 'hold.vs-c2.get.reply', 'deliverTwice.c1-s1.operate');
  await walk.do('release.vs-c2.get.reply', 'deliver.vs-c2.get.reply', 'drop.s1-s2.forward');
  await walk.do('until.done.c1', 'deliver.c1-s1.operate', 'until.done');
  await walk.do('get.c1.x', 'until.done');
  const result = { reply: { value: '12' } };
  expect(walk.here.events.at(-1)).toMatchObject({ type: 'return', node: 'c1', result });
});

test('nothing crosses a cut, and what was on its way comes when it is healed', async () => {
  const walk = await start('0.s2');
  await walk.do('append.c1.x.1', 'until.sent.c1-s1', 'cut.s1');
  const name = 'deliver.c1-s1.operate';
  const blocked = moveNamed(walk.tree.enter(walk.here), name) as number;
  await expect(walk.tree.take(walk.here, blocked)).rejects.toThrow(Impossible);
  await walk.do('mend', name, 'until.done');
});

test('a paused server gets nothing, and a crashed one has forgotten all', async () => {
  const walk = await start('0.s2');
  await walk.do('append.c1.x.1', 'until.done', 'pause.s1', 'until.view3');
  expect(await walk.try('tick.s1')).toEqual({ step: 1, name: 'tick.s1', why: 's1 is paused' });
  await walk.do('crash.s1', 'restart.s1', 'until.view4', 'until.acknowledged');
  expect(walk.world.view).toEqual({ viewnum: 4, primary: 's2', backup: 's1' });
});

test('a schedule that does not fit says its first such step', async () => {
  const walk = await start('0.s2');
  expect(await walk.try('3,crash.s2,deliver.s1-s2.forward')).toEqual({
    step: 3,
    name: 'deliver.s1-s2.forward',
    why: 'there is no such thing in this state',
  });
});

test('values may have any characters', async () => {
  const walk = await start('0.s1');
  const args = { key: 'a.b,c', value: 'größer ~2 % *' };
  const operation = { op: 'put', ...args } as const;
  const client = walk.tree.system.names.indexOf('c1');
  await walk.take(invocationOf(walk.tree.enter(walk.here), client, operation));
  const again = await start('0.s1');
  await again.do(walk.schedule.split(':')[2] ?? '');
  const { events } = again.here;
  expect(events[0]).toMatchObject({ type: 'invoke', f: 'put', args });
});

test('a search finds the lost write of a server that answers early, and not of a right one', async () => {
  const bounds = { deviations: 0, seconds: 60, isCancelled: () => false };
  const right = await start('aa-ag.s2');
  expect(await searchFromState(right.tree.enter(right.here), bounds)).toMatchObject({
    found: null,
    exhausted: 0,
  });
  await withWrongSolution('primary-answers-before-backup', async (folder) => {
    const walk = await start('ag.s2', hostOf(folder));
    await walk.do('until.sent.s1-s2', 'drop.s1-s2.forward');
    const { found } = await searchFromState(walk.tree.enter(walk.here), bounds);
    expect(found).not.toBeNull();
    for (const move of found?.moves ?? []) await walk.take(move);
    const broken = firstBroken(walk.here.verdicts);
    expect(broken).toEqual(['linearizable', found?.failure]);
    // The way there is a schedule, and the schedule leads there, in new nodes too.
    const schedule = parseSchedule(walk.schedule);
    if (schedule === undefined) throw new Error(walk.schedule);
    expect(await walkSchedule(schedule, hostOf(folder))).toMatchObject({
      fits: true,
      failure: broken?.[1],
    });
  });
});

test('two servers that would each complete an operation are found, before any client is', async () => {
  await withWrongSolution('primary-reads-locally', async (folder) => {
    const walk = await start('0.s2', hostOf(folder));
    await walk.do('pause.s1', 'until.view3', 'until.primary.s2', 'until.acknowledged');
    expect(walk.here.verdicts['one-primary']).toBeNull();
    await walk.do('resume.s1');
    expect(walk.here.verdicts['one-primary']?.actual).toBe(
      's1 (view 2) and s2 (view 3) would each complete one now',
    );
    expect(walk.here.verdicts.linearizable).toBeNull();
  });
});

test.each(['4hold.s1-s2.forward', '4,hold.s1-s2.forward'])(
  'a schedule of the explorer is the same here: %s',
  async (steps) => {
    await withWrongSolution('primary-answers-before-backup', async (folder) => {
      const walk = await start('aa.s2.k1', hostOf(folder));
      await walk.do(steps);
      const { found } = await searchFromState(walk.tree.enter(walk.here), {
        ...{ deviations: 0, seconds: 60, isCancelled: () => false },
      });
      for (const move of found?.moves ?? []) await walk.take(move);
      expect(firstBroken(walk.here.verdicts)?.[0]).toBe('linearizable');
    });
  },
);

test('code that is no function of its inputs is noticed when it is run again', async () => {
  let boots = 0;
  const programs: Programs = () => (runtime) => {
    boots += 1;
    const born = boots;
    return { serves: [], start: () => runtime.sleep(born) };
  };
  const host = new InProcessHost(new Solution(root), programs);
  const walk = await new Walk(settingOf('0.s1.start'), host).begin();
  await walk.do('deliver.s1.start', 'deliver.c1.start');
  const started = walk.here;
  await walk.do('timer.s1');
  walk.here = started;
  await expect(walk.do('tick.s1')).rejects.toThrow(NotRepeatable);
});

const ends: Readonly<Record<string, unknown>> = {
  write: null,
  failover: null,
  'fake-death': null,
  transfer: null,
  reads: null,
  'split-brain': 'linearizable',
};

test.each(lectures.map((lecture) => [lecture.id, lecture] as const))(
  'the lecture %s can be given with the solution',
  async (id, { setting, slides }) => {
    const walk = await new Walk(setting).begin();
    for (const { steps } of slides) {
      const [here, misfit] = await walk.tree.along(walk.here, steps);
      expect(misfit).toBeNull();
      walk.here = here;
    }
    expect(firstBroken(walk.here.verdicts)?.[0] ?? null).toBe(ends[id]);
  },
);

test('the way of a heartbeat pair tells the role of each server, and of no cut of who only reads', async () => {
  const lecture = lectures.find(({ id }) => id === 'split-brain');
  const walk = await new Walk(lecture?.setting ?? settingOf('0.s2.pair')).begin();
  const beginning = walk.here;
  for (const { steps } of lecture?.slides ?? []) {
    [walk.here] = await walk.tree.along(walk.here, steps);
  }
  const eventsHere = () => wayTo(walk.here).flatMap((visited) => visited.events);
  // The one that gives its state up is nothing until it has the other's.
  const roles = () =>
    eventsHere()
      .flatMap((event) =>
        event.type === 'log' && event.event === 'role'
          ? [`${event.node} ${event.fields.role}`]
          : [],
      )
      .filter((role) => !role.endsWith('idle'));
  expect(roles()).toEqual(['s1 primary', 's2 backup', 's2 primary', 's1 backup']);
  const events = eventsHere();
  const cut = events.flatMap((event) => (event.type === 'cut' ? [event.node, event.to] : []));
  expect([...new Set(cut)].sort()).toEqual(['c1', 'c2', 's1', 's2']);
  // Another branch knows nothing of what was told in this one.
  walk.here = beginning;
  await walk.do('crash.s1', 'until.primary.s2');
  expect(roles()).toEqual(['s1 primary', 's2 backup', 's2 primary']);
});

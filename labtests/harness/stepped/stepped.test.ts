/** The world of the debugger: any event may come next, and every state can be visited again. */
import path from 'node:path';
import { withWrongSolution } from '../../zoo/with-wrong-solution';
import { InProcessHost, type Programs } from '../simulated/in-process-host';
import { Solution } from '../simulated/sandbox';
import { type Action, usual } from './actions';
import { fromExplored } from './from-explored';
import { lectures } from './lectures';
import { LocalStates, NotRepeatable } from './local-states';
import { firstBroken } from './properties';
import { begin, follow } from './run';
import { actionNamed, formatSchedule, nameSteps, parseSchedule, parseSetting } from './schedule';
import { search } from './search';
import { Impossible } from './step';
import { stepsTo, Tree, type Visited } from './tree';
import type { Setting, WorldState } from './world-state';

jest.setTimeout(120_000);

const root = path.join(__dirname, '../../..');
const hostOf = (folder: string) => new InProcessHost(new Solution(folder));

class Walk {
  readonly locals: LocalStates;
  readonly tree: Tree;
  here!: Visited;

  constructor(host = hostOf(root)) {
    this.locals = new LocalStates({ host, seed: 1 });
    this.tree = new Tree(this.locals);
  }

  async begin(setting: Setting): Promise<this> {
    const beginning = await begin(setting, this.locals);
    if (!('world' in beginning)) throw new Error(beginning.actual);
    this.here = await this.tree.plant(beginning);
    return this;
  }

  take = async (action: Action): Promise<WorldState> => {
    this.here = await this.tree.take(this.here, action);
    return this.here.world;
  };

  async do(...names: string[]): Promise<void> {
    const steps = names.map((name) => (/^\d+$/.test(name) ? { usual: Number(name) } : { name }));
    expect(await follow(this.here.world, steps, this.take)).toBeNull();
  }

  get schedule(): string {
    return formatSchedule(this.here.world.setting, nameSteps(stepsTo(this.here)));
  }
}

const settingOf = (text: string) => parseSetting(text) as Setting;
const start = (text: string, host = hostOf(root)) => new Walk(host).begin(settingOf(text));

test('as usual, all clients finish, and every property holds in every state', async () => {
  const walk = await start('aa-ag.s3');
  await walk.do('until.done.c1', '40');
  const { world } = walk.here;
  expect(world.history.filter(({ result }) => result !== undefined)).toHaveLength(4);
  expect(walk.tree.states.map(({ verdicts }) => firstBroken(verdicts))).not.toContainEqual(
    expect.anything(),
  );
});

test('a state is visited again without running any code, and what follows is the same', async () => {
  const walk = await start('ag-aa.s2');
  const beginning = walk.here;
  await walk.do('20', 'crash.s1', '60');
  const { here: end, schedule } = walk;
  const { executed } = walk.locals;
  walk.here = beginning;
  await walk.do('20', 'crash.s1', '60');
  expect(walk.here).toBe(end);
  expect(walk.locals.executed).toBe(executed);

  // A branch makes the same nodes anew, by their inputs; another session gets to the same state.
  walk.here = beginning;
  await walk.do('20', 'pause.s1', '70');
  expect(walk.here.world.view.viewnum).toBe(3);
  const again = await start('ag-aa.s2');
  const { steps } = parseSchedule(schedule) ?? { steps: [] };
  expect(await follow(again.here.world, steps, again.take)).toBeNull();
  const shown = ({ world }: Visited) =>
    world.nodes.map(({ name, local }) => [name, local?.inspected, local?.nowMs]);
  expect(shown(again.here)).toEqual(shown(end));
});

test('messages are delivered in any order, lost, held back and doubled', async () => {
  const walk = await start('0-0.s2');
  await walk.do('append.c1.x.1', 'append.c2.x.2', 'deliver.c1-vs.*', 'deliver.c2-vs.*');
  await walk.do('deliver.vs-c1.get.reply', 'hold.vs-c2.get.reply', 'twice.c1-s1.operate');
  expect(usual(walk.here.world)).toMatchObject({ do: 'deliver' });
  await walk.do('free.vs-c2.get.reply', 'deliver.vs-c2.get.reply', 'drop.s1-s2.forward');
  await walk.do('until.done.c1', 'deliver.c1-s1.operate', 'until.done');
  await walk.do('get.c1.x', 'until.done');
  expect(walk.here.world.history.at(-1)?.result).toEqual({ reply: { value: '12' } });
  expect(walk.here.events.at(-1)).toMatchObject({ type: 'return', node: 'c1' });
});

test('nothing crosses a cut, and what was on its way comes when it is healed', async () => {
  const walk = await start('0.s2');
  await walk.do('append.c1.x.1', 'until.sent.c1-s1', 'cut.s1');
  const name = 'deliver.c1-s1.operate';
  const blocked = actionNamed(walk.here.world, name) as Action;
  await expect(walk.tree.take(walk.here, blocked)).rejects.toThrow(Impossible);
  await walk.do('heal', name, 'until.done');
});

test('a paused server gets nothing, and a crashed one has forgotten all', async () => {
  const walk = await start('0.s2');
  await walk.do('append.c1.x.1', 'until.done', 'pause.s1', 'until.view3');
  const misfit = await follow(walk.here.world, [{ name: 'tick.s1' }], walk.take);
  expect(misfit).toEqual({ step: 1, name: 'tick.s1', why: 's1 is paused' });
  await walk.do('crash.s1', 'restart.s1', 'until.view4', 'until.acknowledged');
  expect(walk.here.world.view).toEqual({ viewnum: 4, primary: 's2', backup: 's1' });
});

test('a schedule that does not fit says its first such step', async () => {
  const walk = await start('0.s2');
  const steps = parseSchedule('debug:0.s2:3,crash.s2,deliver.s1-s2.forward')?.steps ?? [];
  expect(await follow(walk.here.world, steps, walk.take)).toEqual({
    step: 3,
    name: 'deliver.s1-s2.forward',
    why: 'there is no such thing in this state',
  });
});

test.each([
  'debug:aa.s2',
  'debug:aa.s9:',
  'debug:zz.s2:',
  'debug:aa.s3.pair:',
  'debug:aa.s2:Crash.s1',
  'debug:aa.s2:99999999',
  'explore:aa.s2.k1:',
])('%s is no schedule', (text) => expect(parseSchedule(text)).toBeUndefined());

test('values may have any characters', async () => {
  const walk = await start('0.s1');
  const operation = { op: 'put', key: 'a.b,c', value: 'größer ~2 % *' } as const;
  await walk.take({ do: 'invoke', node: 'c1', operation });
  const { steps } = parseSchedule(walk.schedule) ?? { steps: [] };
  const again = await start('0.s1');
  await follow(again.here.world, steps, again.take);
  expect(again.here.world.history[0]?.operation).toEqual(operation);
});

test('a search finds the lost write of a server that answers early, and not of a right one', async () => {
  const bounds = { deviations: 0, seconds: 60, isCancelled: () => false };
  const right = await start('aa-ag.s2');
  expect(await search(right.here.world, { ...bounds, locals: right.locals })).toMatchObject({
    found: null,
    exhausted: 0,
  });
  await withWrongSolution('primary-answers-before-backup', async (folder) => {
    const walk = await start('ag.s2', hostOf(folder));
    await walk.do('until.sent.s1-s2', 'drop.s1-s2.forward');
    const { found } = await search(walk.here.world, { ...bounds, locals: walk.locals });
    expect(found).not.toBeNull();
    for (const action of found?.path ?? []) await walk.take(action);
    expect(firstBroken(walk.here.verdicts)).toEqual([found?.property, found?.failure]);
    // The way there is a schedule, and the schedule leads there.
    const again = await start('ag.s2', hostOf(folder));
    await follow(again.here.world, parseSchedule(walk.schedule)?.steps ?? [], again.take);
    expect(firstBroken(again.here.verdicts)).toEqual(firstBroken(walk.here.verdicts));
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

test('a schedule of the explorer is the same here', async () => {
  await withWrongSolution('primary-answers-before-backup', async (folder) => {
    const text = 'explore:aa.s2.k1:4hold.s1-s2.forward';
    const schedule = await fromExplored(text, hostOf(folder));
    expect(schedule).toBeDefined();
    const walk = await new Walk(hostOf(folder)).begin(schedule?.setting as Setting);
    expect(await follow(walk.here.world, schedule?.steps ?? [], walk.take)).toBeNull();
    expect(firstBroken(walk.here.verdicts)?.[0]).toBe('linearizable');
  });
});

test('code that is no function of its inputs is noticed when it is run again', async () => {
  let boots = 0;
  const programs: Programs = () => (runtime) => {
    boots += 1;
    const born = boots;
    return { serves: [], start: () => runtime.log('born', { born }) };
  };
  const host = new InProcessHost(new Solution(root), programs);
  const locals = new LocalStates({ host, seed: 1 });
  const unborn = locals.unborn({
    name: 's1',
    role: { kind: 'client', viewService: 'vs' },
    incarnation: 0,
  });
  const born = await locals.after(unborn, { type: 'start' }, 0);
  await locals.after(born, { type: 'tick' }, 1);
  await expect(locals.after(born, { type: 'tick' }, 2)).rejects.toThrow(NotRepeatable);
});

const ends: Readonly<Record<string, unknown>> = {
  write: null,
  failover: null,
  'fake-death': null,
  transfer: null,
  'split-brain': 'linearizable',
};

test.each(lectures.map((lecture) => [lecture.id, lecture] as const))(
  'the lecture %s can be given with the solution',
  async (id, { setting, slides }) => {
    const walk = await new Walk().begin(setting);
    for (const { steps } of slides) {
      expect(await follow(walk.here.world, steps, walk.take)).toBeNull();
    }
    expect(firstBroken(walk.here.verdicts)?.[0] ?? null).toBe(ends[id]);
  },
);

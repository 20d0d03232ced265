import path from 'node:path';
import { breakSolution } from '../../labtests/broken-solutions/broken-solution';
import { replicaRole, viewServerRole } from '../../labtests/primary-backup/roles';
import { InProcessHost } from '../../nodes/in-process-host';
import { Solution } from '../../nodes/sandbox/sandbox';
import type { View } from '../../viewservice/api';
import { deadPings, pingIntervalMs } from '../timing';
import { SimulatedWorld } from './world';

const root = path.join(__dirname, '../..');
/** A primary dies, and from shortly before anybody notices no ping arrives any more; the world at the end. */
async function unheardFailover(folder: string, tracing = true) {
  const world = new SimulatedWorld({
    seed: 1,
    host: new InProcessHost(new Solution(folder)),
    tracing,
  });
  await world.run(async () => {
    world.start('vs', viewServerRole);
    for (const name of ['s1', 's2']) {
      world.start(name, replicaRole('vs'));
      await world.until(() => world.latestAcknowledged() > 0, 1_000);
    }
    await world.until(() => world.latestAcknowledged() === 2, 1_000);
    world.crash('s1');
    await world.sleep((deadPings - 2) * pingIntervalMs);
    world.cut('s2', 'vs');
    await world.sleep(2 * deadPings * pingIntervalMs);
  });
  return world;
}

test('a view that nobody hears of is drawn when it is made', async () => {
  const world = await unheardFailover(root);
  expect(world.latestView()).toMatchObject({ viewnum: 2, primary: 's1', backup: 's2' });
  const crashed = world.trace.find(({ type }) => type === 'crash');
  const views = world.trace.filter(({ type }) => type === 'view');
  expect(views.map((view) => 'viewnum' in view && view.viewnum)).toEqual([1, 2, 3]);
  expect(views[2]).toMatchObject({ node: 'vs', primary: 's2', backup: null });
  const afterMs = (views[2]?.t ?? 0) - (crashed?.t ?? 0);
  expect(afterMs).toBeLessThan((deadPings + 2) * pingIntervalMs);
});

test('looking changes nothing else', async () => {
  const [seen, unseen] = [await unheardFailover(root), await unheardFailover(root, false)];
  expect(seen.delivered).toBe(unseen.delivered);
  expect(seen.latestView()).toEqual(unseen.latestView());
});

test('a view service that changes when it is asked is left alone, and drawn as it is heard', async () => {
  const broken = breakSolution('viewservice/server.ts', [
    ['  get(): View {\n', '  get(): View {\n    this.tick();\n'],
  ]);
  try {
    const world = await unheardFailover(broken.root);
    const drawn = world.trace.flatMap((event) =>
      event.type === 'view' ? [[event.viewnum, event.primary, event.backup]] : [],
    );
    const told = world.trace.flatMap((event) => {
      if (event.type !== 'send' || event.kind !== 'response' || event.from !== 'vs') return [];
      const { viewnum, primary, backup } = (event.body as { reply: View }).reply;
      return [JSON.stringify([viewnum, primary, backup])];
    });
    expect(drawn.length).toBeGreaterThan(1);
    expect(drawn.filter((view) => !told.includes(JSON.stringify(view)))).toEqual([]);
  } finally {
    broken.remove();
  }
});

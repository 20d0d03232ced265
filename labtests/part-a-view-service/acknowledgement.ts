/** No view is followed by another before its primary has acknowledged it. */
import type { Address } from '../../runtime/node';
import type { View } from '../../viewservice/api';
import { type Views, view } from './language/views';
import { viewScenario } from './scenario';

/** View 2, with `first` as primary and `second` as backup, which `first` does not acknowledge. */
async function unacknowledged(views: Views, first: Address, second: Address): Promise<View> {
  await views.alone(first);
  await views.ticks(views.between(0, 4), { [first]: 1 });
  await views.ping(second, 0);
  return views.becomes(`view 1 is acknowledged and ${second} has pinged`, view(2, first, second));
}

viewScenario(
  'A11a',
  'a view stays until its primary has acknowledged it, however dead its servers look',
  {
    clauses: ['V4'],
    points: 1,
    rule:
      'The view is not changed before the primary of the current view has acknowledged it, however ' +
      'dead that primary or its backup looks.',
    why:
      'A primary that has not acknowledged may still be sending its state to the backup. To ' +
      'promote that backup is to promote a server that lacks data.',
    hint: 'Look at whether you remember, for the current view alone, that it was acknowledged: each new view starts without.',
  },
  async (views) => {
    const [first, second, third] = views.servers();
    if (views.random() < 0.25) {
      await views.ping(first, 0);
      await views.becomes(`${first} is the first server to ping`, view(1, first));
      const why = `${first} is dead, but it never acknowledged view 1`;
      await views.stays(view(1, first), why, views.deadlySilence(), { [second]: 0 });
      return;
    }
    const current = await unacknowledged(views, first, second);
    const alive = [{ [second]: 2 }, { [first]: 1 }, {}];
    for (const members of views.shuffled(alive)) {
      const idle = views.pick([{}, { [third]: 0 }, { [third]: 2 }]);
      const dead = [first, second].filter((server) => !(server in members)).join(' and ');
      const why = `${dead} looks dead, but ${first} has not acknowledged view 2`;
      await views.stays(current, why, views.deadlySilence(), { ...members, ...idle });
    }
  },
);

viewScenario(
  'A11b',
  'nobody but the primary can acknowledge a view',
  {
    clauses: ['V3'],
    points: 1,
    rule: 'A view is acknowledged when its primary pings with its number; pings of others do not count.',
    why: 'Only the primary knows that its backup has the whole state.',
    hint: 'Look at which server a ping comes from before you take its number for an acknowledgement.',
  },
  async (views) => {
    const [first, second, third, fourth] = views.servers();
    const current = await unacknowledged(views, first, second);
    const others = views.pick([
      { [second]: 2 },
      { [second]: 2, [third]: 2 },
      { [second]: 2, [third]: 2, [fourth]: 2 },
    ]);
    const names = Object.keys(others).join(' and ');
    const why = `${names} pinged 2, but ${first}, the primary, did not`;
    await views.stays(current, why, views.deadlySilence(), { [first]: 1, ...others });
    await views.stays(current, `${why}, and looks dead`, views.deadlySilence(), others);
  },
);

viewScenario(
  'A11c',
  'what became necessary in the meantime happens when the acknowledgement comes',
  {
    clauses: ['V5'],
    points: 1,
    rule: 'Once the primary has acknowledged its view, the changes that had to wait are made: at once, or with the next tick.',
    why: 'A primary whose backup died while it took office would otherwise wait for it for ever.',
    hint: 'Look at what a ping of the primary leads to besides being noted: is there anything to change now?',
  },
  async (views) => {
    const [first, second, third] = views.servers();
    await unacknowledged(views, first, second);
    const idle = views.random() < 0.5 ? { [third]: views.between(0, 2) } : {};
    await views.ticks(views.deadlySilence(), { [first]: 1, ...idle });
    await views.ping(first, 2);
    await views.becomes(
      `${first} has acknowledged view 2, whose backup ${second} has long been dead`,
      view(3, first, third in idle ? third : null),
      view(3, first),
    );
  },
);

viewScenario(
  'A12a',
  'the backup of a view that was never acknowledged does not become primary',
  {
    clauses: ['V4'],
    points: 1,
    rule: 'A backup may become primary only after the primary of its view has acknowledged the view.',
    why: 'Before the acknowledgement nobody knows whether the backup has received the state.',
    hint: 'Look at whether the acknowledgement of an earlier view still counts in the new one.',
  },
  async (views) => {
    const [first, second] = views.servers();
    const current = await unacknowledged(views, first, second);
    const isRestart = views.random() < 0.5;
    if (isRestart) await views.ping(first, 0);
    const why = `${first} has ${isRestart ? 'restarted' : 'died'} without acknowledging view 2`;
    await views.stays(current, why, views.deadlySilence(), { [second]: 2 });
  },
);

/** A restart before the acknowledgement, and what must come of it. */
type EarlyRestart = (views: Views) => Promise<void>;

const earlyRestarts: readonly EarlyRestart[] = [
  async function ofTheBackup(views) {
    const [first, second, third] = views.servers();
    await unacknowledged(views, first, second);
    const idle = views.random() < 0.5 ? { [third]: views.between(0, 2) } : {};
    await views.ticks(views.between(0, 3), { [first]: 1, [second]: 2, ...idle });
    await views.ping(second, 0);
    // It may go on with the number that it was told: it is no less empty for that.
    if (views.random() < 0.5) await views.ping(second, 2);
    await views.ticks(views.between(0, 2), { [first]: 1, ...idle });
    await views.ping(first, 2);
    const { backup } = await views.becomes(
      `${second}, the backup, restarted (it pinged 0) before ${first} acknowledged view 2`,
      view(3, first, third in idle ? third : null),
      view(3, first),
    );
    if (backup !== null) return;
    await views.ping(second, views.pick([0, 2, 3]));
    await views.ping(first, 3);
    await views.becomes(
      `${first} has acknowledged view 3, and ${second} is idle`,
      view(4, first, second),
      ...(third in idle ? [view(4, first, third)] : []),
    );
  },

  async function beforeItKnows(views) {
    const [first, second] = views.servers();
    await views.ping(first, 0);
    await views.ping(second, 0);
    await views.ping(first, 1);
    await views.becomes(`${first} has acknowledged view 1`, view(2, first, second));
    // Its first ping is not answered yet, or was answered long ago: nobody can tell.
    await views.ping(second, 0);
    await views.ping(first, 2);
    const why = `${second}, the backup, pinged 0 before ${first} acknowledged view 2`;
    await views.becomes(why, view(3, first));
  },

  async function ofThePrimary(views) {
    const [first, second, third] = views.servers();
    await unacknowledged(views, first, second);
    await views.ticks(views.between(0, 3), { [first]: 1, [second]: 2 });
    await views.ping(first, 0);
    await views.ping(first, 2);
    const idle = views.random() < 0.5 ? { [third]: 2 } : {};
    const why = `${first}, the primary, restarted (it pinged 0) before it pinged 2: it has no data`;
    const current = view(2, first, second);
    await views.stays(current, why, views.between(1, 3), { [first]: 2, [second]: 2, ...idle });
    const deadToo = `${why}, so it acknowledges nothing, and ${second} is dead`;
    await views.stays(current, deadToo, views.surelyDead + 2, { [first]: 2, ...idle });
  },

  async function ofBoth(views) {
    const [first, second] = views.servers();
    const current = await unacknowledged(views, first, second);
    for (const server of views.shuffled([first, second])) await views.ping(server, 0);
    for (const server of views.shuffled([first, second])) await views.ping(server, 2);
    const why = `${first} and ${second} both restarted before view 2 was acknowledged: nobody has the data`;
    await views.stays(current, why, views.between(1, 3), { [first]: 2, [second]: 2 });
    const survivor = views.pick([first, second]);
    await views.stays(current, why, views.surelyDead + 2, { [survivor]: 2 });
  },

  async function ofAnIdleServer(views) {
    const [first, second] = views.servers();
    await views.ping(first, 0);
    for (const viewnum of [0, 1, 0]) await views.ping(second, viewnum);
    await views.ping(first, 1);
    await views.becomes(`view 1 is acknowledged, ${second} is idle`, view(2, first, second));
    await views.ping(second, 2);
    await views.ping(first, 2);
    const why = `${second} restarted when it had no part in the view yet, and not since`;
    await views.stays(view(2, first, second), why, views.between(2, 8), {
      [first]: 2,
      [second]: 2,
    });
  },
];

viewScenario(
  'A12b',
  'a restart counts also before the view is acknowledged',
  {
    clauses: ['V8'],
    points: 1,
    rule:
      'A member that pings 0 has restarted, whether its view is acknowledged or not: a backup leaves ' +
      'the view with the acknowledgement, and a primary acknowledges nothing any more.',
    why: 'The backup got all the data, restarted, and was empty again before the primary could say that it is ready. If the view stays as it is, nobody ever sends it the data again, and clients wait for ever although all servers live.',
    hint: 'Look at whether ping remembers a 0 in a view that is not acknowledged yet, and what the acknowledgement leads to then.',
  },
  async (views) => {
    for (const story of earlyRestarts) {
      await story(views.anew(views.between(0, 1_000_000_000)));
    }
  },
);

/** No view is followed by another before its primary has acknowledged it. */
import type { Address } from '../../runtime/node';
import type { View } from '../../viewservice/api';
import { viewScenario } from '../harness/scenario/scenario';
import { type Views, view } from '../harness/scenario/views';

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
    points: 2,
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
      await views.stays(view(1, first), why, views.between(8, 30), { [second]: 0 });
      return;
    }
    const current = await unacknowledged(views, first, second);
    const alive = [{ [second]: 2 }, { [first]: 1 }, {}];
    for (const members of views.shuffled(alive)) {
      const idle = views.pick([{}, { [third]: 0 }, { [third]: 2 }]);
      const dead = [first, second].filter((server) => !(server in members)).join(' and ');
      const why = `${dead} looks dead, but ${first} has not acknowledged view 2`;
      await views.stays(current, why, views.between(8, 16), { ...members, ...idle });
    }
  },
);

viewScenario(
  'A11b',
  'nobody but the primary can acknowledge a view',
  {
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
    await views.stays(current, why, views.between(8, 16), { [first]: 1, ...others });
    await views.stays(current, `${why}, and looks dead`, views.between(8, 16), others);
  },
);

viewScenario(
  'A11c',
  'what became necessary in the meantime happens when the acknowledgement comes',
  {
    points: 1,
    rule: 'Once the primary has acknowledged its view, the changes that had to wait are made: at once, or with the next tick.',
    why: 'A primary whose backup died while it took office would otherwise wait for it for ever.',
    hint: 'Look at what a ping of the primary leads to besides being noted: is there anything to change now?',
  },
  async (views) => {
    const [first, second, third] = views.servers();
    await unacknowledged(views, first, second);
    const idle = views.random() < 0.5 ? { [third]: views.between(0, 2) } : {};
    await views.ticks(views.between(8, 16), { [first]: 1, ...idle });
    await views.ping(first, 2);
    await views.becomes(
      `${first} has acknowledged view 2, whose backup ${second} has long been dead`,
      view(3, first, third in idle ? third : null),
      view(3, first),
    );
  },
);

viewScenario(
  'A12',
  'the backup of a view that was never acknowledged does not become primary',
  {
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
    await views.stays(current, why, views.between(8, 20), { [second]: 2 });
  },
);

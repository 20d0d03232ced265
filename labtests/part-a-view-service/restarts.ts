/** Servers that restart, so quickly that their silence is not noticed: they ping 0. */

import { view } from './language/views';
import { viewScenario } from './scenario';

viewScenario(
  'A8a',
  'a primary that restarts in time is replaced all the same',
  {
    clauses: ['V7'],
    points: 1,
    rule: 'A primary that pings 0 has restarted with empty memory, and counts as dead.',
    why: 'A restarted primary that stays answers "no such key" for everything that was written.',
    hint: 'Look at whether ping compares the number with 0 when the server is the primary.',
  },
  async (views) => {
    const [first, second, third] = views.servers();
    await views.pair(first, second);
    const idle = views.random() < 0.5 ? { [third]: views.between(0, 2) } : {};
    await views.ticks(views.between(0, 3), { [first]: 2, [second]: 2, ...idle });
    await views.ticks(views.between(1, 3), { [second]: 2, ...idle });
    await views.ping(first, 0);
    // Whoever restarted is idle from then on, so it may well be the new backup.
    const when = `${first}, the primary, has restarted: it pinged 0`;
    if (third in idle) {
      await views.becomes(when, view(3, second, third), view(3, second, first));
      return;
    }
    const { backup } = await views.becomes(when, view(3, second, first), view(3, second));
    if (backup !== null) return;
    await views.ping(second, 3);
    await views.ping(first, 0);
    await views.becomes(`${first} is back, and there is no backup`, view(4, second, first));
  },
);

viewScenario(
  'A8b',
  'a primary without backup that restarts is never trusted again',
  {
    clauses: ['V7', 'V9'],
    points: 1,
    rule:
      'A primary that restarted counts as dead for good. If there is no backup either, nobody has ' +
      'the data, and the view stays.',
    why: 'If it carried on, clients would be told that all they have written was never there.',
    hint: 'Look at what becomes of the primary of a view without backup when it pings 0: does a later ping make you forget it?',
  },
  async (views) => {
    const [first, second] = views.servers();
    await views.alone(first);
    let lone = view(1, first);
    if (views.random() < 0.5) {
      await views.ping(second, 0);
      await views.becomes(`view 1 is acknowledged, ${second} is there`, view(2, first, second));
      await views.ping(second, 2);
      await views.ping(first, 2);
      await views.dieOut({ [first]: 2 });
      lone = await views.is(`${second}, the backup, is dead`, view(3, first));
      await views.ping(first, 3);
    }
    await views.ping(first, 0);
    await views.stays(lone, `${first} has restarted and lost all data`, 1);
    // It may go on with the number that it was told, as if nothing had been.
    await views.stays(
      lone,
      `${first} has restarted, and ${second} never had the data`,
      views.between(5, 15),
      { [first]: views.pick([0, lone.viewnum]), [second]: views.pick([0, lone.viewnum]) },
    );
    await views.stays(lone, `nobody has the data`, views.between(5, 10), { [second]: 0 });
  },
);

viewScenario(
  'A9',
  'a backup that restarts in time is initialised anew, in a new view',
  {
    clauses: ['V7', 'V10'],
    points: 1,
    rule:
      'A backup that pings 0 has lost its copy. It leaves the view; as idle server it may become ' +
      'backup of a later one, and the primary sends it the state again.',
    why: 'An empty backup that stays would be promoted one day, and all data would be gone.',
    hint: 'Look at whether ping compares the number with 0 when the server is the backup. Only a new view makes a primary send its state.',
  },
  async (views) => {
    const [first, second, third] = views.servers();
    await views.pair(first, second);
    const idle = views.random() < 0.5 ? { [third]: views.between(0, 2) } : {};
    await views.ticks(views.between(0, 3), { [first]: 2, [second]: 2, ...idle });
    await views.ticks(views.between(1, 3), { [first]: 2, ...idle });
    await views.ping(second, 0);
    const when = `${second}, the backup, has restarted: it pinged 0`;
    const { backup } = await views.becomes(
      when,
      view(3, first),
      ...(third in idle ? [view(3, first, third)] : []),
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
);

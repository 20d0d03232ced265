/** The backup dies. */

import { view } from './language/views';
import { viewScenario } from './scenario';

viewScenario(
  'A10a',
  'a dead backup is removed',
  {
    clauses: ['V2', 'V5'],
    points: 1,
    rule:
      'When the backup of an acknowledged view is dead and nobody is idle, the next view has the ' +
      'same primary and no backup.',
    why: 'A primary waits for its backup with each write: a dead one that stays stops all clients.',
    hint: 'Look at what tick does when not the primary but the backup is silent.',
  },
  async (views) => {
    const [first, second] = views.servers();
    await views.pair(first, second);
    await views.ping(second, 2);
    await views.stays(
      view(2, first, second),
      `${second}, the backup, has missed fewer than ${views.deadPings} pings`,
      views.surelyAlive,
      { [first]: 2 },
    );
    await views.ticks(views.surelyDead - views.surelyAlive, { [first]: 2 });
    await views.is(
      `${second}, the backup, was silent for ${views.surelyDead} ticks`,
      view(3, first),
    );
    await views.ping(first, 3);
    await views.stays(view(3, first), 'nobody is idle', views.between(1, 10), { [first]: 3 });
  },
);

viewScenario(
  'A10b',
  'a dead backup is replaced by an idle server in a single change',
  {
    clauses: ['V5', 'V6'],
    points: 1,
    rule: 'When the backup is dead, an idle server takes its place in the very next view.',
    why: 'A view without backup in between is a time in which a crash of the primary loses all data.',
    hint: 'Look at how you choose the next view: is the place of a dead backup filled in the same step?',
  },
  async (views) => {
    const [first, second, third, fourth] = views.servers();
    await views.pair(first, second);
    const idle = views.random() < 0.5 ? [third] : [third, fourth];
    const pinging = Object.fromEntries(idle.map((server) => [server, views.between(0, 2)]));
    await views.ticks(views.between(1, 6), { [first]: 2, [second]: 2, ...pinging });
    await views.ping(second, 2);
    await views.dieOut({ [first]: 2, ...pinging });
    await views.is(
      `${second}, the backup, is dead, and ${idle.join(' and ')} had no part in the view`,
      view(3, first, third),
      ...idle.slice(1).map((server) => view(3, first, server)),
    );
  },
);

/** The primary dies. */

import { view } from './language/views';
import { viewScenario } from './scenario';

viewScenario(
  'A5a',
  'a primary that misses four pings, again and again, is not replaced',
  {
    clauses: ['V2'],
    points: 1,
    rule: 'A server is dead when it has missed deadPings (usually 5) pings in a row, and not before.',
    why: 'Each needless failover stops all clients and copies the whole state to a new backup.',
    hint: 'Look at where you count what a server missed: only ticks are time, and each ping of that server starts the count anew.',
  },
  async (views) => {
    const [first, second, third] = views.servers();
    await views.pair(first, second);
    const idlePings = views.pick([0, 2]);
    for (let round = views.between(2, 4); round > 0; round -= 1) {
      await views.ping(first, 2);
      for (let silent = 0; silent < views.surelyAlive; silent += 1) {
        // However often the others ping or somebody looks: only ticks are time.
        for (let more = views.between(0, 2); more > 0; more -= 1) {
          await views.ping(second, 2);
          await views.ping(third, idlePings);
          await views.get();
        }
        await views.ticks(1, { [second]: 2, [third]: idlePings });
        await views.is(
          `${first}, the primary, has missed ${silent + 1} ping${silent > 0 ? 's' : ''}, which is not enough to be dead`,
          view(2, first, second),
        );
      }
    }
  },
);

viewScenario(
  'A5b',
  'a dead primary is replaced by its backup',
  {
    clauses: ['V2', 'V5', 'V9'],
    points: 1,
    rule:
      'When the primary of an acknowledged view is dead, the backup becomes primary of the next ' +
      'view.',
    why: 'Until the view changes, clients wait; and only the backup has what they have written.',
    hint: 'Look at what tick does: it is the only call that comes when a server is silent.',
  },
  async (views) => {
    const [first, second] = views.servers();
    await views.pair(first, second);
    await views.ticks(views.between(0, 4), { [first]: 2, [second]: 2 });
    await views.ping(first, 2);
    await views.ticks(views.surelyDead, { [second]: 2 });
    await views.is(
      `${first}, the primary, was silent for ${views.surelyDead} ticks`,
      view(3, second),
    );
    await views.ping(second, 3);
    await views.stays(view(3, second), 'nobody else is there', views.between(1, 10), {
      [second]: 3,
    });
  },
);

viewScenario(
  'A6',
  'a primary that was replaced and comes back becomes backup',
  {
    clauses: ['V10'],
    points: 1,
    rule: 'A server that was replaced is idle when it pings again: it may become backup.',
    why: 'The server that failed is often the only spare one; without it there is no second copy.',
    hint: 'Look at what you remember of a server after its death, and whether it keeps it from being idle.',
  },
  async (views) => {
    const [first, second] = views.servers();
    await views.pair(first, second);
    await views.dieOut({ [second]: 2 });
    await views.is(`${first}, the primary, is dead`, view(3, second));
    // It was only cut off (2), or it has restarted (0).
    const known = views.pick([0, 2]);
    if (views.random() < 0.5) {
      await views.stays(view(3, second), `${second} has not acknowledged it`, views.between(0, 8), {
        [first]: known,
        [second]: 2,
      });
      await views.ping(first, known);
      await views.ping(second, 3);
    } else {
      await views.ping(second, 3);
      await views.ticks(views.between(0, 8), { [second]: 3 });
      await views.ping(first, known);
    }
    await views.becomes(`${first} is back, and there is no backup`, view(4, second, first));
  },
);

viewScenario(
  'A7',
  'a failover with an idle server at hand is a single change',
  {
    clauses: ['V6'],
    points: 1,
    rule:
      'When the backup replaces a dead primary, an idle server becomes backup in the very same ' +
      'view.',
    why: 'A view without backup in between is one more change, and a time in which a crash loses all data.',
    hint: 'Look at how you choose the next view: both places in one step, or the second in a later one?',
  },
  async (views) => {
    const [first, second, third, fourth] = views.servers();
    await views.pair(first, second);
    const idle = views.random() < 0.5 ? [third] : [third, fourth];
    const pinging = Object.fromEntries(idle.map((server) => [server, views.between(0, 2)]));
    await views.ticks(views.between(1, 6), { [first]: 2, [second]: 2, ...pinging });
    await views.ping(first, 2);
    await views.dieOut({ [second]: 2, ...pinging });
    await views.is(
      `${first}, the primary, is dead, and ${idle.join(' and ')} had no part in the view`,
      view(3, second, third),
      ...idle.slice(1).map((server) => view(3, second, server)),
    );
  },
);

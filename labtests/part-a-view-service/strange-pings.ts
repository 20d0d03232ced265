/** Pings as a bad network delivers them: late, twice, out of order. */

import { view } from './language/views';
import { viewScenario } from './scenario';

viewScenario(
  'A15a',
  'a ping with an older number, or one that no view has had yet, acknowledges nothing',
  {
    clauses: ['V3'],
    points: 1,
    rule: 'The primary acknowledges its view by pinging with exactly the number of that view.',
    why: 'A ping that was sent before the view was made says nothing about the new backup, and one with a number that no view has had yet says nothing at all.',
    hint: 'Look at how you compare the number of a ping with that of the view: neither "not 0" nor "at least" will do.',
  },
  async (views) => {
    const [first, second, third] = views.servers();
    await views.pair(first, second);
    await views.ping(first, 2);
    await views.dieOut({ [second]: 2, [third]: 2 });
    const current = await views.is(
      `${first}, the primary, is dead, and ${third} was idle`,
      view(3, second, third),
    );
    const numbers = views.shuffled([1, 2, 2, 4, 7, 1_000]).slice(0, views.between(1, 6));
    for (const viewnum of numbers) {
      await views.ping(second, viewnum);
      if (views.random() < 0.3) await views.ticks(1, { [third]: 3 });
    }
    const pings = numbers.join(', ');
    const why = `${second}, its primary, pinged ${pings}, but never 3, and then fell silent`;
    await views.stays(current, why, views.deadlySilence(), { [third]: 3 });
  },
);

viewScenario(
  'A15b',
  'late and repeated pings change nothing',
  {
    clauses: ['V3', 'V7', 'V13'],
    points: 1,
    rule: 'What was acknowledged stays acknowledged; a late ping says only that its sender lives.',
    why: 'Networks repeat and delay messages. If that could undo an acknowledgement, no failover would come.',
    hint: 'Look at what a ping with an older number changes besides the time of the last ping. And a first ping that is repeated is no restart.',
  },
  async (views) => {
    const [first, second] = views.servers();
    await views.ping(first, 0);
    // The reply to its first ping was lost, so it does not know of view 1 and pings 0 again.
    for (let more = views.between(0, 2); more > 0; more -= 1) await views.ping(first, 0);
    await views.ping(first, 1);
    await views.ping(second, 0);
    await views.becomes(`${first} has acknowledged view 1`, view(2, first, second));
    await views.ping(second, 2);
    await views.ping(first, 2);
    for (let late = views.between(3, 8); late > 0; late -= 1) {
      await views.ping(views.pick([first, second]), views.between(1, 2));
      if (views.random() < 0.3) await views.ticks(1, { [first]: 2, [second]: 2 });
    }
    await views.ping(first, 1);
    await views.is('only late pings have come', view(2, first, second));
    await views.dieOut({ [second]: 2 });
    await views.is(
      `${first}, the primary, is dead; it had acknowledged view 2, and pinged 1 late`,
      view(3, second),
    );
  },
);

viewScenario(
  'A15c',
  'a view service that has heard of a view it does not know makes none any more',
  {
    clauses: ['V1', 'V12'],
    points: 1,
    rule: 'A ping with a number greater than that of the view tells that the view service has restarted and forgotten views: from then on it makes none, not even view 1, as long as it runs.',
    why: 'The servers of the forgotten view may still be serving clients. A new primary beside them answers from nothing: two stores that know nothing of each other, and a client meets now one, now the other.',
    hint: 'Look at what ping does with a number that is greater than that of the view, in view 0 and later. It is to be remembered: the server that knew may be silent from then on.',
  },
  async (views) => {
    const [first, second, old, fresh] = views.servers();
    const openings = [
      async () => view(0),
      async () => {
        await views.alone(first);
        return view(1, first);
      },
      async () => {
        await views.pair(first, second);
        return view(2, first, second);
      },
    ];
    const current = await views.pick(openings)();
    const known = current.viewnum + views.between(1, 9);
    await views.ping(old, known);
    const members = current.viewnum === 0 ? {} : { [first]: current.viewnum };
    const why = `${old} pinged ${known}, the number of a view that was forgotten`;
    await views.stays(current, why, views.between(0, 3), { [old]: known, ...members });
    // Whoever knew it may be gone, and whoever is there may be new: that changes nothing.
    const later = { [fresh]: 0, ...(views.random() < 0.5 ? members : {}) };
    await views.stays(current, `${why}, before ${fresh} came`, views.surelyDead + 4, later);
  },
);

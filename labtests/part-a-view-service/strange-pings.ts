/** Pings as a bad network delivers them: late, twice, out of order. */
import { viewScenario } from '../harness/scenario/scenario';
import { view } from '../harness/scenario/views';

viewScenario(
  'A15a',
  'a ping with an older number, or one that no view has had yet, acknowledges nothing',
  {
    points: 1,
    rule: 'The primary acknowledges its view by pinging with exactly the number of that view. In view 0 only a server that pings 0 becomes primary.',
    why: 'A ping that was sent before the view was made says nothing about the new backup. And a server that knows views while the view service knows none has seen it forget them: to begin anew then is to lose what was written.',
    hint: 'Look at how you compare the number of a ping with that of the view: neither "not 0" nor "at least" will do. In view 0, look at the number as well.',
  },
  async (views) => {
    const [first, second, third, old] = views.servers();
    const isForgetful = views.random() < 0.5;
    if (isForgetful) {
      const known = views.between(1, 9);
      const why = `${old} pings ${known}: it has known views, and may not begin with view 1`;
      await views.stays(view(0), why, views.between(1, 3), { [old]: known });
      await views.dieOut();
    }
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
    await views.stays(current, why, views.between(8, 12), { [third]: 3 });
  },
);

viewScenario(
  'A15b',
  'late and repeated pings change nothing',
  {
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

/** Many look, many come and go: nothing changes. */

import { view } from './language/views';
import { viewScenario } from './scenario';

/** More servers than a view service need remember; `maxServers` of the stub stands in a file of the student's. */
const many = 250;

viewScenario(
  'A18a',
  'looking at the view changes nothing',
  {
    clauses: ['V14'],
    points: 1,
    rule: 'get returns the current view; it is no ping, no acknowledgement and no tick.',
    why: 'Clerks ask whenever they like. If that had effects, clients could cause a failover.',
    hint: 'Look at what get does besides returning the view.',
  },
  async (views) => {
    const [first, second, third] = views.servers();
    const look = () => Promise.all(Array.from({ length: views.between(5, 20) }, () => views.get()));
    await look();
    await views.is('nobody has pinged, but many have looked', view(0));
    await views.pair(first, second);
    for (let silent = 0; silent < views.surelyAlive; silent += 1) {
      await look();
      await views.ticks(1, { [second]: 2, [third]: 2 });
    }
    await look();
    await views.is(
      `${first} has missed only ${views.surelyAlive} pings, but many have looked`,
      view(2, first, second),
    );
    await views.dieOut({ [second]: 2, [third]: 2 });
    const current = await views.is(
      `${first}, the primary, is dead`,
      view(3, second, third),
      view(3, second),
    );
    await look();
    const why = `${second} has not acknowledged it, though many have looked`;
    await views.stays(current, why, views.between(6, 10), { [third]: 3 });
  },
);

viewScenario(
  'A18b',
  'fifty idle servers that come and go change nothing',
  {
    clauses: ['V2', 'V11'],
    points: 1,
    rule: 'As long as primary and backup are alive, nothing that idle servers do makes a new view.',
    why: 'Spare servers must be harmless: rolling them over is everyday work.',
    hint: 'Look at what the ping of an idle server, its restart or its death can change.',
  },
  async (views) => {
    const [first, second, ...idle] = views.servers(52);
    await views.pair(first, second);
    const current = view(2, first, second);
    const members = { [first]: 2, [second]: 2 };
    await views.stays(current, 'fifty idle servers ping', 1, {
      ...members,
      ...Object.fromEntries(idle.map((server) => [server, 0])),
    });
    for (let interval = 0; interval < 6; interval += 1) {
      const some = views.shuffled(idle).slice(0, views.between(0, 12));
      const pings = Object.fromEntries(some.map((server) => [server, views.between(0, 2)]));
      await views.stays(current, 'only idle servers come and go', 1, { ...members, ...pings });
    }
    // Those that are silent now are dead in the end, and only the others are candidates.
    const lasting = views.shuffled(idle).slice(0, views.between(1, 4));
    const pings = Object.fromEntries(lasting.map((server) => [server, 2]));
    await views.stays(current, 'primary and backup ping', 8, { ...members, ...pings });
    await views.ping(second, 2);
    await views.dieOut({ [first]: 2, ...pings });
    const [candidate, ...others] = lasting.map((server) => view(3, first, server));
    await views.is(
      `${second}, the backup, is dead, and of the idle servers only ${lasting.join(', ')} live`,
      candidate ?? view(3, first),
      ...others,
    );
  },
);

viewScenario(
  'A18c',
  'hundreds of servers come and go: there is room for the next one',
  {
    clauses: ['V15', 'V10'],
    points: 1,
    seeds: 5,
    rule: 'A server without a part in the view is forgotten when it is dead, so there is room for the next one.',
    why: 'Whoever counts all that ever pinged is full one day, and takes no new backup any more.',
    hint: 'Look at what becomes of the record of a server that is dead and has no part in the view.',
  },
  async (views) => {
    // No more at a time: their pings are to be over when the interval is.
    const crowd = 25;
    const rounds = Math.ceil(many / crowd) + 1;
    const [first, second, last, ...others] = views.servers(3 + rounds * crowd);
    await views.pair(first, second);
    const members = { [first]: 2, [second]: 2 };
    for (let met = 0; met < others.length; met += crowd) {
      const newcomers = others.slice(met, met + crowd).map((server) => [server, 0]);
      await views.ticks(1, { ...members, ...Object.fromEntries(newcomers) });
      await views.dieOut(members);
    }
    await views.is('only those without a part in it have died', view(2, first, second));
    await views.ticks(1, { [first]: 2, [last]: 0 });
    await views.dieOut({ [first]: 2, [last]: 2 });
    await views.is(
      `${second}, the backup, is dead, and so are all of ${others.length} others but ${last}`,
      view(3, first, last),
    );
  },
);

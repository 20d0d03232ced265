/** Nobody is left who has the data, for a while or for good. */

import { view } from './language/views';
import { viewScenario } from './scenario';

viewScenario(
  'A16a',
  'when everybody is dead the view stays, and a stranger does not become primary',
  {
    clauses: ['V9'],
    points: 1,
    rule: 'Only the backup of the current view can become primary; if it is dead too, the view stays.',
    why: 'A stranger as primary would answer "no such key" for all that was ever written.',
    hint: 'Look at what you do when neither primary nor backup is alive. To start from scratch is not the answer.',
  },
  async (views) => {
    const [first, second, stranger] = views.servers();
    await views.pair(first, second);
    const pair = view(2, first, second);
    const why = `${first} and ${second} are both dead`;
    await views.stays(pair, why, views.deadlySilence());
    await views.stays(pair, `${why}, and ${stranger} has no data`, views.deadlySilence(), {
      [stranger]: views.pick([0, 2]),
    });
  },
);

viewScenario(
  'A16b',
  'the acknowledged primary that comes back without having restarted carries on',
  {
    clauses: ['V7', 'V9'],
    points: 1,
    rule: 'A server that looked dead and pings with the number it knew has its data still. Until then the view stays, whoever is idle.',
    why: 'After an outage of the network all servers look dead, and yet nothing is lost.',
    hint: 'Look at whether a server that looks dead is forgotten although it has a part in the view, and what is done when the primary is dead and has no backup.',
  },
  async (views) => {
    const [first, second, stranger] = views.servers();
    if (views.pick([true, false])) {
      await views.alone(first);
      const gone = `${first}, which alone has the data, is dead`;
      await views.stays(view(1, first), gone, views.deadlySilence());
      await views.stays(view(1, first), gone, views.deadlySilence(), { [stranger]: 0 });
      await views.ping(first, 1);
      const because = `${first}, which never restarted, is back, and ${stranger} is idle`;
      await views.becomes(because, view(2, first, stranger));
      return;
    }
    await views.pair(first, second);
    const others = views.random() < 0.5 ? { [stranger]: 0 } : {};
    const why = `${first} and ${second} are both dead`;
    await views.stays(view(2, first, second), why, views.deadlySilence(), others);
    await views.ping(first, 2);
    const { backup } = await views.becomes(
      `${first}, which never restarted, is back as primary, and its backup is dead`,
      view(3, first, stranger in others ? stranger : null),
      view(3, first),
    );
    await views.ping(first, 3);
    if (backup !== null) return;
    await views.ping(second, views.pick([0, 2]));
    await views.becomes(
      `${first} has acknowledged view 3, and ${second} is back`,
      view(4, first, second),
      ...(stranger in others ? [view(4, first, stranger)] : []),
    );
  },
);

viewScenario(
  'A17',
  'when primary and backup die together, an idle server is not promoted',
  {
    clauses: ['V9'],
    points: 1,
    rule: 'A server that never was backup of an acknowledged view has no data, and never becomes primary.',
    why: 'Better no answer than the answer of a server that has seen none of the writes.',
    hint: 'Look at whom you promote when primary and backup are dead in the same tick.',
  },
  async (views) => {
    const [first, second, idle] = views.servers();
    await views.pair(first, second);
    const pinging = { [idle]: views.between(0, 2) };
    await views.ticks(views.between(1, 4), { [first]: 2, [second]: 2, ...pinging });
    const why = `${first} and ${second} are dead, and ${idle} has no data`;
    await views.stays(view(2, first, second), why, views.deadlySilence(), pinging);
    // The first of them to come back, without having restarted, has the data.
    const returned = views.pick([first, second]);
    await views.ping(returned, 2);
    await views.becomes(
      `${returned}, which never restarted, is back, and ${idle} is idle`,
      view(3, returned, idle),
    );
  },
);

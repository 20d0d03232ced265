/** Scenarios of the first two views. */

import { view } from './language/views';
import { viewScenario } from './scenario';

viewScenario(
  'A1',
  'before any ping there is view 0, with nobody in it',
  {
    clauses: ['V1'],
    points: 1,
    rule: 'View 0 has neither primary nor backup; it stays until the first server pings.',
    why: 'A clerk that starts before all servers must learn that nobody serves yet, and wait.',
    hint: 'Look at the state that a new ViewServer starts with, and at what get returns then.',
  },
  async (views) => {
    await views.stays(view(0), 'no server has pinged', views.between(0, 12));
  },
);

viewScenario(
  'A2',
  'the first server to ping becomes primary of view 1',
  {
    clauses: ['V1', 'V13'],
    points: 1,
    rule: 'The first server to ping becomes primary of view 1, which has no backup.',
    why: 'A cluster begins with one server; without a first primary no client is ever served.',
    hint: 'Look at what ping does in view 0. There is nobody else yet who could be backup.',
  },
  async (views) => {
    const [first] = views.servers();
    await views.ticks(views.between(0, 7));
    await views.ping(first, 0);
    await views.becomes(`${first} is the first server to ping`, view(1, first));
    await views.stays(view(1, first), `${first} is the only server`, views.between(1, 7), {
      [first]: 0,
    });
    await views.stays(view(1, first), `${first} is the only server`, views.between(1, 14), {
      [first]: 1,
    });
  },
);

viewScenario(
  'A3',
  'once view 1 is acknowledged, a second server becomes backup',
  {
    clauses: ['V5', 'V10', 'V11'],
    points: 1,
    rule:
      'If the primary has acknowledged its view, there is no backup and an idle server is there, ' +
      'the next view has that server as backup.',
    why: 'Until there is a backup, one crash loses everything that clients have written.',
    hint: 'Look at what happens when a server pings that has no part in the current view.',
  },
  async (views) => {
    const [first, second] = views.servers();
    await views.alone(first);
    await views.stays(view(1, first), 'nobody else has pinged', views.between(0, 8), {
      [first]: 1,
    });
    await views.ping(second, 0);
    await views.becomes(`view 1 is acknowledged and ${second} has pinged`, view(2, first, second));
  },
);

viewScenario(
  'A4',
  'the acknowledgement of view 1 makes a server that waited the backup',
  {
    clauses: ['V5'],
    points: 1,
    rule:
      'A change that waits for the acknowledgement happens with it, or with the tick after it; it ' +
      'does not wait until the idle server pings again.',
    why: 'Every moment without a backup is a moment in which one crash loses all data.',
    hint: 'Look at which calls can make a new view: only the pings of idle servers, or also those of the primary?',
  },
  async (views) => {
    const [first, second] = views.servers();
    await views.ping(first, 0);
    await views.ping(second, 0);
    await views.stays(
      view(1, first),
      `${first} has not acknowledged view 1`,
      views.between(0, 10),
      { [first]: 0, [second]: views.between(0, 1) },
    );
    await views.ping(first, 1);
    await views.becomes(
      `${first} has acknowledged view 1, and ${second} waits`,
      view(2, first, second),
    );
  },
);

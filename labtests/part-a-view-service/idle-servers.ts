/** Idle servers, and numbers that are not raised without need. */

import { view } from './language/views';
import { viewScenario } from './scenario';

viewScenario(
  'A13',
  'a dead idle server does not become backup',
  {
    clauses: ['V2', 'V10'],
    points: 1,
    rule: 'An idle server that has missed deadPings (usually 5) pings is dead, and no candidate any more.',
    why: 'A primary with a dead backup cannot complete a single write until the view changes again.',
    hint: 'Look at whether the silence of servers without a part in the view is counted at all.',
  },
  async (views) => {
    const [first, second, third] = views.servers();
    await views.ping(first, 0);
    await views.ping(second, 0);
    await views.ticks(views.deadlySilence(), { [first]: 0 });
    await views.ping(first, 1);
    const whySecond = `${second} was idle, but has long been dead`;
    await views.stays(view(1, first), whySecond, views.between(1, 3), { [first]: 1 });
    await views.ping(second, 0);
    await views.becomes(`${second} has come back`, view(2, first, second));
    await views.ping(second, 2);
    await views.ping(first, 2);

    await views.ping(third, 0);
    await views.ticks(views.deadlySilence(), { [first]: 2, [second]: 2 });
    const primaryDies = views.random() < 0.5;
    const survivor = primaryDies ? second : first;
    await views.dieOut({ [survivor]: 2 });
    const role = primaryDies ? 'primary' : 'backup';
    await views.is(`the ${role} is dead, and so is ${third}, which was idle`, view(3, survivor));
    await views.ping(survivor, 3);
    const whyThird = `${third} was idle, but has long been dead`;
    await views.stays(view(3, survivor), whyThird, views.between(1, 5), { [survivor]: 3 });
  },
);

viewScenario(
  'A14',
  'views are numbered one by one, and only a new configuration gets a number',
  {
    clauses: ['V5', 'V11'],
    points: 1,
    rule: 'Each view differs from the one before in primary or backup, and its number is one higher.',
    why: 'A needless view makes the primary send its whole state once more, while clients wait.',
    hint: 'Look at whether you compare the members that you have chosen with the present ones.',
  },
  async (views) => {
    const [first, second, third] = views.servers(3);
    await views.pair(first, second);
    let [primary, backup, idle] = [first, second, third];
    const failovers = views.between(3, 6);
    for (let viewnum = 2; viewnum < 2 + failovers; viewnum += 1) {
      const current = view(viewnum, primary, backup);
      await views.stays(
        current,
        'all its servers ping, and it is acknowledged',
        views.between(1, 8),
        {
          [primary]: viewnum,
          [backup]: viewnum,
          [idle]: viewnum - views.between(0, 1),
        },
      );
      await views.dieOut({ [backup]: viewnum, [idle]: viewnum });
      await views.is(
        `${primary}, the primary of view ${viewnum}, is dead, and ${idle} was idle`,
        view(viewnum + 1, backup, idle),
      );
      // Whoever died comes back, and is idle.
      [primary, backup, idle] = [backup, idle, primary];
    }
  },
);

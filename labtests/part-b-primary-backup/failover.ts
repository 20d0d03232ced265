/** Servers die, are replaced, and come back: what was acknowledged stays. */
import { anybody } from '../primary-backup/members';
import { scenario } from './scenario';

scenario(
  'B2',
  'a backup that joins late has all that was written before',
  {
    clauses: ['R1', 'R2', 'R12'],
    points: 1,
    rule: 'On a view change with a new backup the primary sends its full state, the duplicate table included, before it acknowledges the view.',
    why: 'A backup that has only what was written since it joined loses the rest when it takes over.',
    hint: 'What does the new backup need to answer exactly as the primary would, also to a client that repeats an operation which the primary has already done?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(1);
    await lab.finish(lab.workload({ clerks: 2, operations: 5 }));
    // This append takes effect, but its client does not hear of it and goes on trying.
    const unlucky = lab.clerk();
    await unlucky.put('c', 'begun,');
    lab.cutOneWay(s1, unlucky.name);
    const append = lab.meanwhile(unlucky.append('c', 'once,'));
    await lab.moment(300);

    const load = lab.meanwhile(lab.workload({ clerks: 2, operations: 4 }));
    await lab.moment(60);
    const s2 = lab.startReplica();
    await lab.untilView({ primary: s1, backup: s2 });
    await lab.finish(load);
    await lab.crash(s1);
    await lab.finish(append);
    await lab.readAll(['a', 'b', 'c']);
  },
);

scenario(
  'B4',
  'primary after primary dies, the moment it has answered',
  {
    clauses: ['R4', 'R12', 'C3'],
    points: 1,
    rule: 'No acknowledged write is lost while, of the servers of each successive view, one initialised member lives.',
    why: 'An answer is a promise: who got it may throw away its own copy. It must hold through the next failure, and the one after that.',
    hint: 'At the moment the client gets its answer, who has applied the operation? Then follow the state through each change of view.',
  },
  async (lab) => {
    await lab.startReplicas(4);
    const clerk = lab.clerk();
    for (let death = 1; death <= 3; death += 1) {
      const { view } = lab;
      const load = lab.meanwhile(lab.workload({ clerks: 2, operations: 3 }));
      await lab.moment(40);
      await lab.finish(clerk.append('log', `write ${death},`));
      // What is still on its way to the backup at this moment is lost with the primary.
      lab.cutOneWay(lab.primary, lab.backup);
      await lab.crashPrimary();
      await lab.finish(load);
      await lab.readAll(['log', 'a', 'b']);
      const backup = death < 3 ? anybody : null;
      await lab.untilView({ primary: view.backup, backup, after: view });
    }
  },
);

scenario(
  'B5',
  'the backup dies: writes go on, and the next backup is initialised',
  {
    clauses: ['R1', 'R10', 'R12', 'C8'],
    points: 1,
    rule: 'When the backup is dead, the next view is without it, or has another one, which first gets the full state.',
    why: 'One dead server of two must not stop the service; and if the new backup lacks anything, the next failure loses data.',
    hint: 'What does the primary do while its backup does not answer? And when the view service names another backup?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const before = lab.view;
    await lab.finish(lab.workload({ clerks: 2, operations: 3 }));
    await lab.crash(s2);
    const load = lab.workload({ clerks: 2, operations: 4, maxPauseMs: 200 });
    await lab.finish(load);

    // Sometimes it comes back with empty memory, sometimes another one takes its place.
    let backup = s2;
    if (lab.pick([true, false])) lab.restart(s2);
    else backup = lab.startReplica();
    await lab.untilView({ primary: s1, backup, after: before });
    await lab.finish(lab.workload({ clerks: 2, operations: 2 }));
    await lab.crash(s1);
    await lab.readAll(['a', 'b']);
  },
);

scenario(
  'B6',
  'writes come immediately after the backup died, and after the primary died',
  {
    clauses: ['C3', 'R14'],
    points: 1,
    rule: 'Clients retry for ever; once faults stop, they finish.',
    why: 'Nobody tells clients that a server just died. Their operations arrive in the half second in which the view service does not know it either.',
    hint: 'The old view is still the newest one when the operation arrives. It must neither be given up, nor answered as if it were replicated, nor block the server for good.',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(4);
    const before = lab.view;
    const [first, second] = [lab.clerk(), lab.clerk()];
    await first.append('log', 'before,');
    await lab.crash(s2);
    await lab.moment(20);
    await lab.finish(
      Promise.all([first.append('log', 'backup died,'), second.putHash('hash', 'backup died')]),
    );

    await lab.untilView({ primary: s1, backup: anybody, after: before });
    await lab.crash(s1);
    await lab.moment(20);
    await lab.finish(
      Promise.all([first.append('log', 'primary died,'), second.putHash('hash', 'primary died')]),
    );
    await lab.readAll(['log', 'hash']);
  },
);

scenario(
  'B7',
  'the last server that had the data dies: nobody answers, not even with "no such key"',
  {
    clauses: ['R3', 'C8'],
    points: 1,
    rule: 'Only the backup of the current view can become primary: a server that was never initialised never does, and a server that restarted has lost its state.',
    why: 'A store that answers from nothing tells its users that their data never existed. No answer is the only honest one.',
    hint: 'How does a server know that it has the state of the view in which it is to serve? An empty memory looks the same on a new server and on one that restarted. And a clerk without an answer waits: an error is not the value null.',
  },
  async (lab) => {
    const servers = await lab.startReplicas(lab.between(1, 2));
    await lab.clerk().put('k', lab.freshValue());
    const order = lab.pick([servers.slice(), servers.slice().reverse()]);
    for (const server of order) {
      lab.crashAnyway(server);
      // Shorter or longer than it takes to be declared dead.
      await lab.moment(900);
    }

    const running = [lab.startReplica()];
    for (const server of lab.pick([order, order.slice(0, 1)])) {
      await lab.moment(400);
      lab.restart(server);
      running.push(server);
    }
    const noData = 'every server that had the data has lost it';
    await lab.expectNoAnswer(lab.clerk().get('k'), 2_000, noData);
    for (const server of running) await lab.expectRefused(server, 'without the data');
  },
);

scenario(
  'B8a',
  'the primary restarts before anybody misses it: it does not serve from its empty memory',
  {
    clauses: ['R3'],
    points: 1,
    rule: 'A crash loses all memory: a server that restarted serves nobody until it has been initialised again.',
    why: 'A restart takes less time than it takes to be declared dead, so the restarted server may still be called primary.',
    hint: 'The view says who is primary; it does not say who has the data. What does a server ping after a restart, and when may it believe that it is primary?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(lab.between(2, 3));
    const before = lab.view;
    await lab.clerk().put('k', lab.freshValue());
    const load = lab.meanwhile(
      lab.workload({ clerks: 2, operations: 4, keys: ['k'], maxPauseMs: 100 }),
    );
    await lab.moment(150);
    await lab.crash(s1);
    await lab.moment(300);
    lab.restart(s1);
    await lab.finish(Promise.all([load, lab.askOften(s1, 4, 'k', 60)]));

    await lab.untilView({ backup: anybody, after: before });
    await lab.crashPrimary();
    await lab.readAll(['k']);
  },
);

scenario(
  'B8b',
  'the backup restarts before anybody misses it: it is initialised anew before it counts',
  {
    clauses: ['R3'],
    points: 1,
    rule: 'The backup of a view gets its state from the primary of that view; one that restarted has none.',
    why: 'An empty backup that says yes to each forwarded operation has only what came after its restart, and nobody notices until it takes over.',
    hint: 'What does a backup answer to a forwarded operation while it has no state? Does the restart lead to a new view, and the new view to a new transfer?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const before = lab.view;
    await lab.finish(lab.workload({ clerks: 2, operations: 3 }));
    const load = lab.meanwhile(lab.workload({ clerks: 2, operations: 5, maxPauseMs: 100 }));
    await lab.moment(150);
    await lab.crash(s2);
    await lab.moment(300);
    lab.restart(s2);

    await lab.untilView({ primary: s1, backup: s2, after: before });
    await lab.moment(100);
    await lab.crash(s1);
    await lab.finish(load);
    await lab.readAll(['a', 'b']);
  },
);

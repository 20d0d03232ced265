/** Links break and servers stop for a while: at most one server can complete operations. */
import { describeOperation } from '../../judging/recorder';
import type { Operation } from '../../pbservice/api';
import { type ErrorCode, RpcError } from '../../runtime/errors';
import type { Address } from '../../runtime/node';
import { finishMs, recoveryMs } from '../../worlds/timing';
import type { Lab } from '../primary-backup/lab';
import { anybody } from '../primary-backup/members';
import { scenario } from './scenario';

const appendsAndGets = { keys: ['k'], ops: ['append', 'append', 'get'] } as const;

scenario(
  'B13',
  'an old primary cut off from the view service serves no reads and completes no writes',
  {
    clauses: ['R4', 'R5', 'R9'],
    points: 1,
    rule: 'Reads too go through the backup, or a deposed primary could answer from the past.',
    why: 'The cut-off primary still believes in its view, and clients that reach it would read what has long been overwritten.',
    hint: 'Only its backup can tell a primary that it has been deposed. When does it ask, and what does the former backup answer?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    await lab.clerk().put('k', 'begun,');
    lab.cut(s1, lab.viewService);
    if (lab.pick([true, false, false])) lab.cut(s1, s2);
    const load = lab.meanwhile(
      lab.workload({ clerks: 2, operations: 4, ...appendsAndGets, maxPauseMs: 300 }),
    );
    lab.meanwhile(lab.askOften(s1, 2, 'k', 500));
    await lab.untilProposed({ primary: s2, backup: s3 });
    if (lab.pick([true, true, false])) {
      // While the state is on its way, the new primary still has that of the old view.
      const release = lab.holdBetween(s2, s3);
      await lab.pings(2);
      lab.meanwhile(lab.askOften(s1, 3, 'k', 50));
      await lab.sleep(200);
      release();
    }
    await lab.untilView({ primary: s2, backup: s3 });
    await lab.finish(load);
    lab.meanwhile(lab.askOften(s1, 3, 'k', 50));
    await lab.sleep(300);

    // What the old primary may have smuggled into s2 alone shows now.
    await lab.crash(s2);
    await lab.readAll(['k']);
  },
);

type Three = readonly [Address, Address, Address, ...Address[]];

/** What the old primary has forwarded arrives when its backup is primary. */
async function forwardsAreLate(lab: Lab, [s1, s2, s3]: Three): Promise<void> {
  const [inside, outside] = [lab.clerk(), lab.clerk()];
  const letGo = lab.hold({ from: s1, to: s2, kind: 'request' });
  await lab.moment(400);
  const waiting = lab.meanwhile(inside.append('k', 'inside,'));
  await lab.untilView({ primary: s2, backup: s3 });
  await lab.finish(outside.append('k', 'outside,'));
  lab.meanwhile(lab.askOften(s1, 4, 'k', 50));
  await lab.moment(400);
  letGo();
  await lab.finish(waiting);
}

/** The backup has done what the old primary has forwarded, and its replies are lost: an error must not deny it. */
async function repliesAreLost(lab: Lab, [s1, s2, s3]: Three): Promise<void> {
  lab.cutOneWay(s2, s1);
  const operations = [1, 2].map(
    () => ({ op: 'append', key: 'k', value: `${lab.freshValue()},` }) as const,
  );
  const asked = operations.map((operation) => lab.ask(s1, operation, recoveryMs));
  await lab.untilView({ primary: s2, backup: s3 });
  lab.mend(s1, s2);
  // A try that was lost has its time-out, and the next one an answer.
  await lab.sleep(lab.between(500, 700));
  lab.mend(s1, lab.viewService);
  await lab.finish(Promise.all(asked));
  const value = await lab.clerk().get('k');
  for (const [i, { value: added }] of operations.entries()) {
    const result = await asked[i];
    const denied = result !== undefined && 'error' in result && isDefinite(result.error.code);
    lab.expect(
      !denied || value?.includes(added) !== true,
      `${s1}, which was replaced while its backup had been sent ${describeOperation(operations[i] as Operation)}, to leave open whether it is done: view-changed`,
      `it answered with ${denied ? result.error.code : ''}, and ${s2} has done it`,
      undefined,
      'what was sent is not denied',
    );
  }
}

function isDefinite(code: ErrorCode): boolean {
  return new RpcError(code, '').definite;
}

/** The backup agreed to operations of the old primary before it was primary, and its word arrives when others have written. */
async function repliesAreLate(lab: Lab, [s1, s2, s3]: Three): Promise<void> {
  const letGo = lab.hold({ from: s2, to: s1, kind: 'response' });
  lab.meanwhile(lab.askOften(s1, 16, 'k', 80));
  await lab.untilView({ primary: s2, backup: s3 });
  await lab.finish(lab.clerk().append('k', 'outside,'));
  const reading = lab.meanwhile(lab.ask(s1, { op: 'get', key: 'k' }));
  await lab.sleep(lab.between(5, 100));
  letGo();
  await lab.finish(reading);
}

scenario(
  'B14',
  'requests inside the old primary when the view changes are not completed from the old view',
  {
    clauses: ['R9', 'R4', 'R5', 'R21'],
    points: 1,
    seeds: 20,
    rule: 'A backup accepts forwarded operations only from the primary of its own view.',
    why: 'An operation that comes from the past is missing everywhere but on the server that took it, although its client was told that it is done.',
    hint: 'A forwarded operation arrives at a server that was backup when it was sent, and is primary now. What does it answer, and what does the sender tell its client?',
  },
  async (lab) => {
    const servers = await lab.startReplicas(3);
    const [, s2] = servers;
    await lab.clerk().append('k', 'begun,');
    lab.cut(servers[0], lab.viewService);
    await lab.pick([forwardsAreLate, repliesAreLost, repliesAreLate])(lab, servers);
    await lab.sleep(200);
    await lab.readAll(['k']);
    await lab.crash(s2);
    await lab.readAll(['k']);
  },
);

scenario(
  'B15',
  'a partition with clients on both sides: at most one side completes anything',
  {
    clauses: ['R4', 'R5'],
    points: 1,
    rule: 'At most one server is able to complete operations at any time.',
    why: 'If both sides go on, there are two stores with two histories, and no way to put them together again.',
    hint: 'What does a primary answer when its backup does not? "No reply" does not mean that there is no backup: it may be primary itself by now.',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    const near = [lab.clerk(), lab.clerk()];
    const far = [lab.clerk(), lab.clerk()];
    const clerks = [...near, ...far];
    await lab.finish(Promise.all(clerks.map((clerk) => clerk.append('k', `${clerk.name},`))));

    const cutOff = lab.pick([[s1], [s1], [s1], [s2], [s1, s3], [s2, s3], [s1, s2]]);
    const rest = [lab.viewService, s1, s2, s3].filter((server) => !cutOff.includes(server));
    const names = (side: typeof near) => side.map((clerk) => clerk.name);
    lab.partition([...cutOff, ...names(near)], [...rest, ...names(far)]);
    // Each append that was acknowledged must be there in the end, whichever side took it.
    const work = { operations: 4, keys: ['k'], ops: ['append'] as const, maxPauseMs: 500 };
    const both = lab.meanwhile(
      Promise.all(clerks.map((clerk) => lab.randomOperations(clerk, work))),
    );
    // Long enough, sometimes, for clients to try again and again.
    await lab.sleep(lab.between(300, 3_000));
    await lab.healAndFinish(both);
    await lab.untilPair();
    await lab.crashPrimary();
    await lab.readAll(['k']);
  },
);

scenario(
  'B16a',
  'the primary is paused, replaced, and wakes up in the middle of an operation',
  {
    clauses: ['R5'],
    points: 1,
    rule: 'A server may learn late that its view is over; until then it must not complete anything alone.',
    why: 'A long garbage collection, a stopped virtual machine: the server does not know that time has passed, and goes on where it stopped.',
    hint: 'After each wait the world may have changed. What does the primary know for certain when the reply of its backup arrives?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    await lab.clerk().append('k', 'begun,');
    const load = lab.meanwhile(
      lab.workload({ clerks: 3, operations: 4, ...appendsAndGets, maxPauseMs: 60 }),
    );
    await lab.moment(100);
    lab.pause(s1);
    await lab.untilView({ primary: s2, backup: s3 });
    await lab.finish(load);
    await lab.finish(lab.clerk().append('k', 'meanwhile,'));

    // Who asks now finds it waking up: these requests wait in its inbox, or come just after.
    lab.meanwhile(lab.askOften(s1, 4, 'k', 60));
    await lab.moment(200);
    lab.resume(s1);
    await lab.sleep(300);
    await lab.readAll(['k']);
    await lab.crash(s2);
    await lab.readAll(['k']);
  },
);

scenario(
  'B16b',
  'the primary sleeps so long that its old backup is a backup again, of another view',
  {
    clauses: ['R9', 'R4'],
    points: 1,
    rule: 'A backup accepts forwarded operations only of the very view in which it is, by number.',
    why: 'The same servers meet again in the same roles. An operation of an old view then looks right in all but its number.',
    hint: 'The backup is backup, the sender believes that it is primary: what tells them that they speak of two different views?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    const sleepy = lab.clerk();
    await sleepy.append('k', 'begun,');
    const load = lab.meanwhile(lab.randomOperations(sleepy, { operations: 2, ...appendsAndGets }));
    await lab.moment(30);
    lab.pause(s1);
    await lab.untilView({ primary: s2, backup: s3 });
    await lab.crash(s2);
    lab.restart(s2);
    await lab.untilView({ primary: s3, backup: s2 });
    await lab.finish(load);
    // More than in the old view, so that a mere count of the operations looks right, too.
    await lab.finish(lab.workload({ clerks: 3, operations: 1, keys: ['k'], ops: ['append'] }));

    // It wakes up to its old work, and the view service has no chance yet to tell it the news.
    lab.cut(s1, lab.viewService);
    lab.meanwhile(lab.askOften(s1, 4, 'k', 60));
    await lab.moment(150);
    lab.resume(s1);
    await lab.sleep(300);
    await lab.readAll(['k']);
    await lab.crash(s3);
    await lab.readAll(['k']);
  },
);

scenario(
  'B16c',
  'a primary is deposed while requests wait in it, and is primary again: it serves those who ask again',
  {
    clauses: ['R14', 'R11'],
    points: 1,
    seeds: 8,
    rule: 'A refusal speaks of one try: when the same request comes again, the server does with it what its role then asks for.',
    why: 'Everything is healthy, all are served, and one client gets the refusal of an hour ago at each try, for ever.',
    hint: 'What does a server remember of requests that wait, so that it knows a repetition of them? What of it is left when they have been refused?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    const [first, ...stranded] = [lab.clerk(), lab.clerk(), lab.clerk()] as const;
    for (const clerk of [first, ...stranded]) await clerk.append('k', `${clerk.name},`);
    // One operation is on its way to the backup, and those of clients who reach nobody else wait for it.
    lab.cut(s1, s2);
    const underWay = lab.meanwhile(first.append('k', `${lab.freshValue()},`));
    await lab.sleep(lab.between(10, 50));
    for (const clerk of stranded) lab.keepTo(clerk, s1);
    const waiting = lab.meanwhile(
      Promise.all(stranded.map((clerk) => clerk.append('k', `${lab.freshValue()},`))),
    );
    await lab.moment(100);
    lab.cut(s1, lab.viewService);
    await lab.untilView({ primary: s2, backup: s3 });
    lab.mend(s1, lab.viewService);
    lab.mend(s1, s2);
    await lab.pings(2);
    await lab.crash(s2);
    await lab.untilView({ primary: s3, backup: s1 }, finishMs);
    await lab.finish(underWay);
    await lab.failOver();
    await lab.healAndFinish(waiting);
    await lab.readAll(['k']);
  },
);

type Role = 'client' | 'primary' | 'backup' | 'view service';

const roles: readonly Role[] = ['client', 'primary', 'backup', 'view service'];

/** Every ordered pair of roles, in an order that the seed decides. */
function links(lab: Lab): [Role, Role][] {
  const all = roles.flatMap((from) =>
    roles.filter((to) => to !== from).map((to): [Role, Role] => [from, to]),
  );
  const place = new Map(all.map((link) => [link, lab.world.random()]));
  return all.sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
}

scenario(
  'B17',
  'each link between client, primary, backup and view service breaks in one direction',
  {
    clauses: ['R11', 'C3'],
    points: 1,
    rule: 'Safety holds whatever is lost; and once faults stop, clients finish.',
    why: 'When messages get through one way only, one side believes that all is well and the other one that its partner is dead.',
    hint: 'The trace shows on which link messages were blocked. Who notices, who does not, and what do both do when the link is back?',
  },
  async (lab) => {
    await lab.startReplicas(3);
    const clerk = lab.clerk();
    for (const [from, to] of links(lab)) {
      const { primary, backup } = await lab.untilView({ primary: anybody, backup: anybody });
      const place: Record<Role, Address> = {
        client: clerk.name,
        primary: primary ?? '',
        backup: backup ?? '',
        'view service': lab.viewService,
      };
      lab.cutOneWay(place[from], place[to]);
      const work = { operations: 2, ...appendsAndGets, maxPauseMs: 300 };
      const both = lab.meanwhile(
        Promise.all([lab.randomOperations(clerk, work), lab.workload({ clerks: 1, ...work })]),
      );
      await lab.sleep(lab.between(200, 900));
      await lab.healAndFinish(both);
    }
    await lab.untilPair();
    await lab.crashPrimary();
    await lab.readAll(['k']);
  },
);

/**
 * Scenarios between replicas and a coordination service, with real servers of the service. As in part B,
 * the history of the clients is judged at the end of each.
 */
import type { Address } from '../../runtime/node';
import type { ArbiterScenario } from '../../suite/scenario/lab-declaration';
import type { RealWorld } from '../../worlds/real/world';
import { finishMs } from '../../worlds/timing';
import { inLab, type Lab } from '../primary-backup/lab';
import { anybody } from '../primary-backup/members';

interface Told extends Omit<ArbiterScenario, 'body'> {
  readonly body: (lab: Lab, world: RealWorld) => Promise<void>;
}

const appendsAndGets = { keys: ['k'], ops: ['append', 'append', 'get'] } as const;

/** Waits until a server refuses to read for anybody: its lease has ended by its own clock. */
async function untilRefused(lab: Lab, server: Address, because: string): Promise<void> {
  const end = lab.world.now() + finishMs;
  while (lab.world.now() < end) {
    const result = await lab.ask(server, { op: 'get', key: 'k' });
    if (result !== undefined && 'error' in result) return;
    await lab.sleep(100);
  }
  lab.expect(false, `${server} to refuse clients, as ${because}`, 'it still answers');
}

const told: readonly Told[] = [
  {
    id: 'C1',
    name: 'the views: first, second, failover, an idle server is promoted, one comes back',
    servers: 1,
    body: async (lab) => {
      const [s1, s2, s3] = await lab.startReplicas(3);
      await lab.clerk().append('k', 'first,');
      lab.expect(lab.primary === s1 && lab.backup === s2, 's1 and s2 to serve', 'others do');
      await lab.crash(s1);
      await lab.untilView({ primary: s2, backup: s3 });
      await lab.finish(lab.clerk().append('k', 'second,'));
      await lab.crash(s2);
      await lab.untilView({ primary: s3, backup: null });
      lab.restart(s1);
      await lab.untilView({ primary: s3, backup: s1 });
      await lab.clerk().expectGet('k', 'first,second,');
    },
  },
  {
    id: 'C2',
    name: 'the leader of three servers is killed under load; view changes go on',
    servers: 3,
    body: async (lab, world) => {
      const [s1, s2, s3] = await lab.startReplicas(3);
      const work = { clerks: 3, operations: 30, ...appendsAndGets, maxPauseMs: 200 };
      const load = lab.meanwhile(lab.workload(work));
      await lab.moment(1_000);
      await world.coordination.killLeader();
      await lab.finish(load);
      const again = lab.meanwhile(lab.workload({ ...work, operations: 10 }));
      // Where its leases were at their end, the pair may have changed on the way.
      const view = await lab.untilPair();
      lab.expect([s1, s2, s3].includes(lab.primary), 'one of the three to be primary', lab.primary);
      await lab.crashPrimary();
      await lab.untilView({ after: view });
      await lab.finish(again);
      await lab.readAll(['k']);
    },
  },
  {
    id: 'C3',
    name: 'two of three servers are killed: nobody serves when the leases end, and nothing is lost',
    servers: 3,
    body: async (lab, world) => {
      const [s1, s2] = await lab.startReplicas(3);
      await lab.clerk().append('k', 'before,');
      const view = await lab.untilView({ primary: s1, backup: s2 });
      await world.coordination.killMost();
      const waiting = lab.meanwhile(
        lab.workload({ clerks: 2, operations: 12, ...appendsAndGets, maxPauseMs: 400 }),
      );
      await untilRefused(lab, s1, 'no quorum renews its lease');
      await lab.expectNobodyServes(2_000, 'there is no quorum to decide who may');
      lab.expect(
        lab.view.viewnum === view.viewnum,
        'no view change without a quorum',
        `view ${lab.view.viewnum}`,
      );
      await world.coordination.restore();
      await lab.finish(waiting);
      await lab.untilPair();
      await lab.crashPrimary();
      await lab.readAll(['k']);
    },
  },
  {
    id: 'C4',
    name: 'the primary is stopped past its lease, and goes on in the middle of a write',
    servers: 1,
    body: async (lab) => {
      const [s1, s2, s3] = await lab.startReplicas(3);
      await lab.clerk().append('k', 'before,');
      const letGo = lab.hold({ from: s2, to: s1, kind: 'response' }, 1);
      const inside = lab.meanwhile(lab.clerk().append('k', 'inside,'));
      await lab.moment(200);
      lab.pause(s1);
      await lab.untilView({ primary: s2, backup: s3 });
      await lab.finish(lab.clerk().append('k', 'meanwhile,'));
      // These requests wait in its inbox, or come when it has just woken up.
      const asked = lab.meanwhile(lab.askOften(s1, 4, 'k', 60));
      await lab.moment(200);
      letGo();
      lab.resume(s1);
      await lab.finish(Promise.all([inside, asked]));
      await lab.expectRefused(s1, 'replaced while it was stopped');
      await lab.crash(s2);
      await lab.untilView({ primary: s3, backup: s1 });
      await lab.readAll(['k']);
    },
  },
  {
    id: 'C5',
    name: 'the primary is cut off from the service, but not from its clients and its backup',
    servers: 1,
    body: async (lab) => {
      const [s1, s2, s3] = await lab.startReplicas(3);
      const near = lab.clerk();
      await near.append('k', 'before,');
      lab.keepTo(near, s1);
      lab.cut(s1, lab.viewService);
      const own = { operations: 20, ...appendsAndGets, maxPauseMs: 200 };
      const stuck = lab.meanwhile(lab.randomOperations(near, own));
      const work = { clerks: 2, ...own, maxPauseMs: 400 };
      const load = lab.meanwhile(lab.workload(work));
      await lab.untilView({ primary: s2, backup: s3 });
      await lab.expectRefused(s1, 'cut off for longer than its lease');
      await lab.finish(lab.clerk().append('k', 'meanwhile,'));
      await lab.askOften(s1, 3, 'k', 100);
      await lab.healAndFinish(Promise.all([stuck, load]));
      await lab.crash(s3);
      await lab.untilView({ primary: s2, backup: s1 });
      await lab.readAll(['k']);
    },
  },
  {
    id: 'C6',
    name: 'a lease ends during a state transfer: of the primary, or of its new backup',
    servers: 1,
    body: async (lab) => {
      const [s1, s2, s3] = await lab.startReplicas(3);
      for (let i = 0; i < 4; i += 1) await lab.clerk().put(`large${i}`, 'x'.repeat(200_000));
      await lab.clerk().append('k', 'before,');
      const letGo = lab.holdBetween(s1, s3);
      await lab.crash(s2);
      const view = await lab.untilProposed({ primary: s1, backup: s3 });
      const load = lab.meanwhile(
        lab.workload({ clerks: 2, operations: 4, ...appendsAndGets, maxPauseMs: 200 }),
      );
      const [cutOff] = [lab.pick([s1, s3])];
      lab.cut(cutOff, lab.viewService);
      await untilRefused(lab, cutOff, 'its lease has ended');
      await lab.sleep(1_000);
      // The view was not acknowledged: it stays, whoever seems dead.
      lab.expect(
        lab.view.viewnum === view.viewnum,
        'no view change before the acknowledgement',
        `view ${lab.view.viewnum}`,
      );
      letGo();
      await lab.healAndFinish(load);
      await lab.untilView({ primary: anybody, backup: anybody });
      await lab.crashPrimary();
      await lab.readAll(['k', 'large0', 'large3']);
    },
  },
];

export const arbiterScenarios: readonly ArbiterScenario[] = told.map(({ body, ...about }) => ({
  ...about,
  body: (world) => inLab((lab) => body(lab, world)),
}));

/** Many clients at a time: what holds for one holds among a thousand. Case B40. */
import {
  type ClientRequest,
  minRememberedClients,
  minWaitingOperations,
} from '../../pbservice/api';
import { finishMs } from '../../worlds/timing';
import type { Lab } from '../primary-backup/lab';
import { scenario } from './scenario';

/** So many clients come before all others, and take places in the table. */
const earlyClients = 100;

/** One write each of clients that nobody knows yet. The names of some are those of numbers. */
function writesOf(lab: Lab, group: string, clients: number): ClientRequest[] {
  return Array.from({ length: clients }, (_, i) => {
    const client = i % 3 === 0 ? `${group.length}${i + 1}` : `${group} ${i + 1}`;
    return { client, seq: 1, operation: lab.appendOf(client) };
  });
}

scenario(
  'B40',
  'a thousand operations wait for the backup: each is done, and a late copy of the first one is not',
  {
    clauses: ['R20', 'S4', 'R13'],
    points: 1,
    seeds: 3,
    rule: `A primary has room for ${minWaitingOperations} operations that wait, and of the ${minRememberedClients} clients that wrote last the last write is remembered.`,
    why: 'For a second the backup cannot be reached, and everybody waits. Then all of them have to get through, and nobody may be forgotten for having been there early.',
    hint: 'How many operations does one forward carry, and does its contract take so many? Whom does the duplicate table forget: the client that came first, or the one that has not written for longest?',
  },
  async (lab) => {
    const [s1, s2, s3] = await lab.startReplicas(3);
    const first = { client: 'steady', seq: 1, operation: lab.appendOf('k') };
    const last = { client: 'steady', seq: 2, operation: lab.appendOf('k') };
    const once = { client: 'once', seq: 1, operation: lab.appendOf('once') };
    const letGo = lab.hold({ from: s1, to: s2, kind: 'request' }, 1);
    await lab.expectDone(s1, [once], finishMs);
    const early = [first, ...writesOf(lab, 'early', earlyClients)];
    await lab.expectDone(s1, early, finishMs);

    const release = lab.holdBetween(s1, s2);
    const work = [lab.meanwhile(lab.expectDone(s1, [last], finishMs))];
    await lab.sleep(20);
    const late = writesOf(lab, 'late', minRememberedClients - 1);
    work.push(lab.meanwhile(lab.expectDone(s1, late, finishMs)));
    await lab.moment(300);
    release();
    await Promise.all(work);
    // Whoever only reads takes no place from those who wrote.
    await lab.readAll(['k']);
    // A copy of the first forward, whose client no table need know any more.
    letGo();
    await lab.moment(100);

    const server = lab.pick([s1, s2, s3]);
    const copies = [last, ...late.slice(0, 2), ...late.slice(-1)];
    const again = () => Promise.all(copies.map((request) => lab.again(server, request)));
    if (server === s1) await again();
    await lab.crash(s1);
    await lab.untilView({ primary: s2, backup: s3 }, finishMs);
    if (server === s3) await lab.failOver();
    if (server !== s1) await again();
    const keys = [early[1], ...copies].map((request) => request?.operation.key ?? '');
    await lab.readAll(['once', ...keys]);
  },
);

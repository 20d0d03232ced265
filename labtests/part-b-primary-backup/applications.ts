/** The clerk as a library: what an application may ask of it besides operations. Case B38. */
import type { ErrorCode } from '../../runtime/errors';
import type { OperationLimit } from '../primary-backup/clerk';
import type { Lab } from '../primary-backup/lab';
import { scenario } from './scenario';

/** A time-out, or an abort after so long. */
function aLimit(lab: Lab, fromMs: number, toMs: number): OperationLimit {
  const ms = lab.between(fromMs, toMs);
  return lab.pick([{ timeoutMs: ms }, { abortAfterMs: ms }]);
}

scenario(
  'B38a',
  'an application gives its operations a time-out, or aborts them: the clerk gives them up in time',
  {
    clauses: ['C4'],
    points: 1,
    rule: 'An operation with timeoutMs is given up so long after the call, one with a signal when that is aborted: while it waits for its turn, too. A signal may be shared, and 0 milliseconds are a limit.',
    why: 'A web server that must answer within two seconds has nothing of an operation that is given up two seconds after the clerk has got round to it.',
    hint: 'From when on is timeoutMs counted? Is the signal looked at between two tries, at the beginning, and while others are before it?',
  },
  async (lab) => {
    const [s1] = await lab.startReplicas(2);
    const clerk = lab.clerk();
    await clerk.put('k', 'begun,');
    const unheard = lab.pick([[s1], [s1], [lab.viewService, ...lab.running]]);
    lab.partition([clerk.name], unheard);
    await clerk.expectGivenUp(lab.appendOf('k'), { timeoutMs: lab.between(300, 3_000) });
    await clerk.expectGivenUp(lab.appendOf('k'), { abortAfterMs: lab.between(30, 3_000) });
    await clerk.expectGivenUp(lab.appendOf('k'), { abortAfterMs: 0 });
    await clerk.expectGivenUp(lab.appendOf('k'), { timeoutMs: 0 });

    // The first has no limit, and the others wait behind it.
    const patient = lab.meanwhile(clerk.append('k', `${lab.freshValue()},`));
    await Promise.all([
      clerk.expectGivenUp(lab.appendOf('k'), { timeoutMs: lab.between(300, 3_000) }),
      clerk.expectGivenUp(lab.appendOf('k'), { abortAfterMs: lab.between(30, 3_000) }),
      clerk.expectGivenUp(lab.appendOf('k'), { abortAfterMs: 0 }),
    ]);
    const shared = { abortAfterMs: lab.between(30, 3_000), signal: 'of several' };
    await Promise.all([1, 2, 3].map(() => clerk.expectGivenUp(lab.appendOf('k'), shared)));
    const last = lab.meanwhile(clerk.performAtOnce([lab.appendOf('k')]));
    await lab.healAndFinish(Promise.all([patient, last]));
    await lab.readAll(['k']);
  },
);

scenario(
  'B38b',
  'an operation is given up: the next one is another, whatever has become of the first',
  {
    clauses: ['C6', 'C2'],
    points: 1,
    rule: 'The number of an operation that was given up is never used again. It had no answer, so there is doubt about the primary.',
    why: 'It may have been done, and the replicas answer the next operation of that number with its result: the application is told that a write is done which nobody has.',
    hint: 'When does the clerk count up: when an operation begins, or when one has succeeded? And does the next operation ask again who is primary, when the one before was given up?',
  },
  async (lab) => {
    const [s1, s2] = await lab.startReplicas(2);
    const clerk = lab.clerk();
    await clerk.put('k', 'begun,');
    for (let round = 1; round <= 3; round += 1) {
      // It is done and the clerk does not hear of it, or its request is late.
      const [from, to] = lab.pick([
        [s1, clerk.name],
        [s1, clerk.name],
        [clerk.name, s1],
      ] as const);
      const letGo = lab.hold({ from, to });
      // In the real world, only servers refuse.
      const isRefused = lab.pick([true, true, false]) && lab.world.kind !== 'real';
      const limit = isRefused ? aLimit(lab, 700, 1_500) : aLimit(lab, 100, 900);
      const givenUp = lab.meanwhile(clerk.expectGivenUp(lab.appendOf('k'), limit));
      let endRefusals = () => {};
      if (isRefused) {
        // The first try is on its way: what the others end with says nothing of it.
        await lab.sleep(50);
        endRefusals = lab.refuseAll(clerk.name, lab.pick(['not-primary', 'overloaded']));
      }
      await givenUp;
      endRefusals();
      lab.heal();
      await lab.finish(clerk.append('k', `${lab.freshValue()},`));
      letGo();
      await lab.finish(clerk.putHash('hashed', lab.freshValue()));
      await lab.readAll(['k', 'hashed']);
    }
    // An operation that is given up has had no answer, so there is doubt about the primary.
    lab.pause(s1);
    await lab.untilView({ primary: s2 });
    for (let tries = 1; !(await clerk.succeedsWithin(lab.appendOf('k'), 400)); tries += 1) {
      lab.expect(
        tries < 5,
        `${clerk.name}, whose operations have 400 ms each, to find the new primary, ${s2}`,
        `${tries} of them in a row were given up`,
        'operation given up',
      );
    }
    await lab.readAll(['k', 'hashed']);
  },
);

scenario(
  'B38c',
  'an application restarts under its old name: its first operations are new ones',
  {
    clauses: ['C7'],
    points: 1,
    seeds: 8,
    rule: 'No two clerks have the same client id, also when one is the successor of the other at the same address.',
    why: 'The replicas remember clients for ever. Operation 1 of a program that was started again is taken for operation 1 of yesterday, and never done.',
    hint: 'What of the client id is different after a restart? The address is the same, and the clock of a node begins anew.',
  },
  async (lab) => {
    await lab.startReplicas(2);
    const clerk = lab.clerk();
    for (let start = 1; start <= 3; start += 1) {
      for (let i = lab.between(1, 3); i > 0; i -= 1) {
        await lab.finish(clerk.append('k', `${lab.freshValue()},`));
      }
      await lab.finish(clerk.putHash('hashed', lab.freshValue()));
      await lab.moment(300);
      clerk.restart();
    }
    await lab.finish(clerk.append('k', `${lab.freshValue()},`));
    await lab.readAll(['k', 'hashed']);
  },
);

/** These speak of one try, and may be over at the next one. */
const passing: readonly ErrorCode[] = [
  ...(['overloaded', 'refused', 'not-primary', 'view-changed', 'connection-lost'] as const),
  ...(['timeout', 'wrong-view', 'not-initialised', 'internal', 'bad-reply'] as const),
];

scenario(
  'B38d',
  'calls end in errors of every kind: the clerk retries what may pass, and hands on what may not',
  {
    clauses: ['C5', 'C9'],
    points: 1,
    onlySimulated: 'there, only servers refuse',
    rule: 'An error is handed to the application when a retry would end the same way (malformed, unauthorized, rejected, too-large); after any other the clerk tries again. When a try before it may have taken effect, the error of that try is handed on.',
    why: 'An application that is told overloaded has to write the loop that the clerk is there for; one whose request can never be right hangs if the clerk asks for ever.',
    hint: 'docs/errors.md says of each error what to do. Which codes does the clerk know as final, and what becomes of all others? And what does it remember of the tries before the last one: a refusal speaks of one try only.',
  },
  async (lab) => {
    await lab.startReplicas(2);
    const clerk = lab.clerk();
    await clerk.put('k', 'begun,');
    for (const code of passing) {
      lab.refuseNext(clerk.name, [code, ...lab.pick([[], [lab.pick(passing)]])]);
      await lab.finish(clerk.append('k', `${lab.freshValue()},`));
    }
    for (const code of ['malformed', 'unauthorized', 'rejected'] as const) {
      let endRefusals = lab.refuseAll(clerk.name, code);
      await clerk.expectError(lab.appendOf('k'), code);
      endRefusals();
      // Replicas say that of an operation whose number is past, and no try before it was another.
      if (code === 'rejected') continue;
      // One of the tries before it may have been done, and the last ones say nothing about that.
      const doubt = lab.pick(['view-changed', 'connection-lost'] as const);
      const refusals = lab.pick([[], ['not-primary'], ['overloaded', 'refused']] as const);
      endRefusals = lab.refuseAll(clerk.name, code, doubt, ...refusals);
      const tries = [doubt, ...refusals, code].join(', ');
      const because = `its tries ended with ${tries}: the first may have taken effect`;
      await clerk.expectError(lab.appendOf('k'), doubt, because);
      endRefusals();
      await lab.finish(clerk.append('k', `${lab.freshValue()},`));
    }
    await lab.readAll(['k']);
  },
);

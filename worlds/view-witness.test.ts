/** Legal talk between servers and view service, and talk that would be a place to keep data in. */

import { view } from '../labtests/part-a-view-service/language/views';
import { replicaRole, viewServerRole } from '../labtests/primary-backup/roles';
import type { CallResult } from '../runtime/node-io';
import type { View } from '../viewservice/api';
import { ViewWitness } from './view-witness';

/** Servers and a view service whose words are told one by one. */
class Talk {
  private readonly witness = new ViewWitness((name) => /^[sc]\d$/.test(name));
  private nowMs = 0;
  private id = 0;

  passes(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  ticks(count: number): this {
    const role = viewServerRole;
    for (let i = 0; i < count; i += 1)
      this.witness.see('vs', role, { type: 'tick' }, [], this.nowMs);
    return this;
  }

  restarts(): this {
    const role = viewServerRole;
    this.witness.see('vs', role, { type: 'start' }, [], this.nowMs);
    return this;
  }

  /** A server pings, and is answered with a view, an error, or not at all. */
  ping(server: string, viewnum: number, answer?: View | 'overloaded', from = server): this {
    this.id += 1;
    const { id, nowMs } = this;
    const call = 'ViewService.ping';
    const body = JSON.stringify({ server, viewnum });
    const replica = replicaRole('vs');
    const request = { type: 'request', to: 'vs', id, call, body } as const;
    this.witness.see(from, replica, { type: 'tick' }, [request], nowMs);
    const result: CallResult =
      answer === 'overloaded'
        ? { error: { code: 'overloaded', message: 'secret' } }
        : { reply: answer };
    const response = { type: 'response', to: from, id, body: JSON.stringify(result) } as const;
    const role = viewServerRole;
    const input = { type: 'request', from, id, call, body } as const;
    this.witness.see('vs', role, input, answer === undefined ? [] : [response], nowMs);
    return this;
  }

  get problem(): string | undefined {
    const { problem } = this.witness;
    return problem && `${problem.expected}: ${problem.actual}`;
  }
}

/** View 2, (s1, s2), acknowledged, and s3 idle. */
const pair = () =>
  new Talk()
    .ping('s1', 0, view(1, 's1'))
    .ping('s2', 0, view(1, 's1'))
    .ping('s1', 1, view(2, 's1', 's2'))
    .ping('s1', 2, view(2, 's1', 's2'))
    .ping('s3', 0, view(2, 's1', 's2'));

test.each<[string, Talk]>([
  ['nothing but views', pair()],
  [
    'a primary that dies, and comes back the moment nobody knows of the next view',
    pair()
      .passes(600)
      .ping('s1', 2, view(3, 's2', 's3')),
  ],
  [
    'five ticks in less time, as after a pause of the view service',
    pair()
      .passes(300)
      .ticks(5)
      .ping('s2', 2, view(3, 's2', 's3')),
  ],
  ['a restart', pair().ping('s1', 0, view(3, 's2', 's3'))],
  [
    'a backup that restarted before anybody knew of its view',
    pair()
      .passes(600)
      .ping('s3', 0, view(3, 's2', 's3'))
      .ping('s2', 3, view(4, 's2'))
      .ping('s3', 0, view(4, 's2')),
  ],
  ['a view service that restarts', pair().restarts().ping('s1', 2, view(0))],
])('%s: nothing to object to', (_what, talk) => {
  expect(talk.problem).toBeUndefined();
});

test.each<[string, Talk, string]>([
  [
    'a ping under another name',
    pair().ping('!secret', 0, view(2, 's1', 's2'), 's1'),
    's1 to ping under its own address: it pinged as "!secret"',
  ],
  [
    'a ping with a number that no view has had',
    pair().ping('s1', 2 ** 50, view(2, 's1', 's2')),
    's1 to ping 0, or a number that a view has had: it pinged 1125899906842624',
  ],
  [
    'a view of nobody',
    pair()
      .passes(600)
      .ping('s2', 2, view(3, 's2', 'secret')),
    'views of servers that have pinged: view 2 (primary s1, backup s2) was followed by view 3',
  ],
  ['an old view', pair().ping('s1', 2, view(1, 's1')), 'view numbers that rise one by one'],
  ['one number for two', pair().ping('s1', 2, view(2, 's1', 's3')), 'view numbers that rise'],
  [
    'a change of the backup without a reason',
    pair().ping('s1', 2, view(3, 's1', 's3')),
    's2, which pings, to stay in the view',
  ],
  [
    'two that change places without a reason',
    pair().ping('s1', 2, view(3, 's2', 's1')),
    's1, which pings, to stay primary',
  ],
  ['an error', pair().ping('s1', 2, 'overloaded'), 'it replied with the error overloaded'],
  ['silence', pair().ping('s1', 2), 'to answer ViewService.ping of s1 at once'],
])('%s is found out', (_what, talk, words) => {
  expect(talk.problem).toContain(words);
});

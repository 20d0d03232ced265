/** Replicas and clerks with one flaw each, as students write them; in pbservice/server.ts unless told. */
import type { Flaw } from './broken-solution';

const acceptsForwards = '    if (this.isBackup() && this.view.viewnum === viewnum) return;\n';
const positionChecks = `    // It came before: only its reply was lost, or it was duplicated on the way.
    if (position < this.position) return {};
    if (position > this.position) {
      throw new RpcError('not-initialised', \`forward \${position} came before \${this.position}\`);
    }
`;
const forwardAndWait =
  '      if (view.backup !== null && !(await this.forwardBatch(view, view.backup, batch))) break;\n';
const seesNoView = 'this.stateView = view.viewnum === 0 ? 0 : null;';
const pingsWith =
  'this.isPrimary() && !this.holdsState() ? (this.stateView ?? 0) : this.view.viewnum';

export const replicaFlaws: readonly Flaw[] = [
  {
    name: 'the primary answers reads from its own memory',
    replacements: [
      [
        '    const same = this.waitingOf.get(client);\n',
        `    if (request.operation.op === 'get' && this.holdsState()) {
      const outcome = this.state.apply(request);
      if ('result' in outcome) return Promise.resolve(outcome.result);
    }
    const same = this.waitingOf.get(client);
`,
      ],
    ],
    meant: ['B13', 'B14', 'B24'],
    actual: /^stale read: client direct\d+ read/,
  },
  {
    name: 'the primary answers before its backup has the operation',
    replacements: [
      [
        forwardAndWait,
        '      if (view.backup !== null) void this.forwardBatch(view, view.backup, batch);\n',
      ],
      [positionChecks, ''],
    ],
    meant: ['B4', 'B9b'],
    actual: /^lost append: .* had been acknowledged$/,
  },
  {
    name: 'a forward that failed counts as done',
    replacements: [
      [
        `    const accepted = await this.untilDone(view, () =>
      backup.forward({ viewnum, position: this.position, requests }),
    );
    if (accepted) this.position += 1;
    return accepted;
`,
        `    await backup.forward({ viewnum, position: 0, requests }).catch(() => undefined);
    return true;
`,
      ],
      [positionChecks, ''],
    ],
    meant: ['B14', 'B16b'],
    actual: /^(lost append|stale read): .* had been acknowledged$/,
  },
  {
    name: 'there is no duplicate table',
    file: 'pbservice/state-machine.ts',
    replacements: [
      ['    if (last !== undefined && seq === last.seq) return { result: last.result };\n', ''],
      ['if (last !== undefined && seq < last.seq) {', 'if (last !== undefined && seq < 0) {'],
    ],
    meant: ['B9a', 'B9b', 'B9c'],
    actual: /^duplicate append: .* twice$/,
  },
  {
    name: 'the duplicate table is not transferred',
    file: 'pbservice/state-machine.ts',
    replacements: [
      [
        `    for (const [client, { seq, result }] of this.lastWrites) {
      yield { of: 'duplicates', client, seq, value: result.value };
    }
`,
        '',
      ],
    ],
    meant: ['B9c'],
    actual: /^duplicate append: .* twice$/,
  },
  {
    name: 'forwards are accepted whatever view they are from',
    replacements: [[acceptsForwards, '    if (this.isBackup()) return;\n']],
    meant: ['B34', 'B16b'],
    actual: /^lost append: .* had been acknowledged$/,
  },
  {
    name: 'the view is acknowledged before the backup has the state',
    replacements: [[pingsWith, 'this.view.viewnum']],
    meant: ['B19'],
    actual: /^s1 pinged with 2$/,
  },
  {
    name: 'a late state transfer overwrites newer state',
    replacements: [
      ['    if (this.holdsState()) return {};\n', ''],
      [
        `      this.stateView = viewnum;
      this.position = 0;
      this.incoming = null;
`,
        `      if (this.stateView !== viewnum) this.position = 0;
      this.stateView = viewnum;
      this.incoming = null;
`,
      ],
    ],
    meant: ['B22'],
    actual: /^(stale read|lost append|lost acknowledged write): /,
  },
  {
    name: 'forwards are sent without waiting for each other',
    replacements: [
      [positionChecks, ''],
      [
        `      const batch = this.nextBatch();\n${forwardAndWait}`,
        `      const batch = this.queue.slice(0, 1);
      if (view.backup !== null) {
        const [waiting] = batch as [Waiting];
        this.queue = this.queue.slice(1);
        void this.forwardBatch(view, view.backup, batch).then((accepted) => {
          if (accepted) this.finish(waiting);
          else {
            this.waitingOf.delete(waiting.request.client);
            waiting.reject(this.notPrimary());
          }
        });
        continue;
      }
`,
      ],
    ],
    meant: ['B23'],
    actual: /^(no order works|stale read|lost append|reordered append|lost acknowledged write): /,
  },
  {
    name: 'the state stands in a variable of the module',
    replacements: [
      ['export class PbServer', 'const theState = new StateMachine();\nexport class PbServer'],
      ['  private state = new StateMachine();', '  private state = theState;'],
      ['    for (const request of requests) this.state.apply(request);\n', ''],
      ['      this.state = incoming.state;\n', ''],
    ],
    meant: ['B28', 'B2', 'B4'],
    actual: /servers share no memory, neither module variables nor static fields/,
  },
  {
    name: 'a lone primary that restarted serves from its empty memory',
    replacements: [
      [
        seesNoView,
        'this.stateView = view.viewnum === 0 ? 0 : view.primary === this.runtime.address ? view.viewnum - 1 : null;',
      ],
    ],
    meant: ['B32'],
    actual: /^it returned null$/,
  },
  {
    name: 'the clerk counts up for each retry',
    file: 'client/clerk.ts',
    replacements: [
      [
        '        return await this.attempt(request, leftMs);',
        '        request.seq = this.lastSeq++;\n        return await this.attempt(request, leftMs);',
      ],
    ],
    meant: ['B9a', 'B9b'],
    actual: /^duplicate append: .* twice$/,
  },
  {
    name: 'the clerk never asks again who is primary',
    file: 'client/clerk.ts',
    replacements: [
      ['        this.primary = null;\n', ''],
      [
        '    const primary = this.primary ?? (await this.findPrimary(limit));\n',
        '    const primary = this.primary ?? (await this.findPrimary(limit));\n    this.primary = primary;\n',
      ],
    ],
    meant: ['B26'],
    actual: /^\d+ still waits? at \d+ ms$/,
  },
  {
    name: 'the clerk retries without a pause',
    file: 'client/clerk.ts',
    replacements: [
      [
        '      await this.runtime.sleep(Math.min(jitteredMs, Math.max(0, deadline - this.runtime.now())));\n',
        '      void jitteredMs;\n',
      ],
    ],
    meant: ['B35b'],
    actual: /^\d{4,} messages in 6 seconds$/,
  },
  {
    name: 'the clerk asks the view service for each operation',
    file: 'client/clerk.ts',
    replacements: [
      ['this.primary ?? (await this.findPrimary(limit))', 'await this.findPrimary(limit)'],
    ],
    meant: ['B3'],
    actual: /^it asked 60 times$/,
  },
];

/** View services with one flaw each, as students write them (and some that nobody should). */
import type { Flaw } from './broken-solution';

/** In viewservice/rules.ts unless told. */
export interface ViewServiceFlaw extends Flaw {
  /** What the first of the scenarios meant for it expected. */
  readonly expected: RegExp;
}

const view = String.raw`view \d+ \(primary \S+, backup \S+\)`;
const someView = new RegExp(`^${view}( at tick \\d+)?$`);
const someStep = new RegExp(`^${view} was followed by ${view}$`);

export const viewServiceFlaws: readonly ViewServiceFlaw[] = [
  {
    name: 'no acknowledgement rule',
    replacements: [['  if (!state.acknowledged) return state;\n', '']],
    meant: ['A11a', 'A4', 'A12', 'A19'],
    expected: /^view \d to stay until its primary s\d has pinged \d$/,
    actual: someStep,
  },
  {
    name: 'the backup can acknowledge',
    replacements: [
      [
        'server === state.view.primary && viewnum ===',
        'isMember(state.view, server) && viewnum ===',
      ],
    ],
    meant: ['A11b', 'A11a', 'A12'],
    expected: /^view [23] to stay until its primary s\d has pinged [23]$/,
    actual: someStep,
  },
  {
    name: 'anybody can acknowledge',
    replacements: [['server === state.view.primary && viewnum ===', 'viewnum ===']],
    meant: ['A11b'],
    expected: /^view [23] to stay until its primary s\d has pinged [23]$/,
    actual: someStep,
  },
  {
    name: 'any number but 0 acknowledges',
    replacements: [['viewnum === state.view.viewnum && !restarted', 'viewnum !== 0 && !restarted']],
    meant: ['A15a'],
    expected: /^view [23] to stay until its primary s\d has pinged [23]$/,
    actual: someStep,
  },
  {
    name: 'a number that no view has had yet acknowledges',
    replacements: [
      [
        'viewnum === state.view.viewnum && !restarted',
        'viewnum >= state.view.viewnum && !restarted',
      ],
    ],
    meant: ['A15a'],
    expected: /^view [23] to stay until its primary s\d has pinged [23]$/,
    actual: someStep,
  },
  {
    name: 'the acknowledgement of the view before still counts',
    replacements: [
      [
        '    acknowledged: false,\n    // Whoever',
        '    acknowledged: state.acknowledged,\n    // Whoever',
      ],
    ],
    meant: ['A12', 'A11a'],
    expected: /^view 2 to stay until its primary s\d has pinged 2$/,
    actual: someStep,
  },
  {
    name: 'a late ping of the primary takes its acknowledgement back',
    replacements: [
      [
        'acknowledged: state.acknowledged || acknowledges',
        'acknowledged: server === state.view.primary ? acknowledges : state.acknowledged',
      ],
    ],
    meant: ['A15b'],
    expected:
      /^view 3 .*: s\d, the primary, is dead; it had acknowledged view 2, and pinged 1 late$/,
    actual: someView,
  },
  {
    name: 'a primary that restarted goes unnoticed',
    replacements: [
      ['viewnum === 0 && isMember(view, server)', 'viewnum === 0 && server === view.backup'],
    ],
    meant: ['A8a', 'A8b', 'A19'],
    expected:
      /^view 3 \(primary s\d, backup s\d or .*\): s\d, the primary, has restarted: it pinged 0$/,
    actual: someView,
  },
  {
    name: 'a backup that restarted goes unnoticed',
    replacements: [
      ['viewnum === 0 && isMember(view, server)', 'viewnum === 0 && server === view.primary'],
    ],
    meant: ['A9', 'A19'],
    expected:
      /^view 3 \(primary s\d, backup nobody.*\): s\d, the backup, has restarted: it pinged 0$/,
    actual: someView,
  },
  {
    name: 'a primary that restarted is forgiven at its next ping',
    replacements: [['(before?.restarted ?? false) || isRestart(', 'isRestart(']],
    meant: ['A8b'],
    expected: /^view \d \(.*\) to stay: s\d has restarted/,
    actual: someView,
  },
  {
    name: 'a primary without backup may restart',
    replacements: [
      [
        'viewnum === 0 && isMember(view, server)',
        'viewnum === 0 && view.backup !== null && isMember(view, server)',
      ],
    ],
    meant: ['A8b'],
    expected: /^view \d \(.*\) to stay: s\d has restarted/,
    actual: someView,
  },
  {
    name: 'a ping of 0 is forgotten in view 1',
    replacements: [['view.viewnum === 1 && !acknowledged', 'view.viewnum === 1']],
    meant: ['A8b'],
    expected: /^view 1 \(.*\) to stay: s\d has restarted/,
    actual: someView,
  },
  {
    name: 'a first ping that comes twice counts as a restart',
    replacements: [['view.viewnum === 1 && !acknowledged', 'false']],
    meant: ['A15b', 'A4'],
    expected: /^view 2 .*: s\d has acknowledged view 1/,
    actual: someView,
  },
  {
    name: 'an idle server is promoted when primary and backup are gone',
    replacements: [
      [
        '  return undefined;\n}\n',
        '  return idle[0] ? { primary: idle[0], backup: idle[1] ?? null } : undefined;\n}\n',
      ],
    ],
    meant: ['A17', 'A16a', 'A8b'],
    expected: /^only the backup of a view to become primary of the next$/,
    actual: someStep,
  },
  {
    name: 'the view is emptied when everybody is dead',
    replacements: [['  return undefined;\n}\n', '  return { primary: null, backup: null };\n}\n']],
    meant: ['A16a', 'A17', 'A8b'],
    expected: /^a primary in every view from view 1 on$/,
    actual: someStep,
  },
  {
    name: 'views start from scratch when everybody is dead',
    file: 'viewservice/server.ts',
    replacements: [
      [
        '    this.state = next;\n',
        '    const isOver = before.view.viewnum > 0 && next.servers.every((one) => one.missedPings >= 5);\n' +
          '    this.state = isOver ? rules.initialState : next;\n    next = this.state;\n',
      ],
    ],
    meant: ['A16a'],
    expected: /^view numbers that never go back$/,
    actual: someStep,
  },
  {
    name: 'a failover in two steps',
    replacements: [['backup: idle[0] ?? returned ?? null', 'backup: null']],
    meant: ['A7', 'A19'],
    expected: /^view 3 .*: s\d, the primary, is dead, and .* had no part in the view$/,
    actual: someView,
  },
  {
    name: 'a dead backup is replaced in two steps',
    replacements: [
      [
        'keepsState(view.backup) ? view.backup : (idle[0] ?? null)',
        'keepsState(view.backup) ? view.backup : view.backup ? null : (idle[0] ?? null)',
      ],
    ],
    meant: ['A10b', 'A19'],
    expected: /^view 3 .*: s\d, the backup, is dead, and .* had no part in the view$/,
    actual: someView,
  },
  {
    name: 'a dead backup stays',
    replacements: [
      [
        'keepsState(view.backup) ? view.backup : (idle[0] ?? null)',
        'view.backup ?? idle[0] ?? null',
      ],
    ],
    meant: ['A10a', 'A10b', 'A9'],
    expected: /^view 3 \(primary s\d, backup nobody\): s\d, the backup, was silent for 6 ticks$/,
    actual: someView,
  },
  {
    name: 'a dead primary becomes backup',
    replacements: [['const returned = alive.find(', 'const returned = servers.find(']],
    meant: ['A5b'],
    expected: /^view 3 \(primary s\d, backup nobody\): s\d, the primary, was silent for 6 ticks$/,
    actual: someView,
  },
  {
    name: 'idle servers never expire',
    replacements: [
      [
        'isMember(state.view, record.server) || isAlive(record, deadPings)',
        'true || isMember(state.view, record.server) || isAlive(record, deadPings)',
      ],
      ['const idle = alive.map(', 'const idle = servers.map('],
    ],
    meant: ['A13', 'A19'],
    expected: /^view \d .*: s\d was idle, but has long been dead$/,
    actual: someView,
  },
  {
    name: 'whoever was dead once is never idle again',
    replacements: [
      [
        'missedPings: 0, restarted }',
        'missedPings: before && before.missedPings >= deadPings ? deadPings : 0, restarted }',
      ],
      ['isMember(state.view, record.server) || isAlive(record, deadPings)', 'record !== undefined'],
    ],
    meant: ['A6', 'A16b'],
    expected: /^view 4 .*: s\d is back, and there is no backup$/,
    actual: someView,
  },
  {
    name: 'a primary that looked dead is never trusted again',
    replacements: [
      [
        'missedPings: record.missedPings + 1 }',
        'missedPings: record.missedPings + 1, restarted: record.restarted || record.missedPings > 4 }',
      ],
    ],
    meant: ['A16b', 'A17'],
    expected: /^view 3 .*: s\d, which never restarted, is back as primary, and its backup is dead$/,
    actual: someView,
  },
  {
    name: 'a promoted server is its own backup',
    replacements: [
      ['backup: idle[0] ?? returned ?? null', 'backup: idle[0] ?? returned ?? view.backup'],
    ],
    meant: ['A5b'],
    expected: /^two different servers as primary and backup$/,
    actual: someStep,
  },
  {
    name: 'a number is raised without a change',
    replacements: [
      ['  if (next.primary === view.primary && next.backup === view.backup) return state;\n', ''],
    ],
    meant: ['A14', 'A2'],
    expected: /^successive views to differ in primary or backup$/,
    actual: someStep,
  },
  {
    name: 'a number is raised by two',
    replacements: [['view.viewnum + 1', 'view.viewnum + 2']],
    meant: ['A14', 'A3'],
    expected: /^view numbers that rise one by one$/,
    actual: someStep,
  },
  {
    name: 'a new configuration keeps the number',
    replacements: [['view.viewnum + 1', 'view.viewnum + (next.primary === view.primary ? 0 : 1)']],
    meant: ['A14', 'A3'],
    expected: /^a new number with each new configuration$/,
    actual: someStep,
  },
  {
    name: 'dead one tick too early',
    replacements: [['record.missedPings < deadPings;', 'record.missedPings < deadPings - 1;']],
    meant: ['A5a', 'A10a', 'A18a', 'A19'],
    expected: /^view 2 .*: s\d, the primary, has missed 4 pings, which is not enough to be dead$/,
    actual: someView,
  },
  {
    name: 'dead one tick too late',
    replacements: [['record.missedPings < deadPings;', 'record.missedPings <= deadPings + 1;']],
    meant: ['A5b', 'A10a', 'A19'],
    expected: /^view 3 .*: s\d, the primary, was silent for 6 ticks$/,
    actual: someView,
  },
  {
    name: 'time counted in pings instead of ticks',
    file: 'viewservice/server.ts',
    replacements: [
      [
        'rules.ping(this.state, server, viewnum, this.options.deadPings)',
        'rules.ping(rules.tick(this.state, 5), server, viewnum, 5)',
      ],
      ['    this.enter(rules.tick(this.state, this.options.deadPings));\n', ''],
    ],
    meant: ['A5a', 'A18b', 'A19'],
    expected: /^view 2 .*: s\d, the primary, has missed \d pings?, which is not enough to be dead$/,
    actual: someView,
  },
  {
    name: 'get counts as a tick',
    file: 'viewservice/server.ts',
    replacements: [
      ['    return this.state.view;\n', '    return this.enter(rules.tick(this.state, 5));\n'],
    ],
    meant: ['A18a'],
    expected: /^view 2 .*: s\d has missed only 4 pings, but many have looked$/,
    actual: someView,
  },
  {
    name: 'get acknowledges',
    file: 'viewservice/server.ts',
    replacements: [
      [
        '    return this.state.view;\n',
        '    this.state = { ...this.state, acknowledged: this.state.view.viewnum > 0 };\n' +
          '    return this.state.view;\n',
      ],
    ],
    meant: ['A18a'],
    expected: /^view \d to stay until its primary s\d has pinged \d$/,
    actual: someStep,
  },
  {
    name: 'only a server that pings right now can become backup',
    replacements: [
      [
        'const idle = alive.map(',
        'const idle = alive.filter((record) => record.server === pinging).map(',
      ],
      ['export const initialState', 'let pinging = "";\n\nexport const initialState'],
      [
        '  const before = state.servers.find(',
        '  pinging = server;\n  const before = state.servers.find(',
      ],
      ['  const servers = state.servers\n', '  pinging = "";\n  const servers = state.servers\n'],
    ],
    meant: ['A4', 'A7', 'A19'],
    expected: /^view 2 .*: s\d has acknowledged view 1, and s\d waits$/,
    actual: someView,
  },
  {
    name: 'only a server that pings 0 is taken for idle',
    replacements: [
      [
        '    : [...state.servers, record];',
        '    : viewnum === 0 ? [...state.servers, record] : state.servers;',
      ],
    ],
    meant: ['A6'],
    expected: /^view 4 .*: s\d is back, and there is no backup$/,
    actual: someView,
  },
  {
    name: 'views start with number 1',
    replacements: [['{ view: noView, ack', '{ view: { ...noView, viewnum: 1 }, ack']],
    meant: ['A1'],
    expected: /^view numbers|^a primary in every view from view 1 on$/,
    actual: someStep,
  },
];

/** Where correct designs differ: view services that must pass everything. */
export const otherDesigns: readonly Pick<Flaw, 'name' | 'replacements'>[] = [
  {
    name: 'dead at tick 6 instead of 5',
    replacements: [['record.missedPings < deadPings;', 'record.missedPings <= deadPings;']],
  },
  {
    name: 'all changes with the next tick',
    replacements: [
      [
        '  return advance(\n    { ...state, servers, ack',
        '  return (\n    { ...state, servers, ack',
      ],
      ['acknowledges },\n    deadPings,\n', 'acknowledges }\n'],
    ],
  },
  {
    name: 'the idle server that came last is taken first',
    replacements: [
      ['(idle[0] ?? null)', '(idle.at(-1) ?? null)'],
      ['idle[0] ?? returned', 'idle.at(-1) ?? returned'],
    ],
  },
  {
    name: 'a primary that restarted has to wait for the next view',
    replacements: [['idle[0] ?? returned ?? null', 'idle[0] ?? null']],
  },
  {
    name: 'a primary that restarted comes before idle servers',
    replacements: [['idle[0] ?? returned ?? null', 'returned ?? idle[0] ?? null']],
  },
  {
    name: 'a backup that restarted is only taken out',
    replacements: [
      [
        'keepsState(view.backup) ? view.backup : (idle[0] ?? null)',
        'keepsState(view.backup) ? view.backup : ' +
          'alive.some((record) => record.server === view.backup) ? null : (idle[0] ?? null)',
      ],
    ],
  },
  {
    name: 'a restart before the acknowledgement does not count',
    replacements: [
      [
        'viewnum === 0 && isMember(view, server)',
        'viewnum === 0 && acknowledged && isMember(view, server)',
      ],
    ],
  },
  {
    name: 'silence measured by the clock',
    replacements: [
      ['record.missedPings < deadPings;', 'Date.now() - (lastPing.get(record.server) ?? 0) < 500;'],
      [
        'export const initialState',
        'const lastPing = new Map<Address, number>();\n\nexport const initialState',
      ],
      [
        '  const before = state.servers.find(',
        '  lastPing.set(server, Date.now());\n  const before = state.servers.find(',
      ],
    ],
  },
];

/** The rules of the view service, one sentence a test. Time is a number of ticks. */
import fc from 'fast-check';
import { noView, type View } from './api';
import { initialState, maxServers, ping, tick, type ViewState } from './rules';

const deadPings = 5;

/** Writes down what happens, step by step, and remembers the state. */
class Story {
  state: ViewState = initialState;

  ping(server: string, viewnum: number): View {
    this.state = ping(this.state, server, viewnum, deadPings);
    return this.state.view;
  }

  /** Time passes, in which the servers given go on pinging with these numbers. */
  ticks(count: number, pinging: Record<string, number> = {}): View {
    for (let passed = 0; passed < count; passed += 1) {
      this.state = tick(this.state, deadPings);
      for (const [server, viewnum] of Object.entries(pinging)) this.ping(server, viewnum);
    }
    return this.state.view;
  }

  get view(): View {
    return this.state.view;
  }
}

const view = (viewnum: number, primary: string | null, backup: string | null): View => ({
  viewnum,
  primary,
  backup,
});

/** View 2, (s1, s2), acknowledged; then each idle server pings once. */
function pair(...idle: string[]): Story {
  const story = new Story();
  story.ping('s1', 0);
  story.ping('s1', 1);
  story.ping('s2', 0);
  story.ping('s1', 2);
  for (const server of idle) story.ping(server, 0);
  return story;
}

describe('the first views', () => {
  test('before any ping there is view 0, with nobody in it', () => {
    expect(initialState.view).toEqual(noView);
    expect(new Story().ticks(20)).toEqual(view(0, null, null));
  });

  test('the first server to ping becomes primary of view 1, without a backup', () => {
    expect(new Story().ping('s1', 0)).toEqual(view(1, 's1', null));
  });

  test('the first server may ping 0 again before it knows of view 1', () => {
    const story = new Story();
    story.ping('s1', 0);
    story.ping('s1', 0);
    story.ping('s1', 1);
    expect(story.ping('s2', 0)).toEqual(view(2, 's1', 's2'));
  });

  test('once view 1 is acknowledged, the second server becomes backup, in view 2', () => {
    const story = new Story();
    story.ping('s1', 0);
    expect(story.ping('s1', 1)).toEqual(view(1, 's1', null));
    expect(story.ping('s2', 0)).toEqual(view(2, 's1', 's2'));
  });

  test('if the second server was there before, the acknowledgement itself makes view 2', () => {
    const story = new Story();
    story.ping('s1', 0);
    expect(story.ping('s2', 0)).toEqual(view(1, 's1', null));
    expect(story.ping('s1', 1)).toEqual(view(2, 's1', 's2'));
  });
});

describe('a primary that dies', () => {
  test('is not replaced one tick too early', () => {
    expect(pair().ticks(deadPings - 1, { s2: 2 })).toEqual(view(2, 's1', 's2'));
  });

  test('is replaced by the backup after deadPings missed pings, in the next view', () => {
    expect(pair().ticks(deadPings, { s2: 2 })).toEqual(view(3, 's2', null));
  });

  test('a ping in the last moment counts', () => {
    const story = pair();
    story.ticks(deadPings - 1, { s2: 2 });
    story.ping('s1', 2);
    expect(story.ticks(deadPings - 1, { s2: 2 })).toEqual(view(2, 's1', 's2'));
    expect(story.ticks(1, { s2: 2 })).toEqual(view(3, 's2', null));
  });

  test('comes back as backup if there is none', () => {
    const story = pair();
    story.ticks(deadPings, { s2: 2 });
    story.ping('s2', 3);
    expect(story.ping('s1', 2)).toEqual(view(4, 's2', 's1'));
  });

  test('an idle server becomes backup in the very view that promotes the backup', () => {
    const story = pair('s3');
    expect(story.ticks(deadPings, { s2: 2, s3: 2 })).toEqual(view(3, 's2', 's3'));
  });

  test('when it pings 0 it has restarted, and is treated as dead at once', () => {
    expect(pair('s3').ping('s1', 0)).toEqual(view(3, 's2', 's3'));
  });

  test('when it restarted and nobody is idle, it is the next backup itself', () => {
    expect(pair().ping('s1', 0)).toEqual(view(3, 's2', 's1'));
  });

  test('a lone primary that restarted stays primary of its view, for ever: nobody has the data', () => {
    const story = new Story();
    story.ping('s1', 0);
    story.ping('s1', 1);
    story.ping('s1', 0);
    story.ping('s1', 1);
    expect(story.ping('s2', 0)).toEqual(view(1, 's1', null));
    expect(story.ticks(20, { s1: 1, s2: 1 })).toEqual(view(1, 's1', null));
  });
});

describe('a backup that dies', () => {
  test('is removed', () => {
    expect(pair().ticks(deadPings, { s1: 2 })).toEqual(view(3, 's1', null));
  });

  test('is replaced by an idle server in one change', () => {
    expect(pair('s3').ticks(deadPings, { s1: 2, s3: 2 })).toEqual(view(3, 's1', 's3'));
  });

  test('when it pings 0 it has restarted, and needs a new view to be initialised anew', () => {
    const story = pair();
    expect(story.ping('s2', 0)).toEqual(view(3, 's1', null));
    expect(story.ping('s1', 3)).toEqual(view(4, 's1', 's2'));
  });

  test('once initialised anew it is a backup like any other', () => {
    const story = pair();
    story.ping('s2', 0);
    story.ping('s1', 3);
    story.ping('s1', 4);
    expect(story.ticks(deadPings - 1, { s1: 4, s2: 4 })).toEqual(view(4, 's1', 's2'));
    expect(story.ticks(deadPings, { s2: 4 })).toEqual(view(5, 's2', null));
  });

  test('when it restarted, an idle server comes before it', () => {
    expect(pair('s3').ping('s2', 0)).toEqual(view(3, 's1', 's3'));
  });
});

describe('acknowledgement', () => {
  /** View 3, (s2, s3), which s2 has not acknowledged. */
  function unacknowledged(): Story {
    const story = pair('s3');
    story.ticks(deadPings, { s2: 2, s3: 2 });
    expect(story.view).toEqual(view(3, 's2', 's3'));
    return story;
  }

  test.each<[string, Record<string, number>]>([
    ['the primary', { s3: 3 }],
    ['the backup', { s2: 2 }],
    ['both', {}],
  ])('a view stays until it is acknowledged, though %s looks dead for long', (_who, pinging) => {
    expect(unacknowledged().ticks(50, { ...pinging, s4: 0 })).toEqual(view(3, 's2', 's3'));
  });

  test('the backup of a view that was never acknowledged does not become primary', () => {
    const story = unacknowledged();
    story.ping('s3', 3);
    expect(story.ping('s2', 0)).toEqual(view(3, 's2', 's3'));
    expect(story.ticks(50, { s3: 3 })).toEqual(view(3, 's2', 's3'));
  });

  test('what became necessary meanwhile happens at the acknowledgement', () => {
    const story = unacknowledged();
    story.ticks(50, { s2: 2 });
    expect(story.ping('s2', 3)).toEqual(view(4, 's2', null));
  });

  test.each<[string, string, number]>([
    ['an older number', 's2', 2],
    ['a number never issued', 's2', 4],
    ['the number of the view, from its backup', 's3', 3],
    ['the number of the view, from an idle server', 's4', 3],
    ['the number of the view, from the primary before', 's1', 3],
  ])('%s acknowledges nothing', (_what, server, viewnum) => {
    const story = unacknowledged();
    story.ping(server, viewnum);
    expect(story.state.acknowledged).toBe(false);
    expect(story.ticks(50, { s3: 3 })).toEqual(view(3, 's2', 's3'));
  });

  test('a late, duplicated ping of the primary does not take an acknowledgement back', () => {
    const story = pair();
    story.ping('s1', 1);
    story.ping('s1', 2);
    story.ping('s1', 1);
    expect(story.ticks(deadPings, { s2: 2 })).toEqual(view(3, 's2', null));
  });

  test('a backup that restarted before the acknowledgement leaves the view with it', () => {
    const story = unacknowledged();
    story.ping('s3', 0);
    expect(story.ping('s3', 3)).toEqual(view(3, 's2', 's3'));
    expect(story.ping('s2', 3)).toEqual(view(4, 's2', null));
    expect(story.ping('s2', 4)).toEqual(view(5, 's2', 's3'));
  });

  test('a backup that restarted does not inherit, though the primary that acknowledges dies at once', () => {
    const story = unacknowledged();
    story.ticks(deadPings, { s3: 3 });
    story.ping('s3', 0);
    // The acknowledgement is the last that is ever heard of the primary.
    story.ping('s2', 3);
    expect(story.view).toEqual(view(4, 's2', null));
    expect(story.ticks(50, { s3: 4 })).toEqual(view(4, 's2', null));
  });

  test('primary and backup restart before the acknowledgement: the view stays for ever', () => {
    const story = unacknowledged();
    story.ping('s3', 0);
    story.ping('s2', 0);
    expect(story.ping('s2', 3)).toEqual(view(3, 's2', 's3'));
    expect(story.ticks(50, { s2: 3, s3: 3, s4: 0 })).toEqual(view(3, 's2', 's3'));
  });

  test('an idle server that restarted before it was named is a backup like any other', () => {
    const story = new Story();
    story.ping('s1', 0);
    for (const viewnum of [0, 1, 0]) story.ping('s2', viewnum);
    expect(story.ping('s1', 1)).toEqual(view(2, 's1', 's2'));
    story.ping('s2', 2);
    expect(story.ping('s1', 2)).toEqual(view(2, 's1', 's2'));
  });

  test('a server that was named backup and pings 0 before it can know has restarted, too', () => {
    const story = new Story();
    story.ping('s1', 0);
    story.ping('s2', 0);
    expect(story.ping('s1', 1)).toEqual(view(2, 's1', 's2'));
    story.ping('s2', 0);
    expect(story.ping('s1', 2)).toEqual(view(3, 's1', null));
    expect(story.ping('s1', 3)).toEqual(view(4, 's1', 's2'));
  });

  test('a primary that restarted cannot acknowledge: it has no state to offer', () => {
    const story = unacknowledged();
    story.ping('s2', 0);
    story.ping('s2', 3);
    expect(story.ticks(50, { s2: 3, s3: 3 })).toEqual(view(3, 's2', 's3'));
  });
});

describe('nobody left who has the data', () => {
  test('everybody dies: the view stays, and a stranger does not become primary', () => {
    const story = pair();
    expect(story.ticks(50)).toEqual(view(2, 's1', 's2'));
    expect(story.ticks(50, { s9: 0 })).toEqual(view(2, 's1', 's2'));
  });

  test('the acknowledged primary comes back without having restarted: it carries on', () => {
    const story = pair();
    story.ticks(50);
    expect(story.ping('s1', 2)).toEqual(view(3, 's1', null));
    story.ping('s1', 3);
    expect(story.ping('s9', 0)).toEqual(view(4, 's1', 's9'));
  });

  test('primary and backup die together: an idle server is not promoted', () => {
    expect(pair('s3').ticks(50, { s3: 2 })).toEqual(view(2, 's1', 's2'));
  });

  test('primary and backup restart together: nobody is promoted, not even they', () => {
    const story = pair();
    story.state = tick(story.state, deadPings);
    story.ping('s2', 0);
    story.ping('s1', 0);
    expect(story.view.primary).toBe('s1');
    expect(story.ticks(20, { s1: 0, s2: 0 }).primary).toBe('s1');
  });
});

describe('idle servers', () => {
  test('a dead one is not made backup', () => {
    const story = pair('s3');
    story.ticks(deadPings, { s1: 2, s2: 2 });
    expect(story.ticks(deadPings, { s2: 2 })).toEqual(view(3, 's2', null));
  });

  test('a dead one is forgotten, so that the table stays bounded', () => {
    const story = pair();
    for (let index = 0; index < 1_000; index += 1) {
      story.ping(`passer-by-${index}`, 0);
      story.ticks(1, { s1: 2, s2: 2 });
    }
    expect(story.state.servers.length).toBeLessThan(2 + deadPings + 1);
    expect(story.view).toEqual(view(2, 's1', 's2'));
  });

  test('20,000 names at once: those that are too many are refused, and nothing else changes', () => {
    const story = pair();
    let refused = 0;
    let most = 0;
    for (let index = 0; index < 20_000; index += 1) {
      try {
        story.ping(`invented-${index}`, 0);
      } catch (error) {
        if (refused === 0) expect(error).toMatchObject({ code: 'overloaded' });
        refused += 1;
      }
      // What a ping costs goes by what is remembered.
      most = Math.max(most, story.state.servers.length);
    }
    expect(most).toBeLessThanOrEqual(maxServers);
    expect(refused).toBe(20_000 - (maxServers - 2));
    expect(story.ping('s1', 2)).toEqual(view(2, 's1', 's2'));
    expect(story.ticks(deadPings, { s1: 2, s2: 2 })).toEqual(view(2, 's1', 's2'));
    // They are forgotten, and there is room again.
    expect(story.state.servers.map(({ server }) => server)).toEqual(['s1', 's2']);
    story.ping('s3', 0);
    expect(story.ping('s2', 0)).toEqual(view(3, 's1', 's3'));
  });

  test('fifty of them change nothing; the first to come is the next backup', () => {
    const idle = Array.from({ length: 50 }, (_, index) => `idle-${index}`);
    const story = pair(...idle);
    const pinging = Object.fromEntries(idle.map((server) => [server, 2]));
    expect(story.ticks(20, { s1: 2, s2: 2, ...pinging })).toEqual(view(2, 's1', 's2'));
    expect(story.ticks(deadPings, { s1: 2, ...pinging })).toEqual(view(3, 's1', 'idle-0'));
  });

  test('one that restarts changes nothing', () => {
    const story = pair('s3');
    story.ping('s3', 2);
    expect(story.ping('s3', 0)).toEqual(view(2, 's1', 's2'));
  });
});

describe('views that this view service does not know', () => {
  test('a server that knows one keeps view 0 for ever, whoever pings 0 later', () => {
    const story = new Story();
    expect(story.ping('s1', 2)).toEqual(noView);
    expect(story.ping('s3', 0)).toEqual(noView);
    expect(story.ticks(20, { s1: 2, s3: 0 })).toEqual(noView);
    // It is not a matter of who is alive: clients may still be served in that view.
    expect(story.ticks(50, { s3: 0, s4: 0 })).toEqual(noView);
  });

  test('a fresh server that pinged first stays alone: those who have the data do not become its backups', () => {
    const story = new Story();
    story.ping('s3', 0);
    story.ping('s1', 2);
    story.ping('s3', 1);
    expect(story.ticks(50, { s1: 2, s2: 2, s3: 1 })).toEqual(view(1, 's3', null));
  });

  test('nothing that a view calls for is done any more', () => {
    const story = pair('s3');
    story.ping('s4', 3);
    expect(story.ticks(50, { s1: 2, s3: 2 })).toEqual(view(2, 's1', 's2'));
    expect(story.ping('s1', 0)).toEqual(view(2, 's1', 's2'));
  });

  test('the number of a view that it made is no news', () => {
    const story = pair('s3');
    story.ping('s4', 2);
    expect(story.ticks(deadPings, { s2: 2, s3: 2 })).toEqual(view(3, 's2', 's3'));
  });
});

test('a state is never changed, only followed by another one', () => {
  const before = pair('s3').state;
  const copy = structuredClone(before);
  ping(before, 's1', 0, deadPings);
  tick(before, 1);
  expect(before).toEqual(copy);
});

/**
 * Whatever happens, in whatever order: servers that ping with any number, time that passes.
 * The invariants are said here once more, without looking at how the rules keep them.
 */
describe('under random pings and ticks', () => {
  const server = fc.constantFrom('s1', 's2', 's3', 's4');
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ server, lag: fc.constantFrom(0, 0, 0, 0, 0, 1, 1, 2) }) },
    { weight: 1, arbitrary: fc.record({ server, restart: fc.constant(true) }) },
    { weight: 3, arbitrary: fc.record({ ticks: fc.integer({ min: 1, max: 7 }) }) },
  );
  /** Rare, as it is the end of all changes. */
  const anyStep = fc.oneof(
    { weight: 60, arbitrary: step },
    { weight: 1, arbitrary: fc.record({ server, lag: fc.constant(-1) }) },
  );

  test('views follow one another as they must', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        let state = initialState;
        let acknowledged = false;
        let forgotten = false;
        for (const item of steps) {
          const before = state;
          if ('lag' in item && item.lag < 0) forgotten = true;
          if ('ticks' in item) {
            for (let passed = 0; passed < item.ticks; passed += 1) {
              const previous = state;
              state = tick(state, deadPings);
              checkStep(previous.view, state.view, acknowledged);
              if (state.view !== previous.view) acknowledged = false;
            }
          } else {
            const number = state.view.viewnum - ('lag' in item ? item.lag : state.view.viewnum);
            const viewnum = Math.max(0, number);
            acknowledged ||= item.server === before.view.primary && viewnum === before.view.viewnum;
            state = ping(state, item.server, viewnum, deadPings);
            checkStep(before.view, state.view, acknowledged);
            if (state.view !== before.view) acknowledged = false;
          }
          if (forgotten) expect(state.view).toEqual(before.view);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  function checkStep(before: View, after: View, acknowledged: boolean): void {
    if (after === before) return;
    // Numbers neither skip nor repeat.
    expect(after.viewnum).toBe(before.viewnum + 1);
    // No change without a change.
    expect([after.primary, after.backup]).not.toEqual([before.primary, before.backup]);
    expect(after.primary).not.toBeNull();
    expect(after.backup).not.toBe(after.primary);
    if (before.viewnum === 0) return;
    // Not before the primary has pinged with the number of the view.
    expect(acknowledged).toBe(true);
    // Only the backup becomes primary.
    expect([before.primary, before.backup]).toContain(after.primary);
  }

  test('servers that keep pinging and obey end up as primary and backup', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const story = pair();
        // Nobody loses the data: s1 and s2 never restart. The others do what they like.
        for (const item of steps) {
          if ('ticks' in item) story.ticks(item.ticks % 3, { s1: story.view.viewnum });
          else if (item.server !== 's1' && item.server !== 's2') story.ping(item.server, 0);
        }
        for (let passed = 0; passed < 20; passed += 1) {
          for (const name of ['s1', 's2']) story.ping(name, story.view.viewnum);
          story.ticks(1);
        }
        expect(story.view.primary).toBe('s1');
        expect(story.view.backup).not.toBeNull();
      }),
      { numRuns: 300 },
    );
  });
});

import type { TraceEvent } from '../../runtime/trace';
import { type MessageArrow, messagesOf } from './messages';
import { RunModel } from './model';
import { at, tracksOf } from './nodes';
import { partitionsOf } from './partitions';
import type { OperationData } from './run';
import { message, sampleEvents, sampleRun } from './sample.testing';
import { Scale } from './scale';
import { firstIndex, Spans } from './search';
import { decodeState, encodeState } from './view-state';
import { moved, revealing, ticksOf, zoomed } from './window';

describe('messages', () => {
  test('a send and its fate are one message', () => {
    const events = sampleEvents();
    const forward = messagesOf(events).filter(({ call }) => call.endsWith('forward'));
    expect(forward).toEqual([
      expect.objectContaining({ from: 's1', to: 's2', fate: 'block', fromMs: 11, toMs: 11 }),
    ]);
    const [{ sendIndex, endIndex }] = forward as unknown as [MessageArrow];
    expect([events[sendIndex]?.type, events[endIndex]?.type]).toEqual(['send', 'block']);
  });

  test('what arrives twice is two arrows, of which the second is a copy', () => {
    const [send, deliver] = message('request', 7, ['c1', 's1'], 'X.do', {}, [1, 2]) as [
      TraceEvent,
      TraceEvent,
    ];
    const again = { ...deliver, t: 9 };
    const copies = messagesOf([send, { ...send, type: 'duplicate' } as TraceEvent, deliver, again]);
    expect(copies.map(({ fate, isCopy, fromMs, toMs }) => [fate, isCopy, fromMs, toMs])).toEqual([
      ['deliver', false, 1, 2],
      ['deliver', true, 1, 9],
    ]);
  });

  test('numbers that begin again after a restart mean the newest message', () => {
    const events = [
      ...message('request', 1, ['c1', 's1'], 'X.do', {}, [1, 1]).slice(0, 1),
      ...message('request', 1, ['c1', 's1'], 'X.do', {}, [5, 6], 'drop'),
    ];
    expect(messagesOf(events).map(({ fromMs, fate }) => [fromMs, fate])).toEqual([
      [1, 'unknown'],
      [5, 'drop'],
    ]);
  });

  test('a message that was held back is known as such, delivered or not', () => {
    const [send, deliver] = message('request', 1, ['c1', 's1'], 'X.do', {}, [1, 9]) as [
      TraceEvent,
      TraceEvent,
    ];
    const hold = { ...send, t: 2, type: 'hold' } as TraceEvent;
    const said = (events: TraceEvent[]) =>
      messagesOf(events).map(({ fate, isHeld, toMs }) => [fate, isHeld, toMs]);
    expect(said([send, hold, deliver])).toEqual([['deliver', true, 9]]);
    expect(said([send, hold])).toEqual([['unknown', true, 1]]);
    expect(said([send, deliver])).toEqual([['deliver', false, 9]]);
  });

  test('the trace of one node has arrivals of what nobody sent', () => {
    const [, deliver] = message('request', 1, ['c1', 's1'], 'X.do', {}, [1, 2]) as [
      TraceEvent,
      TraceEvent,
    ];
    expect(messagesOf([deliver])).toEqual([
      expect.objectContaining({ fate: 'deliver', sendIndex: -1, endIndex: 0, fromMs: 2 }),
    ]);
  });
});

describe('nodes', () => {
  const events = sampleEvents();
  const tracks = new Map(tracksOf(events).map((track) => [track.node, track]));
  const indexAt = (t: number) => firstIndex(events.length, (i) => (events[i]?.t ?? 0) > t) - 1;
  const believes = (node: string, t: number) =>
    at(tracks.get(node)?.belief ?? [], indexAt(t))?.value;
  const condition = (node: string, t: number) =>
    at(tracks.get(node)?.condition ?? [], indexAt(t))?.value;

  test('stand in the order of an operation’s way', () => {
    expect([...tracks.keys()]).toEqual(['c1', 's1', 's2', 'vs']);
  });

  test('believe what the replies to their pings say: here two are primary at a time', () => {
    expect(believes('s1', 2)).toBeUndefined();
    expect(believes('s1', 3)).toEqual({ role: 'primary', viewnum: 1 });
    expect(believes('s2', 4)).toEqual({ role: 'backup', viewnum: 1 });
    expect(believes('s1', 23)).toEqual({ role: 'primary', viewnum: 1 });
    expect(believes('s2', 23)).toEqual({ role: 'primary', viewnum: 2 });
  });

  test('believe no older view after a newer one', () => {
    const ping = (viewnum: number, t: number) =>
      message(
        'response',
        viewnum,
        ['vs', 's1'],
        'ViewService.ping',
        { reply: { viewnum, primary: 's1', backup: null } },
        [t, t],
      );
    const [track] = tracksOf([...ping(5, 1), ...ping(4, 2)]);
    expect(track?.belief.map(({ value }) => value?.viewnum)).toEqual([5]);
  });

  test('live, die with what they believed, and pause', () => {
    expect([condition('s1', 30), condition('s1', 31), condition('s1', 41)]).toEqual([
      'up',
      'dead',
      'up',
    ]);
    expect(believes('s1', 31)).toBeUndefined();
    expect(condition('s2', 50)).toBe('paused');
  });

  test('are shown with what they logged last', () => {
    expect(at(tracks.get('s2')?.logs ?? [], indexAt(50))?.value).toMatchObject({
      ...{ event: 'entered-view', fields: { viewnum: 3 } },
    });
  });
});

describe('partitions', () => {
  test('have a beginning and an end, and say who is apart', () => {
    expect(partitionsOf(sampleEvents(), 50)).toEqual([{ fromMs: 10, toMs: 30, label: 's1 | s2' }]);
  });

  test('of one direction name the link, and one without an end lasts to the end of the run', () => {
    const cut: TraceEvent = { t: 3, node: 's1', type: 'cut', to: 'vs' };
    expect(partitionsOf([cut], 9)).toEqual([{ fromMs: 3, toMs: 9, label: 's1 > vs' }]);
    const both: TraceEvent[] = [
      { ...cut, to: 's2' },
      { ...cut, node: 's2', to: 's1' },
    ];
    expect(partitionsOf([cut, ...both], 9)[0]?.label).toBe('s1 > vs, s1 | s2');
  });
});

describe('the window of time', () => {
  const run = { fromMs: 0, toMs: 100 };

  test('zooms around a moment, and shows no more than the run', () => {
    expect(zoomed({ fromMs: 20, toMs: 40 }, 25, 0.5, run)).toEqual({ fromMs: 22.5, toMs: 32.5 });
    expect(zoomed({ fromMs: 20, toMs: 40 }, 25, 100, run)).toEqual(run);
    const least = zoomed({ fromMs: 20, toMs: 40 }, 25, 1e-12, run);
    expect(least.toMs - least.fromMs).toBeGreaterThan(0.01);
  });

  test('moves up to the ends of the run', () => {
    expect(moved({ fromMs: 20, toMs: 40 }, 0.5, run)).toEqual({ fromMs: 30, toMs: 50 });
    expect(moved({ fromMs: 20, toMs: 40 }, 50, run)).toEqual({ fromMs: 80, toMs: 100 });
  });

  test('follows the cursor only when it leaves', () => {
    const window = { fromMs: 20, toMs: 40 };
    expect(revealing(window, 30, run)).toBe(window);
    expect(revealing(window, 90, run)).toEqual({ fromMs: 80, toMs: 100 });
  });

  test('has round moments on its axis', () => {
    expect(ticksOf({ fromMs: 3, toMs: 47 }, 5)).toEqual({ ticks: [10, 20, 30, 40], digits: 0 });
  });

  test('finds the spans that touch it, also those that began long before', () => {
    const span = (fromMs: number, toMs: number) => ({ fromMs, toMs });
    const spans = new Spans([span(50, 51), span(0, 100), span(10, 12), span(70, 80)]);
    expect([...spans.within(span(40, 60))]).toEqual([span(0, 100), span(50, 51)]);
    expect([...spans.within(span(101, 102))]).toEqual([]);
  });
});

describe('the scale', () => {
  const scale = new Scale([0, 0, 1, 2, 3, 103, 104]);

  test('shortens pauses and nothing else', () => {
    expect([0, 1, 3, 103, 104].map((ms) => scale.place(ms))).toEqual([0, 1, 3, 9, 10]);
    expect(scale.pauses).toEqual([{ fromMs: 3, toMs: 103 }]);
  });

  test('leads back to the moment, also before and after all events', () => {
    for (const ms of [-5, 0, 0.5, 50, 103.5, 200]) {
      expect(scale.moment(scale.place(ms))).toBeCloseTo(ms);
    }
  });

  test('of nothing is time', () => {
    expect(new Scale([]).place(7)).toBe(7);
    expect(new Scale([5]).place(7)).toBe(7);
  });
});

describe('the page', () => {
  const model = new RunModel(sampleRun());

  test('opens at the return that showed the violation, without pings and ticks', () => {
    const state = model.initialState();
    expect(model.events[state.cursor]).toMatchObject({ type: 'return', node: 'c1' });
    const shown = [...model.shown(state)].map((index) => model.events[index]);
    expect(shown.some((event) => event?.type === 'tick')).toBe(false);
    expect(shown.some((event) => event !== undefined && 'call' in event)).toBe(true);
    expect(shown.filter((event) => event !== undefined && 'call' in event)).not.toContainEqual(
      expect.objectContaining({ call: 'ViewService.ping' }),
    );
  });

  test('opens at that return also when more happens at the same moment', () => {
    const { events, ...rest } = sampleRun();
    const next: TraceEvent = { t: 23, node: 'vs', type: 'tick' };
    const place = events.findIndex(({ type }) => type === 'return') + 1;
    const busy = new RunModel({ ...rest, events: events.toSpliced(place, 0, next) });
    expect(busy.events[busy.initialState().cursor]).toMatchObject({ type: 'return' });
  });

  test('hides a node with all its messages', () => {
    const state = { ...model.initialState(), pings: true, hidden: new Set(['s1']) };
    const shown = [...model.shown(state)].map((index) => JSON.stringify(model.events[index]));
    expect(shown.length).toBeGreaterThan(5);
    // What others cut off is theirs.
    const calls = shown.filter((event) => !/"type":"(cut|mend)"/.test(event));
    expect(calls.join()).not.toMatch(/"(node|from|to)":"s1"/);
  });

  test('searches for all words, whatever their case, in nodes and descriptions', () => {
    const described = ({ type }: TraceEvent) => (type === 'invoke' ? 'calls get "k"' : 'get');
    const searched = new RunModel(sampleRun(), undefined, described);
    const find = searched.finder('C1 calls GET');
    const found = searched.events.filter((_, index) => find(index));
    expect(found.map(({ t, type }) => [t, type])).toEqual([[20, 'invoke']]);
    const only = { ...searched.initialState(), text: 'C1 calls GET', only: true };
    expect(searched.shown(only)).toHaveLength(1);
  });

  test('says in its address what is looked at', () => {
    const state = {
      run: 'passing' as const,
      cursor: 7,
      window: { fromMs: 1.5, toMs: 20 },
      hidden: new Set(['s1', '127.0.0.1:8000']),
      pings: true,
      even: false,
      text: 'a&b #=c',
      only: true,
    };
    const back = decodeState(
      `#${encodeState(state)}`,
      20,
      model.run,
      model.initialState('passing'),
    );
    expect(back).toEqual(state);
  });

  test('takes what an address says wrongly as not said', () => {
    const initial = model.initialState();
    for (const hash of ['', '#', '#event=', '#event=-1', '#event=1e9&from=9&to=3', '#from=x']) {
      expect(decodeState(hash, 20, model.run, initial)).toEqual(initial);
    }
  });

  test('has no trouble with a run without events', () => {
    const empty = new RunModel({ title: 'nothing', events: [], leftOut: 0 });
    expect(empty.shown(empty.initialState())).toHaveLength(0);
  });

  test('gives processes that overlap rows of their own', () => {
    const operation = (process: string, invokedMs: number, returnedMs: number | null) => {
      const texts = { process, call: 'get "k"', outcome: 'ok', pointMs: null, isEvidence: false };
      return { ...texts, invokedMs, returnedMs } satisfies OperationData;
    };
    const operations = [
      operation('c1', 0, 5),
      operation('c2', 3, 4),
      operation('c1', 6, 7),
      operation('c3', 8, null),
    ];
    const history = { operations, verdict: 'linearizable', sentence: 'fine' } as const;
    const { operations: drawn, historyRows } = new RunModel({ ...sampleRun(), history });
    expect(drawn.all.map(({ process, row }) => [process, row])).toEqual([
      ['c1', 0],
      ['c2', 1],
      ['c1', 0],
      ['c3', 0],
    ]);
    expect(historyRows).toBe(2);
  });
});

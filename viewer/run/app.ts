/** The page: one state, from which everything is drawn again when it changes. */

import { element, shownMs } from '../kit/dom';
import { languageNow } from '../kit/language';
import type { RunModel } from '../model/model';
import { otherSide, type Pair, type Side } from '../model/pair';
import type { Scale } from '../model/scale';
import { firstIndex, type Span } from '../model/search';
import { decodeState, encodeState, type PageState, sideIn } from '../model/view-state';
import { moved, revealing, zoomed } from '../model/window';
import { Diagram } from './diagram';
import { EventList } from './event-list';
import { header } from './header';
import { runHelpDialog } from './help';
import { History } from './history';
import { listenToRunKeys } from './keyboard';
import { diagramShapes, historyShapes, legend, pointShapes } from './legend';
import { nearestBar } from './nearest-bar';
import { NodeTable } from './node-table';
import { listenToPointer } from './pointer';
import { inEnglish, runWord } from './run-words';
import { Toolbar } from './toolbar';

/** Of an event, as JSON, in UTF-16 code units. */
const longestDetail = 4_000;

export interface RunStage {
  readonly pair: Pair;
  /** The run that is shown. */
  readonly side: Side;
  /** Says that something else is shown from here on. */
  readonly signal: AbortSignal;
  /** What to show at first; undefined: what the address says. */
  readonly state: PageState | undefined;
  /** Shows this state, or what the address says, in the place of this. */
  readonly show: (state?: PageState) => void;
}

export class RunApp {
  private readonly stage: RunStage;
  private readonly model: RunModel;
  private readonly diagram: Diagram;
  private readonly history: History;
  private readonly toolbar: Toolbar;
  private readonly list: EventList;
  private readonly table: NodeTable;
  private readonly detail = element('pre');
  private readonly help = runHelpDialog();
  private state: PageState;
  private shown: Int32Array;
  private scale: Scale;
  private matches: Int32Array = new Int32Array();
  private isWaiting = false;

  constructor(stage: RunStage) {
    const { pair, side, signal } = stage;
    this.stage = stage;
    this.model = pair.model(side);
    this.state = stage.state ?? this.fromAddress();
    this.shown = this.model.shown(this.state);
    this.scale = this.scaleNow();
    this.findMatches();
    this.diagram = new Diagram(this.model, languageNow());
    this.history = new History(this.model, languageNow());
    this.list = new EventList(this.model, (index) => this.goTo(index));
    this.table = new NodeTable(this.model);
    const actions = {
      change: (change: Partial<PageState>) => this.change(change),
      findNext: (direction: 1 | -1) => this.findNext(direction),
      zoom: (factor: number) => this.zoom(factor),
      showAll: () => this.change({ window: this.model.run }),
      help: () => this.help.showModal(),
      translate: () => stage.show(this.state),
    };
    this.toolbar = new Toolbar(this.model, actions);
    const keys = {
      ...actions,
      step: (direction: 1 | -1) => this.step(this.shown, direction),
      move: (share: number) => this.move(share),
      toEnd: (end: 'first' | 'last') =>
        this.goTo((end === 'first' ? this.shown[0] : this.shown.at(-1)) ?? 0),
      jump: () => this.jump(),
      swap: () => this.swap(),
      toParting: () => this.toParting(),
      search: () => this.toolbar.search.select(),
      toggle: (what: 'pings' | 'only' | 'even') => this.change({ [what]: !this.state[what] }),
    };
    listenToRunKeys(keys, signal);
    this.listenToDrawings();
    const redraw = () => this.drawSoon();
    window.addEventListener('resize', redraw, { signal });
    window.addEventListener('hashchange', () => this.readAddress(), { signal });
    const isDark = matchMedia('(prefers-color-scheme: dark)');
    isDark.addEventListener('change', redraw, { signal });
  }

  /** Puts the page into the document. */
  show(): void {
    const { data, historyRows } = this.model;
    const { pair, side, signal } = this.stage;
    const hasPoints = data.history?.operations.some(({ pointMs }) => pointMs !== null) === true;
    const historyParts =
      historyRows === 0
        ? []
        : [
            element('h2', {}, runWord('history'), inEnglish(data.history?.sentence ?? '')),
            this.history.surface.canvas,
            legend([...(hasPoints ? pointShapes : []), ...historyShapes]),
          ];
    const parts = [
      header(pair.data, () => this.jump()),
      ...nearestBar(pair, side, { swap: () => this.swap(), toParting: () => this.toParting() }),
      this.toolbar.bar,
      element(
        'main',
        {},
        element(
          'section',
          { class: 'drawings', tabindex: 0, 'aria-label': runWord('drawings') },
          element('h2', {}, runWord(side === 'passing' ? 'messages-passing' : 'messages')),
          this.diagram.surface.canvas,
          legend(diagramShapes),
          ...historyParts,
        ),
        element(
          'aside',
          { class: 'side', 'aria-label': runWord('at-cursor') },
          this.table.box,
          element('h2', {}, runWord('event')),
          element(
            'div',
            {
              class: 'detail',
              tabindex: 0,
              role: 'region',
              'aria-label': runWord('event-at-cursor'),
            },
            this.detail,
          ),
          element('h2', {}, runWord('log')),
          this.list.list,
        ),
      ),
      this.help,
    ];
    document.body.append(...parts);
    signal.addEventListener('abort', () => {
      for (const part of parts) part.remove();
    });
    this.draw();
    this.reveal();
  }

  /** Scrolls the drawings, where not all is in sight, to the operations that prove the violation. */
  private reveal(): void {
    const { canvas } = this.history.surface;
    const drawings = canvas.closest('.drawings');
    const middle = this.history.proofsAt(this.state.window);
    if (drawings === null || middle === undefined) return;
    const top = canvas.getBoundingClientRect().top - drawings.getBoundingClientRect().top;
    const place = top + middle;
    if (place > 0 && place < drawings.clientHeight) return;
    drawings.scrollTop += place - drawings.clientHeight / 2;
  }

  private fromAddress(): PageState {
    const { model, stage } = this;
    const otherwise = model.initialState(stage.side);
    return decodeState(location.hash, model.events.length, model.run, otherwise);
  }

  private readAddress(): void {
    const { pair, side, show } = this.stage;
    if (pair.comparison !== undefined && sideIn(location.hash) !== side) show();
    else this.change(this.fromAddress());
  }

  /** With a run beside it both have one scale, so that the same moment stands at the same place. */
  private scaleNow(): Scale {
    const { pair, side } = this.stage;
    const beside = pair.comparison && pair.model(otherSide(side));
    const times = beside?.timesOf(beside.shown(this.state));
    return this.model.scaleOf(this.shown, this.state, times);
  }

  /** Shows the other run, at the same event if it has it and in the same window. */
  private swap(): void {
    const { pair, side, show } = this.stage;
    if (pair.comparison === undefined) return;
    const cursor = pair.counterpart(side, this.state.cursor);
    const state = { ...this.state, run: otherSide(side), cursor };
    history.replaceState(null, '', `#${encodeState(state)}`);
    show();
  }

  private toParting(): void {
    const { parting } = this.model;
    if (parting !== undefined) this.goTo(parting);
  }

  private change(change: Partial<PageState>): void {
    const before = this.state;
    this.state = { ...before, ...change };
    const { hidden, pings, even, text, only } = this.state;
    if (
      hidden !== before.hidden ||
      pings !== before.pings ||
      even !== before.even ||
      only !== before.only ||
      text !== before.text
    ) {
      this.shown = this.model.shown(this.state);
      this.scale = this.scaleNow();
      this.findMatches();
    }
    this.drawSoon();
  }

  private findMatches(): void {
    const { text } = this.state;
    this.matches = text === '' ? new Int32Array() : this.shown.filter(this.model.finder(text));
  }

  private goTo(cursor: number): void {
    const place = this.scale.place(this.model.timeOf(cursor));
    this.change({ cursor, ...this.onScale((window, run) => revealing(window, place, run)) });
  }

  /** To the next of these events, or the one before. */
  private step(indices: Int32Array, direction: 1 | -1): void {
    const { cursor } = this.state;
    const after = firstIndex(indices.length, (i) => (indices[i] as number) > cursor);
    const before = firstIndex(indices.length, (i) => (indices[i] as number) >= cursor) - 1;
    const next = indices[direction === 1 ? after : before];
    if (next !== undefined) this.goTo(next);
  }

  /** The next one found; after the last one, the first again. */
  private findNext(direction: 1 | -1): void {
    const { matches, state } = this;
    const before = state.cursor;
    this.step(matches, direction);
    if (this.state.cursor !== before) return;
    const around = direction === 1 ? matches[0] : matches.at(-1);
    if (around !== undefined) this.goTo(around);
  }

  private jump(): void {
    const { pair } = this.stage;
    if (pair.data.violation === undefined) return;
    const { cursor, window } = pair.model('failing').initialState();
    // The passing run has the same moment, without the violation.
    const ms = pair.model('failing').timeOf(cursor);
    const isPassing = this.state.run === 'passing';
    this.change({ cursor: isPassing ? this.model.eventAt(ms) : cursor, window });
    this.reveal();
  }

  private zoom(factor: number): void {
    const { window, cursor } = this.state;
    const ms = this.model.timeOf(cursor);
    const isInside = ms >= window.fromMs && ms <= window.toMs;
    const centre = isInside ? ms : (window.fromMs + window.toMs) / 2;
    this.zoomAt(centre, factor);
  }

  private zoomAt(ms: number, factor: number): void {
    const place = this.scale.place(ms);
    this.change(this.onScale((window, run) => zoomed(window, place, factor, run)));
  }

  /** Changes the window as it is seen: on the scale, not in time. */
  private onScale(change: (window: Span, run: Span) => Span): { readonly window: Span } {
    const { scale, state, model } = this;
    const window = scale.placed(state.window);
    const changed = change(window, scale.placed(model.run));
    return { window: changed === window ? state.window : scale.timed(changed) };
  }

  private move(share: number): void {
    this.change(this.onScale((window, run) => moved(window, share, run)));
  }

  private listenToDrawings(): void {
    const common = { move: (share: number) => this.move(share) };
    const { diagram, history } = this;
    listenToPointer(diagram.surface.canvas, {
      ...common,
      zoomAt: (x, factor) => this.zoomAt(diagram.surface.ms(x), factor),
      choose: (x, y) => {
        const index = diagram.eventAt(x, y, this.shown);
        if (index !== undefined) this.goTo(index);
      },
    });
    listenToPointer(history.surface.canvas, {
      ...common,
      zoomAt: (x, factor) => this.zoomAt(history.surface.ms(x), factor),
      choose: (x, y) => {
        const ms = history.momentAt(x, y);
        if (ms !== undefined) this.goTo(this.model.eventAt(ms));
      },
    });
  }

  /** Once for all changes until the screen is painted. */
  private drawSoon(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  private draw(): void {
    const { state, shown, matches, model } = this;
    const isFound = (index: number) => {
      return matches[firstIndex(matches.length, (i) => (matches[i] as number) >= index)] === index;
    };
    this.toolbar.render(state, matches.length);
    this.diagram.render(state, shown, this.scale);
    if (model.historyRows > 0) this.history.render(state, this.scale);
    this.table.render(state);
    this.list.render(state, shown, isFound);
    this.showEvent();
    history.replaceState(null, '', `#${encodeState(state)}`);
  }

  private showEvent(): void {
    const { model, state } = this;
    const event = model.events[state.cursor];
    if (event === undefined) {
      this.detail.textContent = runWord('no-events');
      return;
    }
    const { t, node, type, ...rest } = event;
    const text = JSON.stringify(rest).slice(0, longestDetail);
    const place = runWord('event-place', {
      ...{ number: state.cursor + 1, count: model.events.length },
    });
    this.detail.textContent = `${shownMs(t)}  ${node}  ${type}  (${place})\n${text}`;
  }
}

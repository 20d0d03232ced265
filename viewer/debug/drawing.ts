/** The way to the current state, drawn as the run page draws runs. */

import { element } from '../kit/dom';
import { languageNow } from '../kit/language';
import { RunModel } from '../model/model';
import { firstIndex } from '../model/search';
import type { PageState } from '../model/view-state';
import { Diagram } from '../run/diagram';
import { History } from '../run/history';
import { listenToPointer } from '../run/pointer';
import type { Snapshot } from './debugging';
import { word } from './words';

/** Events on the screen, the last ones. */
const eventsShown = 44;

export interface DrawingOptions {
  readonly pings: boolean;
  /** How many times as large as usual. */
  readonly zoom: number;
  readonly setPings: (pings: boolean) => void;
  readonly go: (state: number) => void;
}

/** The drawing; `paint` when it stands in the document, and has a width. */
export function drawing(snapshot: Snapshot, options: DrawingOptions) {
  const { pings, zoom } = options;
  const model = new RunModel(snapshot.run);
  const beforeBeginning = snapshot.way[0]?.events ?? 0;
  const cursor = model.events.length - 1;
  // Who reads at the end is nobody before.
  const known = new Set(snapshot.nodes.map(({ node }) => node));
  const hidden = new Set(model.tracks.map(({ node }) => node).filter((node) => !known.has(node)));
  const all: PageState = {
    ...{ cursor, window: model.run, hidden, pings, even: true },
    ...{ run: 'failing' as const, text: '', only: false },
  };
  const shown = model.shown(all);
  // Events before the beginning are not drawn: they only tell the roles.
  const begun = firstIndex(shown.length, (i) => (shown[i] as number) >= beforeBeginning);
  const first = shown[Math.max(begun, shown.length - eventsShown)] ?? cursor;
  const { toMs } = model.run;
  const fromMs = Math.min(model.timeOf(first), toMs - 1);
  const scale = model.scaleOf(shown, all);
  const places = scale.placed({ fromMs, toMs });
  // Room for the labels of messages that have just left.
  const unit = (places.toMs - places.fromMs) / 100;
  const window = scale.timed({ fromMs: places.fromMs - 3 * unit, toMs: places.toMs + 8 * unit });
  const state = { ...all, window };
  const diagram = new Diagram(model, languageNow());
  const history = new History(model, languageNow());
  for (const { surface } of [diagram, history]) surface.zoom = zoom;
  listenToPointer(diagram.surface.canvas, {
    move: () => undefined,
    zoomAt: () => undefined,
    choose: (x, y) => {
      const index = diagram.eventAt(x / zoom, y / zoom, shown);
      const at = snapshot.way.find(({ events }) => index !== undefined && events > index);
      if (at !== undefined) options.go(at.state);
    },
  });
  const box = element('input', { type: 'checkbox', checked: pings, 'data-key': 'pings' });
  box.addEventListener('change', () => options.setPings(box.checked));
  const sentence = snapshot.run.history?.sentence ?? '';
  const parts =
    model.historyRows === 0
      ? []
      : [element('h2', { lang: 'en' }, word('history', { sentence })), history.surface.canvas];
  const section = element(
    'section',
    { class: 'drawings', tabindex: 0, 'aria-label': word('path') },
    element('h2', {}, word('path')),
    element('label', {}, box, ` ${word('pings')}`),
    diagram.surface.canvas,
    ...parts,
  );
  const paint = () => {
    diagram.render(state, shown, scale);
    if (model.historyRows > 0) history.render(state, scale);
  };
  return { section, paint };
}

/** The table of nodes at the cursor, with the changes that the event there has made. */

import { element, shownMs } from '../kit/dom';
import { languageNow } from '../kit/language';
import type { RunModel } from '../model/model';
import { at, type Change, type NodeTrack } from '../model/nodes';
import type { PageState } from '../model/view-state';
import { viewWords } from './drawing-words';
import { describeEvent } from './event-words';
import { runWord } from './run-words';

export class NodeTable {
  readonly box: HTMLElement;
  private readonly body = element('tbody');
  private readonly caption = element('h2', { id: 'nodes-title' });
  private readonly model: RunModel;

  constructor(model: RunModel) {
    this.model = model;
    const columns = (['node', 'condition', 'belief', 'newest'] as const).map((key) => runWord(key));
    const heads = columns.map((column) => element('th', { scope: 'col' }, column));
    this.box = element(
      'section',
      { class: 'nodes', tabindex: 0, 'aria-labelledby': 'nodes-title' },
      this.caption,
      element('table', {}, element('thead', {}, element('tr', {}, ...heads)), this.body),
    );
  }

  render(state: PageState): void {
    const { model } = this;
    this.caption.textContent = runWord('nodes-at', { time: shownMs(model.timeOf(state.cursor)) });
    const here = model.events[state.cursor]?.node;
    // Nodes that know of views come first: of clients there may be many.
    const isServer = ({ belief, views }: NodeTrack) => belief.length + views.length > 0;
    const rows = [true, false]
      .flatMap((wanted) => model.tracks.filter((track) => isServer(track) === wanted))
      .filter(({ node }) => !state.hidden.has(node))
      .map((track) =>
        element(
          'tr',
          track.node === here ? { class: 'here' } : {},
          element('th', { scope: 'row' }, track.node),
          ...this.cells(track, state.cursor),
        ),
      );
    this.body.replaceChildren(...rows);
  }

  private cells({ condition, belief, views, logs, operations }: NodeTrack, cursor: number) {
    const language = languageNow();
    const alive = at(condition, cursor);
    const view = at(views, cursor);
    const believed = at(belief, cursor);
    const role = believed?.value;
    const roleText = role === undefined ? '' : runWord(role.role, { viewnum: role.viewnum });
    const [did, said] = [at(operations, cursor), at(logs, cursor)];
    const newest = (did?.index ?? -1) > (said?.index ?? -1) ? did : said;
    return [
      cell(alive === undefined ? '' : runWord(alive.value), [alive], cursor),
      cell(
        view === undefined ? roleText : viewWords(language, view.value),
        [view, believed],
        cursor,
      ),
      cell(newest === undefined ? '' : describeEvent(language, newest.value), [newest], cursor),
    ];
  }
}

function cell(text: string, changes: readonly (Change<unknown> | undefined)[], cursor: number) {
  const isChanged = changes.some((change) => change?.index === cursor);
  return element(
    'td',
    isChanged ? { class: 'changed', title: runWord('changed') } : {},
    text || '–',
  );
}

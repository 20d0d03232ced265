/** The log: all events that are shown, in words. Only the rows on the screen are elements. */

import { element } from '../kit/dom';
import { languageNow } from '../kit/language';
import type { RunModel } from '../model/model';
import { firstIndex } from '../model/search';
import type { PageState } from '../model/view-state';
import { describeEvent } from './event-words';
import { runWord } from './run-words';

/** As page.css says. */
const rowHeight = 22;
const bad = new Set(['crash', 'failure', 'drop', 'block', 'cut']);

export class EventList {
  readonly list: HTMLElement;
  private readonly model: RunModel;
  private readonly sheet = element('div', { role: 'presentation' });
  private shown: Int32Array = new Int32Array();
  private state: PageState | undefined;
  private found: (index: number) => boolean = () => false;
  private cursor = -1;

  constructor(model: RunModel, choose: (index: number) => void) {
    this.model = model;
    this.list = element(
      'div',
      { class: 'log', role: 'listbox', tabindex: 0, 'aria-label': runWord('log-label') },
      this.sheet,
    );
    this.list.addEventListener('scroll', () => this.rows());
    this.list.addEventListener('click', ({ target }) => {
      const row = (target as Element).closest<HTMLElement>('[role="option"]');
      if (row !== null) choose(Number(row.dataset.index));
    });
  }

  render(state: PageState, shown: Int32Array, found: (index: number) => boolean): void {
    const isMoved = this.cursor !== state.cursor || this.shown !== shown;
    Object.assign(this, { state, shown, found, cursor: state.cursor });
    this.sheet.style.setProperty('height', `${shown.length * rowHeight}px`);
    if (isMoved) this.reveal();
    this.rows();
  }

  private reveal(): void {
    const { list, shown, cursor } = this;
    const place = firstIndex(shown.length, (i) => (shown[i] as number) >= cursor) * rowHeight;
    const isSeen =
      place >= list.scrollTop && place + 2 * rowHeight <= list.scrollTop + list.clientHeight;
    if (!isSeen) list.scrollTop = place - list.clientHeight / 2;
  }

  private rows(): void {
    const { list, shown, model, state } = this;
    if (state === undefined) return;
    const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - 4);
    const count = Math.ceil(list.clientHeight / rowHeight) + 8;
    const rows = [...shown.subarray(first, first + count)].map((index, i) => {
      const event = model.events[index];
      if (event === undefined) return '';
      const isHere = index === state.cursor;
      const kinds = [this.found(index) ? 'found' : '', bad.has(event.type) ? 'bad' : ''];
      if (index === model.parting) kinds.push('parting');
      const row = element(
        'div',
        {
          role: 'option',
          id: `event-${index}`,
          class: kinds.filter(Boolean).join(' '),
          'aria-selected': String(isHere),
          'aria-posinset': first + i + 1,
          'aria-setsize': shown.length,
          'data-index': index,
        },
        `${event.t.toFixed(1).padStart(9)}  ${event.node.padEnd(5)} ${describeEvent(languageNow(), event)}`,
      );
      row.style.setProperty('top', `${(first + i) * rowHeight}px`);
      return row;
    });
    this.sheet.replaceChildren(...rows);
    list.setAttribute('aria-activedescendant', `event-${state.cursor}`);
  }
}

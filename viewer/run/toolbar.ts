/** Search, filters and zoom. */

import { element } from '../kit/dom';
import { languageSwitch } from '../kit/language';
import type { RunModel } from '../model/model';
import type { PageState } from '../model/view-state';
import { runWord } from './run-words';

export interface Actions {
  readonly change: (change: Partial<PageState>) => void;
  readonly findNext: (direction: 1 | -1) => void;
  readonly zoom: (factor: number) => void;
  readonly showAll: () => void;
  readonly help: () => void;
  /** The page speaks another language from now on. */
  readonly translate: () => void;
}

export class Toolbar {
  readonly bar: HTMLElement;
  readonly search: HTMLInputElement;
  private readonly only = element('input', { type: 'checkbox', id: 'only' });
  private readonly pings = element('input', { type: 'checkbox', id: 'pings' });
  private readonly even = element('input', { type: 'checkbox', id: 'even' });
  private readonly found = element('output', { class: 'found', for: 'search' });
  private readonly nodes = new Map<string, HTMLInputElement>();
  private hidden: ReadonlySet<string> = new Set();

  constructor(model: RunModel, actions: Actions) {
    const { change } = actions;
    this.even.addEventListener('change', () => change({ even: this.even.checked }));
    this.search = element('input', { type: 'search', id: 'search', maxlength: 200, size: 18 });
    this.search.addEventListener('input', () => change({ text: this.search.value }));
    this.search.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') actions.findNext(event.shiftKey ? -1 : 1);
      if (event.key === 'Escape') this.search.blur();
    });
    this.only.addEventListener('change', () => change({ only: this.only.checked }));
    this.pings.addEventListener('change', () => change({ pings: this.pings.checked }));
    const button = (text: string, label: string, click: () => void) =>
      element('button', { type: 'button', 'aria-label': label, title: label, click }, text);
    this.bar = element(
      'section',
      { class: 'toolbar', 'aria-label': runWord('toolbar') },
      element('label', {}, `${runWord('search')} `, this.search),
      this.found,
      element('label', {}, this.only, ` ${runWord('only')}`),
      element('label', {}, this.pings, ` ${runWord('pings')}`),
      element('label', {}, this.even, ` ${runWord('even')}`),
      element(
        'span',
        {},
        ...[button('−', runWord('zoom-out'), () => actions.zoom(2)), ' '],
        ...[button('+', runWord('zoom-in'), () => actions.zoom(0.5)), ' '],
        ...[button(runWord('all'), runWord('all-title'), actions.showAll), ' '],
        button('?', runWord('help-title'), actions.help),
      ),
      languageSwitch(runWord('language'), actions.translate),
      this.switches(model, change),
    );
  }

  render(state: PageState, found: number): void {
    const { text, only, pings, even, hidden } = state;
    this.hidden = hidden;
    if (this.search.value !== text) this.search.value = text;
    this.only.checked = only;
    this.pings.checked = pings;
    this.even.checked = even;
    for (const [node, box] of this.nodes) box.checked = !hidden.has(node);
    this.found.value = text === '' ? '' : runWord('found', { count: found });
  }

  private switches(model: RunModel, change: Actions['change']): HTMLElement {
    const labels = model.tracks.map(({ node }) => {
      const box = element('input', { type: 'checkbox' });
      box.addEventListener('change', () => {
        const hidden = new Set(this.hidden);
        if (box.checked) hidden.delete(node);
        else hidden.add(node);
        change({ hidden });
      });
      this.nodes.set(node, box);
      return element('label', {}, box, ` ${node}`);
    });
    return element('fieldset', {}, element('legend', {}, runWord('nodes')), ...labels);
  }
}

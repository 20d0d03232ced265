/** A slide of a lecture: what to say, large, above what happens. */

import { element } from '../kit/dom';
import { button } from './buttons';
import type { Slide, Snapshot } from './debugging';
import { said, word } from './words';

export interface LectureActions {
  readonly turn: (by: 1 | -1) => void;
  readonly choose: (lecture: string) => void;
  readonly leave: () => void;
  readonly languages: () => HTMLElement;
}

export function lectureBar(
  { lectures }: Snapshot,
  { lecture, number, count, name, words }: Slide,
  actions: LectureActions,
): HTMLElement {
  const options = lectures.map((one) =>
    element('option', { value: one.id, selected: one.id === lecture }, said(one.name)),
  );
  const select = element('select', { 'data-key': 'lecture' }, ...options);
  select.addEventListener('change', () => actions.choose(select.value));
  const place = word('lecture-slide', { number: number + 1, count });
  return element(
    'header',
    { class: 'slide' },
    element(
      'div',
      { class: 'actions' },
      element('label', {}, `${word('lecture-choose')} `, select),
      button(word('lecture-previous'), () => actions.turn(-1), { key: 'previous' }),
      button(word('lecture-next'), () => actions.turn(1), { key: 'next', main: true }),
      element('span', {}, place),
      button(word('lecture-leave'), actions.leave, { key: 'leave' }),
      actions.languages(),
    ),
    element('h1', {}, said(name)),
    element('p', { class: 'words', 'aria-live': 'polite' }, said(words)),
  );
}

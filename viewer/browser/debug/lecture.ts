/** A slide of a lecture: what to say, large, above what happens. */
import type { Snapshot } from '../../debugging';
import { element } from '../dom';
import { button } from './buttons';
import { lectureIds, lectureWord } from './words';

export interface LectureActions {
  readonly turn: (by: 1 | -1) => void;
  readonly choose: (lecture: string) => void;
  readonly leave: () => void;
  readonly languages: () => HTMLElement;
}

export function lectureBar({ slide }: Snapshot, actions: LectureActions): HTMLElement {
  const { lecture = '', number = 0, count = 0 } = slide ?? {};
  const options = lectureIds.map((id) =>
    element('option', { value: id, selected: id === lecture }, lectureWord(id)),
  );
  const select = element('select', { 'data-key': 'lecture' }, ...options);
  select.addEventListener('change', () => actions.choose(select.value));
  const place = lectureWord('slide', { number: number + 1, count });
  return element(
    'header',
    { class: 'slide' },
    element(
      'div',
      { class: 'actions' },
      element('label', {}, `${lectureWord('choose')} `, select),
      button(lectureWord('previous'), () => actions.turn(-1), { key: 'previous' }),
      button(lectureWord('next'), () => actions.turn(1), { key: 'next', main: true }),
      element('span', {}, place),
      button(lectureWord('leave'), actions.leave, { key: 'leave' }),
      actions.languages(),
    ),
    element('h1', {}, lectureWord(lecture)),
    element('p', { class: 'words', 'aria-live': 'polite' }, lectureWord(`${lecture}-${number}`)),
  );
}

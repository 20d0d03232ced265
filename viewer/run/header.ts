/** The head of the page: the failure of the run. */

import { element, shownMs } from '../kit/dom';
import type { RunData } from '../model/run';
import { inEnglish, knownWord, runWord } from './run-words';

export function header({ title, violation, history, leftOut }: RunData, jump: () => void) {
  const notes = leftOut > 0 ? [element('p', {}, runWord('left-out', { count: leftOut }))] : [];
  return element(
    'header',
    {},
    element('h1', { lang: 'en' }, title),
    ...(violation === undefined
      ? [element('p', {}, history ? inEnglish(history.sentence) : runWord('nothing-wrong'))]
      : [
          element(
            'section',
            { class: 'violation', 'aria-label': runWord('what-went-wrong'), tabindex: 0 },
            element(
              'p',
              {},
              element('strong', {}, runWord('violated')),
              inEnglish(violation.actual),
            ),
            list(violation.notes),
            ...details(violation.details),
            element(
              'button',
              { type: 'button', class: 'main', id: 'jump', click: jump },
              runWord('jump', { time: shownMs(violation.atMs) }),
            ),
          ),
        ]),
    ...notes,
  );
}

function list(notes: readonly (readonly [label: string, text: string])[]) {
  return element(
    'dl',
    {},
    ...notes.flatMap(([label, text]) => [
      element('dt', widthOf(text), knownWord('note', label)),
      element(
        'dd',
        widthOf(text),
        label === 'at fault' ? knownWord('fault of', text) : inEnglish(text),
      ),
    ]),
  );
}

/** A text of several lines has the whole width. */
function widthOf(text: string) {
  return text.includes('\n') ? { class: 'wide' } : {};
}

function details(lines: readonly string[]): HTMLElement[] {
  if (lines.length === 0) return [];
  const text = element('pre', { lang: 'en' }, lines.join('\n'));
  return [element('details', {}, element('summary', {}, runWord('line-by-line')), text)];
}

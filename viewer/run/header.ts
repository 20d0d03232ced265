/** The head of the page: the failure of the run. */

import { element, shownMs } from '../kit/dom';
import type { RunData } from '../model/run';

export function header({ title, violation, history, leftOut }: RunData, jump: () => void) {
  const notes =
    leftOut > 0
      ? [element('p', {}, `The first ${leftOut} events are left out: there were too many.`)]
      : [];
  return element(
    'header',
    {},
    element('h1', {}, title),
    ...(violation === undefined
      ? [element('p', {}, history?.sentence ?? 'Nothing is known to be wrong with this run.')]
      : [
          element(
            'section',
            { class: 'violation', 'aria-label': 'What went wrong', tabindex: 0 },
            element('p', {}, element('strong', {}, 'Violated: '), violation.actual),
            list(violation.notes),
            ...details(violation.details),
            element(
              'button',
              { type: 'button', class: 'main', id: 'jump', click: jump },
              `Jump to the moment (${shownMs(violation.atMs)})`,
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
    ...notes.flatMap(([label, text]) => [element('dt', {}, label), element('dd', {}, text)]),
  );
}

function details(lines: readonly string[]): HTMLElement[] {
  if (lines.length === 0) return [];
  const text = element('pre', {}, lines.join('\n'));
  return [element('details', {}, element('summary', {}, 'Why, line by line'), text)];
}

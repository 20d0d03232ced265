/** The keys, in a dialog. */
import { element } from '../kit/dom';

const keys: readonly (readonly [keys: string, meaning: string])[] = [
  ['j ↓', 'next event'],
  ['k ↑', 'event before'],
  ['→ ←', 'move in time'],
  ['+ −', 'zoom in, zoom out'],
  ['0', 'the whole run'],
  ['g G', 'first event, last event'],
  ['m', 'the moment of the violation'],
  ['s', 'the nearest passing run, and back, at the same event'],
  ['d', 'where the two runs part'],
  ['/', 'search; Enter or n: next, N: the one before'],
  ['f', 'show only what the search finds, or all again'],
  ['p', 'show or hide pings, ticks and timers'],
  ['t', 'shorten pauses, or show time as it went'],
  ['?', 'this help; Escape closes it'],
];

export function runHelpDialog(): HTMLDialogElement {
  const dialog = element('dialog', { 'aria-labelledby': 'help-title' });
  const rows = keys.flatMap(([names, meaning]) => [
    element('dt', {}, ...names.split(' ').flatMap((name) => [element('kbd', {}, name), ' '])),
    element('dd', {}, meaning),
  ]);
  dialog.append(
    element('h2', { id: 'help-title' }, 'Keys'),
    element('dl', {}, ...rows),
    element(
      'p',
      {},
      'In the drawing: click chooses an event, dragging moves in time, the wheel with Ctrl zooms. ' +
        'The address of the page holds the cursor and all filters: copy it to show somebody.',
    ),
    element('button', { type: 'button', click: () => dialog.close() }, 'Close'),
  );
  return dialog;
}

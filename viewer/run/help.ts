/** The keys, in a dialog. */
import { element } from '../kit/dom';
import type { RunKey } from '../strings/run';
import { runWord } from './run-words';

const rows: readonly (readonly [keys: string, meaning: RunKey])[] = [
  ['j ↓', 'key-next'],
  ['k ↑', 'key-before'],
  ['→ ←', 'key-move'],
  ['+ −', 'key-zoom'],
  ['0', 'key-whole'],
  ['g G', 'key-ends'],
  ['m', 'key-moment'],
  ['s', 'key-swap'],
  ['d', 'key-parting'],
  ['/', 'key-search'],
  ['f', 'key-only'],
  ['p', 'key-pings'],
  ['t', 'key-even'],
  ['?', 'key-help'],
];

export function runHelpDialog(): HTMLDialogElement {
  const dialog = element('dialog', { 'aria-labelledby': 'help-title' });
  const keys = rows.flatMap(([names, meaning]) => [
    element('dt', {}, ...names.split(' ').flatMap((name) => [element('kbd', {}, name), ' '])),
    element('dd', {}, runWord(meaning)),
  ]);
  dialog.append(
    element('h2', { id: 'help-title' }, runWord('keys')),
    element('dl', {}, ...keys),
    element('p', {}, runWord('help-text')),
    element('button', { type: 'button', click: () => dialog.close() }, runWord('close')),
  );
  return dialog;
}

/** Dialogs above the page: the keys, a schedule to open, a scenario to take along. */
import { element } from '../kit/dom';
import { button } from './buttons';
import { word } from './words';

/** Shows a dialog; it is gone when it is closed. */
function show(title: string, ...children: readonly (Node | string)[]): HTMLDialogElement {
  const heading = element('h2', { id: 'dialog-title' }, title);
  const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' }, heading, ...children);
  dialog.append(button(word('close'), () => dialog.close()));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

const keys = [
  ['n N', 'key-next'],
  ['← →', 'key-back'],
  ['↑ ↓', 'key-branch'],
  ['m', 'key-message'],
  ['r', 'key-search'],
  ['c s o', 'key-copy'],
  ['l', 'key-lecture'],
  ['?', 'key-help'],
] as const;

export function showHelp(): void {
  const rows = keys.flatMap(([names, meaning]) => [
    element('dt', {}, ...names.split(' ').flatMap((name) => [element('kbd', {}, name), ' '])),
    element('dd', {}, word(meaning)),
  ]);
  show(word('help'), element('dl', {}, ...rows));
}

export function askForSchedule(current: string, open: (schedule: string) => void): void {
  const input = element('input', { type: 'text', size: 60, id: 'schedule', value: current });
  const label = element('label', { for: 'schedule' }, `${word('open-label')} `);
  const form = element(
    'form',
    {},
    label,
    input,
    ' ',
    element('button', { type: 'submit', class: 'main' }, word('open-go')),
  );
  const dialog = show(word('open'), form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    dialog.close();
    open(input.value.trim());
  });
  input.select();
}

export function showScenario(code: string): void {
  const save = () => {
    const link = element('a', { download: 'own.ts' });
    link.href = URL.createObjectURL(new Blob([code], { type: 'text/plain' }));
    link.click();
    URL.revokeObjectURL(link.href);
  };
  show(
    word('scenario-head'),
    element('p', {}, word('scenario-note')),
    element(
      'pre',
      { class: 'code', tabindex: 0, role: 'region', 'aria-labelledby': 'dialog-title' },
      code,
    ),
    button(word('download'), save),
    ' ',
  );
}

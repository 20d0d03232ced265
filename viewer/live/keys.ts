/** The keys of the live page, and the dialog that lists them. */
import { element } from '../kit/dom';
import type { Say } from './words';

export interface LiveKeyActions {
  readonly choose: (server: number) => void;
  readonly act: (action: 'kill' | 'restart' | 'pause') => boolean;
  readonly command: () => void;
  readonly heal: () => void;
  readonly load: () => void;
  readonly help: () => void;
}

export function listenToLiveKeys(actions: LiveKeyActions): void {
  const table: Readonly<Record<string, () => void>> = {
    k: () => actions.act('kill'),
    r: () => actions.act('restart'),
    p: () => actions.act('pause'),
    h: actions.heal,
    l: actions.load,
    '/': actions.command,
    '?': actions.help,
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event;
    if (!(target instanceof HTMLElement) || target.closest('dialog[open]') !== null) return;
    if (target.matches('input:not([type="checkbox"]), select')) {
      if (key === 'Escape') target.blur();
      return;
    }
    if (/^[1-9]$/.test(key)) actions.choose(Number(key));
    else if (Object.hasOwn(table, key)) table[key]?.();
    else return;
    event.preventDefault();
  });
}

export function liveHelpDialog(say: Say): HTMLDialogElement {
  const rows: readonly (readonly [string, string])[] = [
    ['1 … 9', say('key-rows')],
    ['/', say('key-command')],
    ['h', say('key-heal')],
    ['l', say('key-load')],
    ['?', say('key-help')],
  ];
  const dialog = element('dialog', { 'aria-labelledby': 'help-title' });
  dialog.append(
    element('h2', { id: 'help-title' }, say('help-title')),
    element(
      'dl',
      {},
      ...rows.flatMap(([key, meaning]) => [
        element('dt', {}, element('kbd', {}, key)),
        element('dd', {}, meaning),
      ]),
    ),
    element('p', {}, say('help-text')),
    element('button', { type: 'button', click: () => dialog.close() }, say('close')),
  );
  return dialog;
}

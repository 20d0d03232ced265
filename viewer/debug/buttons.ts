/** Buttons that can be found again after everything was drawn anew. */

import { element } from '../kit/dom';
import type { OfferedMove } from './debugging';
import { wordFor } from './words';

export function button(
  text: string,
  click: () => void,
  more: {
    readonly title?: string;
    readonly key?: string;
    readonly label?: string;
    readonly main?: boolean;
  } = {},
): HTMLButtonElement {
  const { title = '', key = text, label = '', main = false } = more;
  return element(
    'button',
    {
      ...{ type: 'button', 'data-key': key, click },
      ...(title !== '' && { title }),
      ...(label !== '' && { 'aria-label': label }),
      ...(main && { class: 'main' }),
    },
    text,
  );
}

/** A button for something that can be done. */
export function choiceButton({ name, verb, subject }: OfferedMove, click: (name: string) => void) {
  const text = wordFor(verb);
  return button(text, () => click(name), { key: name, label: `${text}: ${subject}`, title: name });
}

/** Draws something anew without taking the focus from who uses the keys. */
export function keepingFocus(draw: () => void, otherwise: string): void {
  const active = document.activeElement;
  const key = active instanceof Element ? (active as HTMLElement).dataset?.key : undefined;
  draw();
  if (key === undefined || document.activeElement?.isConnected === false) return;
  if (document.activeElement !== document.body && document.activeElement !== null) return;
  const again = find(key) ?? find(otherwise);
  again?.focus();
}

function find(key: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
}

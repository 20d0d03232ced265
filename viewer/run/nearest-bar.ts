/** The bar above the drawings that leads from a run that failed to the passing one, and back. */

import { element } from '../kit/dom';
import { otherSide, type Pair, type Side } from '../model/pair';

export interface NearestActions {
  readonly swap: () => void;
  readonly toParting: () => void;
}

/** None when there is nothing to compare with. */
export function nearestBar(pair: Pair, side: Side, actions: NearestActions): HTMLElement[] {
  const { nearest } = pair.data;
  if (nearest === undefined) return [];
  const { sentence } = pair;
  const isPassing = side === 'passing';
  const toParting = element(
    'button',
    { type: 'button', id: 'parting', click: actions.toParting },
    'Where they part (d)',
  );
  return [
    element(
      'section',
      { class: `nearest ${side}`, 'aria-label': 'Nearest passing run' },
      element(
        'button',
        { type: 'button', id: 'swap', click: actions.swap },
        `Show the ${otherSide(side)} run (s)`,
      ),
      ...(sentence === undefined ? [] : [toParting]),
      element(
        'p',
        { role: 'status' },
        element('strong', {}, isPassing ? 'This run passes: ' : 'Nearest passing run: '),
        `${nearest.name}. ${sentence ?? 'It does the same, as far as the trace shows.'}`,
      ),
    ),
  ];
}

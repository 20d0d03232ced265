/** The bar above the drawings that leads from a run that failed to the passing one, and back. */

import type { TraceEvent } from '../../runtime/trace';
import { element, shownMs } from '../kit/dom';
import { languageNow } from '../kit/language';
import type { Pair, Side } from '../model/pair';
import { describeEvent } from './event-words';
import { inEnglish, runWord } from './run-words';

export interface NearestActions {
  readonly swap: () => void;
  readonly toParting: () => void;
}

/** None when there is nothing to compare with. */
export function nearestBar(pair: Pair, side: Side, actions: NearestActions): HTMLElement[] {
  const { nearest } = pair.data;
  if (nearest === undefined) return [];
  const { parted } = pair;
  const sentence =
    parted === undefined
      ? runWord('same')
      : runWord('parted', {
          node: parted.node,
          failing: partingWords(parted.failing),
          passing: partingWords(parted.passing),
        });
  const isPassing = side === 'passing';
  const toParting = element(
    'button',
    { type: 'button', id: 'parting', click: actions.toParting },
    runWord('to-parting'),
  );
  return [
    element(
      'section',
      { class: `nearest ${side}`, 'aria-label': runWord('nearest') },
      element(
        'button',
        { type: 'button', id: 'swap', click: actions.swap },
        runWord(isPassing ? 'show-failing' : 'show-passing'),
      ),
      ...(parted === undefined ? [] : [toParting]),
      element(
        'p',
        { role: 'status' },
        element('strong', {}, runWord(isPassing ? 'passing-is' : 'nearest-is')),
        inEnglish(`${nearest.name}.`),
        ` ${sentence}`,
      ),
    ),
  ];
}

function partingWords(event: TraceEvent | undefined): string {
  if (event === undefined) return runWord('nothing-more');
  return runWord('parted-at', {
    time: shownMs(event.t),
    what: describeEvent(languageNow(), event),
  });
}

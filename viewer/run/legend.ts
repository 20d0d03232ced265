/** The legend: the meaning of each shape, in words. */
import { element } from '../kit/dom';
import type { RunKey } from '../strings/run';
import { runWord } from './run-words';

export const diagramShapes: readonly RunKey[] = [
  'shape-primary',
  'shape-backup',
  'shape-idle',
  'shape-dead',
  'shape-request',
  'shape-response',
  'shape-lost',
  'shape-blocked',
  'shape-copy',
  'shape-held',
  'shape-unknown',
  'shape-shortened',
];
export const pointShapes: readonly RunKey[] = ['shape-point'];
export const historyShapes: readonly RunKey[] = ['shape-proof', 'shape-failed'];

export function legend(shapes: readonly RunKey[]): HTMLElement {
  const words = shapes.map((shape) => element('span', {}, runWord(shape)));
  return element('div', { class: 'legend' }, ...words);
}

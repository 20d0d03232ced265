/** The legend: the meaning of each shape, in words. */
import { element } from '../kit/dom';

export const diagramWords = [
  'filled: primary, as the node believes',
  'hatched: backup',
  'outline: idle',
  'dots: dead',
  '— request',
  '- - response',
  '✕ lost',
  '⊣ blocked by a partition',
  '2× a copy',
  '–·–‖ held back on the way',
  '··· arrival not in the trace',
  '// a pause, shortened',
];
export const pointWords = ['◆ takes effect here, in an order that explains all of its key'];
export const historyWords = ['! proves the violation', 'dashed: failed or never returned'];

export function legend(words: readonly string[]): HTMLElement {
  return element('div', { class: 'legend' }, ...words.map((word) => element('span', {}, word)));
}

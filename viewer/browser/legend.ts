/** What the shapes mean, in words. */
import { element } from './dom';

const diagram = [
  'filled: primary, as the node believes',
  'hatched: backup',
  'outline: idle',
  'dots: dead',
  '— request',
  '- - response',
  '✕ lost',
  '⊣ blocked by a partition',
  '2× a copy',
  '··· arrival not in the trace',
  '// a pause, shortened',
];
const history = [
  '◆ takes effect here, in an order that explains all',
  '! proves the violation',
  'dashed: failed or never returned',
];

export function legend(of: 'diagram' | 'history'): HTMLElement {
  const words = of === 'diagram' ? diagram : history;
  return element('div', { class: 'legend' }, ...words.map((word) => element('span', {}, word)));
}

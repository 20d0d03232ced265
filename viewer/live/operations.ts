/** The operations that ended a moment ago, and those that wait. */
import { element } from '../kit/dom';
import type { Now } from '../model/live-data';
import { duration, type Say } from './words';

export class OperationsPanel {
  readonly box: HTMLElement;
  private readonly body = element('tbody');
  private readonly waiting = element('p', { class: 'waiting' });
  private readonly say: Say;
  private shown = '';

  constructor(say: Say) {
    this.say = say;
    const heads = (['client', 'call', 'outcome', 'took'] as const).map((column) =>
      element('th', { scope: 'col' }, say(column)),
    );
    this.box = element(
      'section',
      { class: 'operations', 'aria-labelledby': 'operations-title' },
      element('h2', { id: 'operations-title' }, say('operations')),
      this.waiting,
      element('table', {}, element('thead', {}, element('tr', {}, ...heads)), this.body),
    );
  }

  render({ latest, waiting }: Now): void {
    const { operations: count, longestMs } = waiting;
    this.waiting.textContent =
      count === 0
        ? this.say('none-waiting')
        : this.say('waiting', { count, longest: duration(longestMs) });
    const key = JSON.stringify(latest);
    if (key === this.shown) return;
    this.shown = key;
    this.body.replaceChildren(
      ...latest.map(({ client, call, outcome, tookMs }) =>
        element(
          'tr',
          {},
          ...[client, call, outcome, duration(tookMs)].map((text) => element('td', {}, text)),
        ),
      ),
    );
  }
}

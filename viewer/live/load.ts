/** The load generator: its settings, how it goes, and what came of it. */
import { element } from '../kit/dom';
import type { LoadNow, LoadResult } from '../model/live-data';
import type { Say } from './words';

/** The bounds of the command `load`. */
const maxClients = 16;
const maxRate = 1_000;

const signs: Readonly<Record<LoadResult['verdict'], string>> = {
  linearizable: '✓',
  'not linearizable': '✗',
  unknown: '?',
};

export class LoadPanel {
  readonly box: HTMLElement;
  private readonly say: Say;
  private readonly run: (line: string) => void;
  private readonly clients = numberInput(4, maxClients);
  private readonly rate = numberInput(100, maxRate);
  private readonly spread = element('input', { type: 'checkbox' });
  private readonly button: HTMLButtonElement;
  private readonly state = element('p', { class: 'going' });
  private readonly result = element('div', { role: 'status', class: 'verdict' });
  private shown: LoadResult | undefined;
  private isRunning = false;

  constructor(say: Say, run: (line: string) => void) {
    this.say = say;
    this.run = run;
    this.button = element('button', { type: 'submit', class: 'main' });
    const form = element(
      'form',
      { class: 'load' },
      element('label', {}, this.clients, ` ${say('clients')}`),
      element('label', {}, this.rate, ` ${say('per-second')}`),
      element('label', {}, this.spread, ` ${say('spread')}`),
      this.button,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.toggle();
    });
    this.box = element(
      'section',
      { 'aria-labelledby': 'load-title' },
      element('h2', { id: 'load-title' }, say('load')),
      form,
      this.state,
      this.result,
    );
  }

  /** Starts one, or stops the one that runs. */
  toggle(): void {
    if (this.button.getAttribute('aria-disabled') === 'true') return;
    const where = this.spread.checked ? ' spread' : '';
    this.run(
      this.isRunning ? 'load stop' : `load ${this.clients.value} ${this.rate.value}${where}`,
    );
  }

  render(load: LoadNow): void {
    const { state, number, operations: count, result } = load;
    this.isRunning = state === 'running';
    const label = this.say(this.isRunning ? 'stop' : 'start');
    if (this.button.textContent !== label) this.button.textContent = label;
    this.button.setAttribute('aria-disabled', String(state === 'reading' || state === 'checking'));
    const text = this.say(`load-${state}`, { number, count });
    if (this.state.textContent !== text) this.state.textContent = text;
    if (result !== undefined && result.number !== this.shown?.number) this.show(result);
  }

  private show(result: LoadResult): void {
    this.shown = result;
    const { verdict, number, lines } = result;
    this.result.dataset.verdict = verdict;
    this.result.replaceChildren(
      element('strong', {}, `${signs[verdict]} ${this.say(`verdict-${verdict}`, { number })}`),
      element('pre', { lang: 'en', tabindex: 0 }, lines.join('\n')),
    );
  }
}

function numberInput(value: number, max: number): HTMLInputElement {
  return element('input', { type: 'number', min: 1, max, value, required: true });
}

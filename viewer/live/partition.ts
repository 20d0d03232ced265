/** The network: who is cut off from whom, and buttons to change it. */
import { element } from '../kit/dom';
import type { Now } from '../model/live-data';
import type { Say } from './words';

export class PartitionPanel {
  readonly box: HTMLElement;
  private readonly say: Say;
  private readonly choices = element('fieldset', { class: 'choices' });
  private readonly state = element('p', { class: 'network' });
  private readonly cut: HTMLButtonElement;
  private readonly mend: HTMLButtonElement;
  private boxes: readonly HTMLInputElement[] = [];

  constructor(say: Say, run: (line: string) => void) {
    this.say = say;
    const names = (isCut: boolean) =>
      this.boxes.filter(({ checked }) => checked === isCut).map(({ value }) => value);
    this.cut = element('button', {
      type: 'button',
      click: () => {
        if (this.isPossible) run(`partition ${names(false).join(' ')} | ${names(true).join(' ')}`);
      },
    });
    this.cut.textContent = say('partition');
    this.mend = element('button', { type: 'button', click: () => this.heal() }, say('heal'));
    this.heal = () => {
      if (this.mend.getAttribute('aria-disabled') !== 'true') run('heal');
    };
    this.box = element(
      'section',
      { 'aria-labelledby': 'partition-title' },
      element('h2', { id: 'partition-title' }, say('partition-title')),
      this.choices,
      element('p', { class: 'buttons' }, this.cut, ' ', this.mend),
      this.state,
    );
  }

  /** Ends the partition, if there is one. */
  readonly heal: () => void;

  name(names: readonly string[]): void {
    this.boxes = names.map((name) => element('input', { type: 'checkbox', value: name }));
    for (const box of this.boxes) box.addEventListener('change', () => this.enable());
    this.choices.replaceChildren(
      element('legend', {}, this.say('cut-off')),
      ...this.boxes.map((box, i) => element('label', {}, box, ` ${names[i]}`)),
    );
    this.enable();
  }

  render({ sides, blocked, messagesPerSecond }: Now): void {
    const text =
      sides.length === 0
        ? this.say('whole', { rate: messagesPerSecond })
        : this.say('parted', {
            sides: sides.map((names) => names.join(', ')).join(' | '),
            blocked,
          });
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.classList.toggle('parted', sides.length > 0);
    this.mend.setAttribute('aria-disabled', String(sides.length === 0));
  }

  private get isPossible(): boolean {
    return this.boxes.some(({ checked }) => checked) && this.boxes.some(({ checked }) => !checked);
  }

  private enable(): void {
    this.cut.setAttribute('aria-disabled', String(!this.isPossible));
  }
}

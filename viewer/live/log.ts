/** The log, as the terminal shows it, and the command line below it. */
import { element } from '../kit/dom';
import { type LogEntry, maxLineLength, maxLogEntries } from '../model/live-data';
import { type Say, timeOfDay } from './words';

/** How many commands the arrow keys bring back. */
const maxTyped = 50;

export class LogPanel {
  readonly box: HTMLElement;
  readonly input: HTMLInputElement;
  /** The last event that matters most; hidden until there is one. */
  readonly news: HTMLElement;
  private readonly say: Say;
  private readonly lines: HTMLElement;
  private readonly alert = element('p', { role: 'alert', class: 'refused' });
  private readonly newsText = element('pre', { lang: 'en' });
  private typed: string[] = [];
  private recalled = 0;

  constructor(say: Say, run: (line: string) => void, cancel: () => void) {
    this.say = say;
    this.lines = element('div', {
      class: 'lines',
      role: 'log',
      'aria-live': 'off',
      'aria-labelledby': 'log-title',
      tabindex: 0,
      lang: 'en',
    });
    this.input = element('input', {
      type: 'text',
      id: 'command',
      maxlength: maxLineLength,
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: say('command-hint'),
      'aria-label': say('command'),
    });
    this.news = element(
      'section',
      { class: 'violation', hidden: true, 'aria-labelledby': 'news-title' },
      element('h2', { id: 'news-title' }, say('news')),
      this.newsText,
    );
    const form = element(
      'form',
      { class: 'command' },
      this.input,
      element('button', { type: 'submit' }, say('run')),
      element('button', { type: 'button', click: cancel }, say('cancel')),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.enter(run);
    });
    this.input.addEventListener('keydown', (event) => this.recall(event));
    this.box = element(
      'section',
      { class: 'log-box', 'aria-labelledby': 'log-title' },
      element('h2', { id: 'log-title' }, say('log')),
      this.lines,
      form,
      this.alert,
    );
  }

  /** Forgets all lines. */
  clear(): void {
    this.lines.replaceChildren();
  }

  add(entries: readonly LogEntry[], leftOut: number): void {
    const { lines } = this;
    if (entries.length === 0) return;
    const isAtEnd = lines.scrollTop + lines.clientHeight >= lines.scrollHeight - 30;
    if (leftOut > 0) {
      lines.append(element('div', {}, `... ${this.say('left-out', { count: leftOut })}`));
    }
    lines.append(...entries.map(lineOf));
    while (lines.childElementCount > maxLogEntries) lines.firstElementChild?.remove();
    if (isAtEnd) lines.scrollTop = lines.scrollHeight;
    const news = entries.filter(({ kind }) => kind === 'news').at(-1);
    if (news !== undefined) {
      this.news.hidden = false;
      this.newsText.textContent = news.text;
    }
  }

  /** Says why something was not done; empty: nothing was refused. */
  refuse(why: string): void {
    this.alert.textContent = why;
  }

  private enter(run: (line: string) => void): void {
    const line = this.input.value.trim();
    if (line === '') return;
    this.typed = [...this.typed.filter((other) => other !== line), line].slice(-maxTyped);
    this.recalled = this.typed.length;
    this.input.value = '';
    run(line);
  }

  private recall(event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.recalled = Math.max(0, Math.min(this.typed.length, this.recalled + step));
    this.input.value = this.typed[this.recalled] ?? '';
  }
}

function lineOf({ at, from, kind, text }: LogEntry): HTMLElement {
  const who = kind === 'command' ? `${from}>` : from;
  return element(
    'div',
    { class: kind },
    element('time', {}, timeOfDay(at)),
    element('b', {}, who),
    element('span', {}, text),
  );
}

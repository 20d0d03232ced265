/** The servers: what each is, and buttons for what can be done to it. */
import { typedWords } from '../../runtime/fault-words';
import { element } from '../kit/dom';
import type { MemberNow, Now } from '../model/live-data';
import type { Say } from './words';

interface Row {
  readonly row: HTMLElement;
  readonly cells: readonly HTMLElement[];
  readonly actions: Readonly<Record<'kill' | 'restart' | 'pause', HTMLButtonElement>>;
  member: MemberNow | undefined;
}

export class Servers {
  readonly box: HTMLElement;
  private readonly say: Say;
  private readonly run: (line: string) => void;
  private rows: readonly Row[] = [];
  private readonly body = element('tbody');

  constructor(say: Say, run: (line: string) => void) {
    this.say = say;
    this.run = run;
    const heads = (['server', 'condition', 'role', 'ping', 'process', 'actions'] as const).map(
      (column) => element('th', { scope: 'col' }, say(column)),
    );
    this.box = element(
      'section',
      { 'aria-labelledby': 'servers-title' },
      element('h2', { id: 'servers-title' }, say('servers')),
      element(
        'table',
        { class: 'servers' },
        element('thead', {}, element('tr', {}, ...heads)),
        this.body,
      ),
    );
  }

  /** Makes the rows anew. */
  name(names: readonly string[]): void {
    this.rows = names.map((name) => this.row(name));
    this.body.replaceChildren(...this.rows.map(({ row }) => row));
  }

  render({ members }: Now): void {
    for (const [index, member] of members.entries()) {
      const row = this.rows[index];
      if (row === undefined) continue;
      row.member = member;
      const { condition, pid } = member;
      const texts = [
        this.say(`condition-${condition}`),
        this.roleInWords(member),
        this.pingInWords(member),
        pid === undefined ? '–' : `${pid}`,
      ];
      row.row.dataset.condition = condition;
      row.row.dataset.role = member.role;
      for (const [i, text] of texts.entries()) {
        const cell = row.cells[i] as HTMLElement;
        if (cell.textContent !== text) cell.textContent = text;
      }
      this.enable(row.actions.kill, condition !== 'dead');
      this.enable(row.actions.pause, condition === 'running' || condition === 'paused');
      const label = condition === 'paused' ? 'resume' : 'pause';
      const { pause } = row.actions;
      if (pause.dataset.action !== label) this.label(pause, label, member.name);
    }
  }

  /** The row of this number, from 1, gets the focus. */
  choose(number: number): void {
    this.rows[number - 1]?.actions.kill.focus();
  }

  /** Does something to the server whose row has the focus; false when none has. */
  actOnChosen(action: 'kill' | 'restart' | 'pause'): boolean {
    const row = this.rows.find(({ row }) => row.contains(document.activeElement));
    row?.actions[action].click();
    return row !== undefined;
  }

  private row(name: string): Row {
    const button = (action: 'kill' | 'restart' | 'pause') => {
      const made = element('button', {
        type: 'button',
        click: () => {
          if (made.getAttribute('aria-disabled') !== 'true') {
            this.run(`${made.dataset.action} ${name}`);
          }
        },
      });
      this.label(made, action, name);
      return made;
    };
    const actions = { kill: button('kill'), restart: button('restart'), pause: button('pause') };
    const cells = Array.from({ length: 4 }, () => element('td'));
    const row = element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...cells,
      element('td', { class: 'actions' }, actions.kill, ' ', actions.restart, ' ', actions.pause),
    );
    return { row, cells, actions, member: undefined };
  }

  private label(
    button: HTMLButtonElement,
    action: 'kill' | 'restart' | 'pause' | 'resume',
    server: string,
  ): void {
    const text = this.say(action === 'kill' ? typedWords.kill : action);
    button.dataset.action = action;
    button.textContent = text;
    button.setAttribute('aria-label', this.say('of', { action: text, server }));
  }

  private enable(button: HTMLButtonElement, isPossible: boolean): void {
    // A button that is really disabled would lose the focus of whoever works with keys.
    button.setAttribute('aria-disabled', String(!isPossible));
  }

  private roleInWords({ role, epoch, alone, believes, condition }: MemberNow): string {
    const plain = this.say(`role-${role}`);
    if (believes !== undefined) {
      const believed = this.say(`role-${believes.role}` as `role-${typeof role}`);
      return this.say('believes', { role: plain, believed, number: believes.viewnum });
    }
    if (epoch === undefined || epoch === 0 || condition === 'dead') return plain;
    const withEpoch = this.say('epoch', { role: plain, epoch });
    return alone === true ? this.say('alone', { role: withEpoch }) : withEpoch;
  }

  private pingInWords({ pingAgoMs, condition }: MemberNow): string {
    if (pingAgoMs === undefined || condition === 'dead') return '–';
    if (pingAgoMs === null) return this.say('never');
    return pingAgoMs < 1_000
      ? this.say('ago', { ms: Math.round(pingAgoMs) })
      : this.say('ago-long', { seconds: (pingAgoMs / 1_000).toFixed(1) });
  }
}

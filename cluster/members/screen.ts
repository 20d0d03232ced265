/**
 * The screen of a cluster: the lines of each member, labelled and with names instead of addresses; and
 * the commands with their results. Another screen of the same (the live page) is told of them, too.
 */
import type { Address } from '../../runtime/node';
import type { Paint, Style } from '../../runtime/terminal/colour';
import { visible, visibleLines } from '../../runtime/terminal/control-characters';
import { clock, type LogLine, lineInWords, paintLine } from '../../runtime/terminal/log-lines';
import { withNames } from '../../runtime/terminal/words';
import type { LogEntry } from '../../viewer/model/live-data';
import { viewServiceName } from './layout';

/** Neighbours differ; red and bold are for what matters. */
const labelStyles: readonly Style[] = ['cyan', 'yellow', 'green', 'blue'];

type Note = (entry: LogEntry) => void;

export class Screen {
  private readonly print: (text: string) => void;
  private readonly paint: Paint;
  private readonly note: Note;

  /** `note` is told of every line, without colours. */
  constructor(print: (text: string) => void, paint: Paint, note: Note = () => undefined) {
    this.print = print;
    this.paint = paint;
    this.note = note;
  }

  /** Something that the cluster itself has to say. What was stored or typed may be in it, as everywhere here. */
  say(said: string, style?: Style): void {
    const text = visibleLines(said);
    this.print(style === undefined ? text : this.paint(style, text));
    this.tell(style === 'red' ? 'error' : 'say', '', text);
  }

  /** Something that no command asked for, and that matters. */
  news(said: string): void {
    const text = visibleLines(said);
    this.print(this.paint('bold', text));
    this.tell('news', '', text);
  }

  /** A result and how long it took. */
  result(said: string, took: string): void {
    const text = visibleLines(said);
    this.print(`${this.paint('green', text)} ${this.paint('dim', `(${took})`)}`);
    this.tell('result', '', `${text} (${took})`);
  }

  /** A command; the terminal shows those of the prompt already. */
  command(typed: string, from: 'prompt' | 'page'): void {
    const line = visible(typed);
    if (from === 'page') this.print(`${this.paint('dim', 'from the page>')} ${line}`);
    this.tell('command', from, line);
  }

  /** Something that a member said. */
  member(name: string, line: LogLine | string, names: ReadonlyMap<Address, string>): void {
    const label = this.paint(styleOf(name), name);
    // The output of a solution may have tabs in it.
    const words = visibleLines(inWords(line, names).replaceAll('\t', '    '));
    const painted = typeof line === 'string' ? words : paintLine(line, this.paint, words);
    for (const row of painted.split('\n')) {
      this.print(`${this.paint('dim', clock())} ${label}  ${row}`);
    }
    this.tell('member', name, words);
  }

  private tell(kind: LogEntry['kind'], from: string, text: string): void {
    this.note({ at: Date.now(), from, kind, text });
  }
}

function inWords(line: LogLine | string, names: ReadonlyMap<Address, string>): string {
  if (typeof line === 'string') return withNames(line, names);
  return line.type === 'ready' ? 'is ready' : withNames(lineInWords(line), names);
}

function styleOf(name: string): Style {
  if (name === viewServiceName) return 'magenta';
  return labelStyles[(Number(name.slice(1)) - 1) % labelStyles.length] as Style;
}

/** What the cluster shows: what each member says, labelled and with names instead of addresses. */
import type { Address } from '../../runtime/node';
import type { Paint, Style } from '../../runtime/terminal/colour';
import { clock, type LogLine, lineInWords, paintLine } from '../../runtime/terminal/log-lines';
import { withNames } from '../../runtime/terminal/words';
import { viewServiceName } from './layout';

/** Neighbours differ; red and bold are for what matters. */
const labelStyles: readonly Style[] = ['cyan', 'yellow', 'green', 'blue'];

export class Screen {
  private readonly print: (text: string) => void;
  private readonly paint: Paint;

  constructor(print: (text: string) => void, paint: Paint) {
    this.print = print;
    this.paint = paint;
  }

  /** Something that the cluster itself has to say. */
  say(text: string, style?: Style): void {
    this.print(style === undefined ? text : this.paint(style, text));
  }

  /** A result and how long it took. */
  result(text: string, took: string): void {
    this.print(`${this.paint('green', text)} ${this.paint('dim', `(${took})`)}`);
  }

  /** Something that a member said. */
  member(name: string, line: LogLine | string, names: ReadonlyMap<Address, string>): void {
    const label = this.paint(styleOf(name), name);
    for (const row of this.inWords(line, names).split('\n')) {
      this.print(`${this.paint('dim', clock())} ${label}  ${row}`);
    }
  }

  private inWords(line: LogLine | string, names: ReadonlyMap<Address, string>): string {
    if (typeof line === 'string') return withNames(line, names);
    const words = line.type === 'ready' ? 'is ready' : withNames(lineInWords(line), names);
    return paintLine(line, this.paint, words);
  }
}

function styleOf(name: string): Style {
  if (name === viewServiceName) return 'magenta';
  return labelStyles[(Number(name.slice(1)) - 1) % labelStyles.length] as Style;
}

/** Progress through a class: a line for each hand-in, and in a terminal a bar below them. */
import { MultiBar, type SingleBar } from 'cli-progress';
import type { ClassResult } from '../../grading/class/grade-class';
import { plainLine } from '../../report/plain-text';

export class ClassProgress {
  private readonly bars: MultiBar | undefined;
  private readonly bar: SingleBar | undefined;
  private readonly scenarios: number;
  private readonly handIns: number;
  private readonly scenariosOf = new Map<string, number>();
  private finished = 0;

  constructor(handIns: number, scenarios: number) {
    this.handIns = handIns;
    this.scenarios = scenarios;
    if (!process.stdout.isTTY) return;
    this.bars = new MultiBar({
      format: '{bar} {percentage}%  {finished} of {handIns} hand-ins  about {eta_formatted} left',
      barCompleteChar: '#',
      barIncompleteChar: '-',
      etaBuffer: 200,
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stdout,
    });
    this.bar = this.bars.create(handIns * scenarios, 0, { finished: 0, handIns });
  }

  scenario(name: string, done: number): void {
    this.scenariosOf.set(name, done);
    this.show();
  }

  result(result: ClassResult, known: boolean): void {
    this.finished += 1;
    this.scenariosOf.set(result.name, this.scenarios);
    const name = plainLine(result.name, 40);
    const outcome =
      'error' in result
        ? `could not be graded: ${plainLine(result.error, 300)}`
        : `${result.report.score}/${result.report.maxScore}${known ? ' (graded before)' : ''}`;
    const line = `[${this.finished}/${this.handIns}] ${name}: ${outcome}`;
    if (this.bars === undefined) console.log(line);
    else this.bars.log(`${line}\n`);
    this.show();
  }

  stop(): void {
    // A line that waits for the next drawing must not be lost.
    this.bars?.update();
    this.bars?.stop();
  }

  private show(): void {
    const done = [...this.scenariosOf.values()].reduce((sum, count) => sum + count, 0);
    this.bar?.update(done, { finished: this.finished });
  }
}

/** How far a class is: a bar in a terminal, a line for each hand-in elsewhere. */
import { SingleBar } from 'cli-progress';
import type { ClassResult } from '../../labtests/harness/grading/class/grade-class';
import { plainLine } from '../../labtests/harness/report/plain-text';

export class ClassProgress {
  private readonly bar: SingleBar;
  private readonly scenarios: number;
  private readonly handIns: number;
  private readonly scenariosOf = new Map<string, number>();
  private finished = 0;

  constructor(handIns: number, scenarios: number) {
    this.handIns = handIns;
    this.scenarios = scenarios;
    this.bar = new SingleBar({
      format: '{bar} {percentage}%  {finished} of {handIns} hand-ins  about {eta_formatted} left',
      barCompleteChar: '#',
      barIncompleteChar: '-',
      hideCursor: true,
      etaBuffer: 200,
      clearOnComplete: true,
    });
    this.bar.start(handIns * scenarios, 0, { finished: 0, handIns });
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
    // Above the bar, which is drawn again below.
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
    console.log(`[${this.finished}/${this.handIns}] ${name}: ${outcome}`);
    this.show();
  }

  stop(): void {
    this.bar.stop();
  }

  private show(): void {
    const done = [...this.scenariosOf.values()].reduce((sum, count) => sum + count, 0);
    this.bar.update(done, { finished: this.finished });
  }
}

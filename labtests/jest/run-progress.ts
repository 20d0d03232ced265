/**
 * The progress of a run: a line for each scenario that fails, as soon as it has, and the number that have run: in a
 * terminal a bar below the lines, elsewhere a line now and then.
 */
import { MultiBar, type SingleBar } from 'cli-progress';
import { plainLine } from '../../report/plain-text';
import { stubIn } from '../../runtime/errors';
import type { Paint } from '../../runtime/terminal/colour';

/** Where nobody watches, so often at most, in milliseconds. */
const counterEveryMs = 5_000;
const longestReason = 160;

export class RunProgress {
  private readonly scenarios: number;
  private readonly output: NodeJS.WriteStream;
  private readonly paint: Paint;
  private readonly now: () => number;
  private readonly bars: MultiBar | undefined;
  private readonly bar: SingleBar | undefined;
  private done = 0;
  private failed = 0;
  private saidAt: number;

  constructor(
    scenarios: number,
    output: NodeJS.WriteStream,
    paint: Paint,
    now: () => number = () => performance.now(),
  ) {
    this.scenarios = scenarios;
    this.output = output;
    this.paint = paint;
    this.now = now;
    this.saidAt = now();
    if (!output.isTTY) return;
    this.bars = new MultiBar({
      format: '{bar} {value} of {total} scenarios, {failed} failed',
      barCompleteChar: '#',
      barIncompleteChar: '-',
      clearOnComplete: true,
      hideCursor: true,
      stream: output,
    });
    this.bar = this.bars.create(scenarios, 0, { failed: 0 });
  }

  /** `reason`: what the test of a scenario threw, `expected ..., got ...` and a stack. */
  ended(title: string, passed: boolean, reason = ''): void {
    this.done += 1;
    if (!passed) {
      this.failed += 1;
      this.sayFailed(title, reason);
    }
    this.bar?.update(this.done, { failed: this.failed });
    if (this.bars !== undefined || this.now() < this.saidAt + counterEveryMs) return;
    this.saidAt = this.now();
    this.say(`${this.done} of ${this.scenarios} scenarios have run, ${this.failed} failed`);
  }

  private sayFailed(title: string, reason: string): void {
    const [thrown = ''] = reason.split(/\n\s+at /);
    // Stubs are listed once, at the end.
    if (stubIn(thrown) !== undefined) return;
    const first = thrown.replace(/^Error: /, '').replace(/^expected .*?, got /s, 'got ');
    this.say(
      `${this.paint('red', 'FAIL')} ${title}: ${shortened(plainLine(first, 2 * longestReason))}`,
    );
  }

  stop(): void {
    // A line that waits for the next drawing must not be lost.
    this.bars?.update();
    this.bars?.stop();
  }

  private say(line: string): void {
    if (this.bars === undefined) this.output.write(`${line}\n`);
    else this.bars.log(`${line}\n`);
  }
}

/** Cut between two words. */
function shortened(text: string): string {
  if (text.length <= longestReason) return text;
  const end = text.lastIndexOf(' ', longestReason);
  return `${text.slice(0, end > 0 ? end : longestReason)} ...`;
}

/** The story of a scenario of part A: its pings and the replies, for the reader of a failure. */

import { describeView, sameView } from '../../../judging/view-rules';
import { noView, type View } from '../../../viewservice/api';

/** The number of last lines that are shown. */
const shownLines = 16;

interface Line {
  readonly text: string;
  times: number;
}

export class ViewStory {
  private readonly steps: string[] = [];
  private told = noView;

  add(step: string): void {
    this.steps.push(step);
  }

  /** The answer to the last step; it stands in the story only when it is news. */
  answer(view: View): void {
    const isNews = !sameView(view, this.told);
    this.told = view;
    // After each tick there is a `get`; the tick is what the reader should see.
    if (this.steps.at(-1) === 'get' && (!isNews || this.steps.at(-2) === 'tick')) this.steps.pop();
    if (isNews) this.steps.push(`${this.steps.pop() ?? 'get'} -> ${describeView(view)}`);
  }

  /** One line for all that happened until the next tick or the next news. */
  lines(): string[] {
    const lines: Line[] = [];
    let steps: string[] = [];
    for (const [i, step] of this.steps.entries()) {
      steps.push(step);
      const isLast = i === this.steps.length - 1;
      if (step !== 'tick' && !step.includes('->') && !isLast) continue;
      const text = join(steps);
      const before = lines.at(-1);
      if (before?.text === text) before.times += 1;
      else lines.push({ text, times: 1 });
      steps = [];
    }
    const texts = lines.map(({ text, times }) => (times > 1 ? `${times} x (${text})` : text));
    const left = texts.length - shownLines;
    return left > 0 ? [`(${left} earlier lines)`, ...texts.slice(-shownLines)] : texts;
  }
}

/** Where every server pings once, their order seldom matters: sorted, intervals look alike. */
function join(steps: readonly string[]): string {
  const last = steps.at(-1) as string;
  const others = steps.slice(0, -1);
  const servers = others.map((step) => step.split(' ')[0]);
  if (last === 'tick' && new Set(servers).size === others.length) others.sort();
  return [...others, last].join(', ');
}

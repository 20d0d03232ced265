/**
 * Notices a node that does not come to rest: one that wakes itself up again at the same moment for ever,
 * or that is sent more and more. In virtual time that would never end. See decision S13.
 */
import type { Address } from '../runtime/node';
import { endlessBug, type NodeBug } from '../runtime/node-bug';
import type { NodeInput } from './node-host';

/**
 * How many inputs a node may take within a second of virtual time. Right solutions take some hundreds,
 * and a real node that sets timers of the shortest length there is, a thousand.
 */
export const maxInputsPerSecond = 5_000;
/**
 * What takes time comes to an end by itself: replies, and timers of a millisecond or more. A thousand operations that
 * wait may each have a hundred in a second, so only so many of them count as one input.
 */
const slowInputs = 20;
const shortTimerMs = 1;
/** How many inputs all nodes of a run may take: those of right solutions take some thousands. */
export const maxInputsOfRun = 200_000;
/** Of so many inputs before the last one it is said what they were. */
const remembered = 1_000;

const secondMs = 1_000;

interface Stretch {
  readonly sinceMs: number;
  /** The inputs, those that take time as a part of one. */
  inputs: number;
  taken: number;
  readonly kinds: Map<string, number>;
}

export class LivelockDetector {
  private readonly stretches = new Map<Address, Stretch>();
  private inputs = 0;

  /** A node is about to get this input. `timerMs`: how long the timer was that woke it up. */
  note(node: Address, input: NodeInput, atMs: number, timerMs = 0): NodeBug | undefined {
    this.inputs += 1;
    let stretch = this.stretches.get(node);
    if (stretch === undefined || atMs >= stretch.sinceMs + secondMs) {
      stretch = { sinceMs: atMs, inputs: 0, taken: 0, kinds: new Map() };
      this.stretches.set(node, stretch);
    }
    const isSlow = input.type === 'response' || (input.type === 'timer' && timerMs >= shortTimerMs);
    stretch.inputs += isSlow ? 1 / slowInputs : 1;
    stretch.taken += 1;
    if (stretch.inputs > maxInputsPerSecond + 1 - remembered) {
      const kind = kindOf(input, timerMs);
      stretch.kinds.set(kind, (stretch.kinds.get(kind) ?? 0) + 1);
    }
    const where = kindOf(input, timerMs);
    if (stretch.inputs > maxInputsPerSecond) return endlessBug(where, tooFast(stretch, atMs));
    if (this.inputs <= maxInputsOfRun) return undefined;
    return endlessBug(where, `the nodes have taken ${number(this.inputs)} inputs: it never ends`);
  }
}

/** `it took 5,000 inputs at 400 ms; of the last 1,000 of them 1,000 were timers of 0 ms that it had set`. */
function tooFast({ sinceMs, taken, kinds }: Stretch, atMs: number): string {
  const since = Math.round(sinceMs);
  const until = Math.round(atMs);
  const when = until === since ? `at ${until} ms` : `from ${since} to ${until} ms`;
  const [[kind, count] = ['nothing', 0]] = [...kinds].sort(([, a], [, b]) => b - a);
  return (
    `it took ${number(taken)} inputs ${when} and came to no rest: of the last ${number(remembered)} ` +
    `${number(count)} were ${kind}`
  );
}

function kindOf(input: NodeInput, timerMs: number): string {
  switch (input.type) {
    case 'timer':
      return `timers of ${Math.round(timerMs * 1_000) / 1_000} ms that it had set itself`;
    case 'request':
      return `requests ${input.call} of ${input.from}`;
    case 'response':
      return 'replies to its own requests';
    default:
      return `inputs of the kind ${input.type}`;
  }
}

function number(count: number): string {
  return count.toLocaleString('en-US');
}

/** A command that grades ends with all that it has started, however it is told to end. */
import { constants } from 'node:os';
import { endGraders } from '../../grading/warden';
import { endProcess } from '../../runtime/terminal/exit';

/** How long a reader of what was printed is waited for, in milliseconds. */
const lastWordsMs = 1_000;

/** `say` is called at once; the process ends when nothing is left of the graders. */
export function endOnSignals(say: () => void = () => undefined): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      say();
      void endGraders().then(() => endProcess(128 + constants.signals[signal], lastWordsMs));
    });
  }
}

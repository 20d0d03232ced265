/** The signal to end, for a program that goes on by itself. */
import { endAtOnce } from './exit';
import { whenNpmIsGone } from './npm';

/** Resolves at the first signal, or when nobody is there any more; a second one ends at once. */
export function untilToldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (told) endAtOnce(1);
        told = true;
        resolve();
      });
    }
    process.stdout.on('error', () => resolve());
    whenNpmIsGone(resolve);
  });
}

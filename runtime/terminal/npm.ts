/** The interval between two looks, in milliseconds. */
const lookIntervalMs = 500;

/**
 * Calls back when npm, which started this program, has been told to end. npm runs a program by way of
 * a shell and passes a signal on to the shell, which ends and leaves the program running: so
 * `kill` of an `npm start` would leave everything behind.
 */
export function whenNpmIsGone(callback: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    callback();
  }, lookIntervalMs);
  timer.unref();
}

/**
 * Milliseconds for leases. The monotonic clock goes on while a process is stopped (SIGSTOP), but on
 * most systems not while the machine sleeps or its virtual machine is suspended; the clock on the
 * wall shows that. Never slower than the monotonic one, and never goes back.
 */
export function lastingClock(
  monotonic: () => number = () => performance.now(),
  wall: () => number = () => Date.now(),
): () => number {
  let [lastMonotonic, lastWall] = [monotonic(), wall()];
  let slept = 0;
  return () => {
    const [now, wallNow] = [monotonic(), wall()];
    const missed = wallNow - lastWall - (now - lastMonotonic);
    if (missed > noticeableMs) slept += missed;
    [lastMonotonic, lastWall] = [now, wallNow];
    return now + slept;
  };
}

/** Less than this is rounding, or a clock that is being set slowly. */
const noticeableMs = 50;

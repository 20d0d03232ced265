/** A livelock is told from much work. */
import { LivelockDetector } from './livelock';

const timer = { type: 'timer', timer: 1 } as const;

/** The bug that is found when a node takes so many inputs, evenly over some seconds. */
function found(count: number, timerMs: number, seconds = 1) {
  const detector = new LivelockDetector();
  let bug: string | undefined;
  for (let i = 0; i < count; i += 1) {
    bug ??= detector.note('s1', timer, (i * seconds * 1_000) / count, timerMs)?.message;
  }
  return bug;
}

test('a thousand operations that are tried again every 20 ms are none', () => {
  expect(found(50_000, 20)).toBeUndefined();
});

test('a node that wakes itself up without a pause is found', () => {
  expect(found(5_001, 0)).toMatch(
    /^it took 5,001 inputs from 0 to 1000 ms and came to no rest: of the last 1,000 1,000 were timers of 0 ms/,
  );
});

test('a node that never ends is found, whatever it waits for', () => {
  expect(found(200_001, 10, 60)).toMatch(/^the nodes have taken 200,001 inputs: it never ends$/);
  expect(found(200_000, 10, 60)).toBeUndefined();
});

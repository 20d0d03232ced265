/** Settled promises: none can go on, and each rejection that nobody handled was reported. */
import { settled } from './settled';

/** Resolves after so many promises, one after the other. */
async function after(steps: number): Promise<void> {
  for (let i = 0; i < steps; i += 1) await null;
}

test('nothing can go on any more, however often that is asked', async () => {
  for (let round = 0; round < 200; round += 1) {
    let isDone = false;
    void after(50 + round).then(() => {
      isDone = true;
    });
    await settled();
    expect(isDone).toBe(true);
  }
});

test('whoever waits at the same time goes on at the same time', async () => {
  let count = 0;
  const wait = async () => {
    await settled();
    count += 1;
  };
  await Promise.all([wait(), wait(), settled()]);
  expect(count).toBe(2);
});

test('timers and other callbacks get their turn', async () => {
  let isDone = false;
  setTimeout(() => {
    isDone = true;
  }, 1);
  for (let i = 0; i < 2_000_000 && !isDone; i += 1) await settled();
  expect(isDone).toBe(true);
});

test('a rejection that nobody handles in time is reported at once, also when it is handled later', async () => {
  const script = `
    require('./runtime/typescript.cjs').register();
    const { settled } = require('./nodes/settled');
    const seen = [];
    process.on('unhandledRejection', (error) => seen.push(error.message));
    (async () => {
      for (let round = 0; round < 100; round += 1) {
        const late = Promise.reject(new Error(String(round)));
        await settled();
        const reported = seen.length === round + 1;
        late.catch(() => undefined);
        if (!reported) throw new Error('not reported: ' + round);
      }
      console.log(seen.length);
    })();`;
  const { execFileSync } = await import('node:child_process');
  const said = execFileSync(process.execPath, ['--no-warnings', '-e', script], {
    encoding: 'utf8',
  });
  expect(said.trim()).toBe('100');
});

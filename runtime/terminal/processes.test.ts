import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ProgramFailure } from './exit';
import { Pause } from './processes';

const { platform } = process;
let child: ChildProcess | undefined;

afterEach(async () => {
  Object.defineProperty(process, 'platform', { value: platform });
  if (child === undefined) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
});

/** A process that answers what it is told. */
function echo(): ChildProcess {
  const script = "process.stdin.on('data', (data) => process.stdout.write(data))";
  child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  return child;
}

async function answerOf(one: ChildProcess): Promise<string> {
  one.stdin?.write('hello');
  const [data] = await once(one.stdout as NodeJS.ReadableStream, 'data');
  return String(data);
}

test('on Windows a pause is refused in a sentence, and the process goes on', async () => {
  const running = echo();
  Object.defineProperty(process, 'platform', { value: 'win32' });
  expect(() => new Pause(running)).toThrow(ProgramFailure);
  expect(() => new Pause(running)).toThrow(/^Windows cannot stop a process .* use Linux/);
  expect(await answerOf(running)).toBe('hello');
});

test('so it is by any system that does not know the signal', async () => {
  const running = echo();
  const { kill } = running;
  running.kill = () => {
    throw new TypeError('Unknown signal: SIGSTOP');
  };
  expect(() => new Pause(running)).toThrow(/^this system cannot stop .*: Unknown signal: SIGSTOP/);
  running.kill = kill;
  expect(await answerOf(running)).toBe('hello');
});

test('where it can, it stops a process and lets it go on', async () => {
  if (process.platform === 'win32') return;
  const running = echo();
  expect(await answerOf(running)).toBe('hello');
  const pause = new Pause(running);
  const answer = answerOf(running);
  pause.end();
  expect(await answer).toBe('hello');
});

import { rmSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { setImmediate as settle } from 'node:timers/promises';
import { temporaryFolder } from '../../temporary-folder';
import { HistoryFile } from './history-file';
import { Prompt, type PromptOptions } from './prompt';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('viewlab-prompt-');
});
afterEach(() => rmSync(folder, { recursive: true }));

function makePrompt(isTTY: boolean, options: Partial<PromptOptions> = {}) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => undefined });
  const output = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  const lines: string[] = [];
  const prompt = new Prompt({
    input,
    output,
    prompt: '> ',
    echo: true,
    history: new HistoryFile(path.join(folder, 'history')),
    complete: (line) => ['put', 'get'].filter((name) => name.startsWith(line)),
    run: async (line) => {
      lines.push(line);
      return line === 'quit' ? 'quit' : undefined;
    },
    interrupt: () => false,
    ...options,
  });
  // From Node 26 on, each call gives one chunk.
  const screen = () => {
    const chunks: string[] = [];
    for (let next = output.read(); next !== null; next = output.read()) chunks.push(String(next));
    return chunks.join('');
  };
  return { prompt, input, lines, screen };
}

async function type(input: PassThrough, keys: string): Promise<void> {
  input.write(keys);
  for (let turn = 0; turn < 5; turn++) await settle();
}

describe('lines that are piped in', () => {
  test('run one after the other, are shown, and end at quit', async () => {
    const running: string[] = [];
    const { prompt, input, screen } = makePrompt(false, {
      run: async (line) => {
        running.push(`begin ${line}`);
        await settle();
        running.push(`end ${line}`);
        return line === 'quit' ? 'quit' : undefined;
      },
    });
    input.end('put a\n\nget a\nquit\nput b\n');
    await prompt.run();
    expect(running).toEqual([
      ...['begin put a', 'end put a', 'begin get a', 'end get a', 'begin quit', 'end quit'],
    ]);
    expect(screen()).toBe('> put a\n> get a\n> quit\n');
  });

  test('end with the input', async () => {
    const { prompt, input, lines } = makePrompt(false);
    input.end('put a\nget a');
    await prompt.run();
    expect(lines).toEqual(['put a', 'get a']);
  });
});

describe('before a person', () => {
  test('what is printed stands above the line being typed, which is drawn again', async () => {
    const { prompt, input, screen } = makePrompt(true);
    const ended = prompt.run();
    await type(input, 'pu');
    screen();
    prompt.print('something happened');
    const drawn = screen();
    expect(drawn).toMatch(/something happened\n/);
    expect(drawn.slice(drawn.indexOf('happened'))).toContain('> pu');
    await type(input, '\x04\x15\x04');
    await ended;
  });

  test('Tab completes', async () => {
    const { prompt, input, lines } = makePrompt(true);
    const ended = prompt.run();
    await type(input, 'pu\t');
    await type(input, '\r');
    await type(input, 'quit\r');
    await ended;
    expect(lines.map((line) => line.trim())).toEqual(['put', 'quit']);
  });

  test('arrow up brings back what was typed the last time', async () => {
    new HistoryFile(path.join(folder, 'history')).add('get a');
    const { prompt, input, lines } = makePrompt(true);
    const ended = prompt.run();
    await type(input, '\x1b[A\r');
    await type(input, '\x04');
    await ended;
    expect(lines).toEqual(['get a']);
  });

  test('Ctrl-C gives up the line, then cancels what is under way, then leaves', async () => {
    let underWay = true;
    const interrupt = () => {
      const cancelled = underWay;
      underWay = false;
      return cancelled;
    };
    const { prompt, input, lines } = makePrompt(true, { interrupt });
    const ended = prompt.run();
    await type(input, 'kill\x03');
    expect(underWay).toBe(true);
    await type(input, '\x03');
    expect(underWay).toBe(false);
    await type(input, 'get a\r');
    expect(lines).toEqual(['get a']);
    await type(input, '\x03');
    await ended;
  });

  test('Ctrl-D leaves, and cancels what is under way', async () => {
    let cancel = () => {};
    const cancelled = new Promise<undefined>((resolve) => {
      cancel = () => resolve(undefined);
    });
    const { prompt, input, screen } = makePrompt(true, {
      run: () => cancelled,
      interrupt: () => {
        cancel();
        return true;
      },
    });
    const ended = prompt.run();
    await type(input, 'get a\r\x04');
    await ended;
    screen();
    prompt.print('the end');
    expect(screen()).toBe('the end\n');
  });
});

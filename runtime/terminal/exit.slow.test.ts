import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { temporaryFolder } from '../temporary-folder';

const root = path.resolve(__dirname, '../..');
const folder = temporaryFolder('viewlab-exit-');
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A pipe of the shell, as users have it: those that Node makes are sockets, and hold more. */
function shell(command: string): ChildProcess {
  const child = spawn('bash', ['-c', command, 'bash', process.execPath, folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
}

async function outcome(command: string): Promise<{ stdout: string; stderr: string }> {
  const child = shell(command);
  const [stdout, stderr] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, 'close'),
  ]);
  return { stdout, stderr };
}

/** A main that prints what it is told to print, and ends with 3. */
function main(body: string): string {
  const source = `
    require('./runtime/typescript.cjs').register();
    const { runMain, UsageError } = require('./runtime/terminal/exit.ts');
    void runMain('test', async () => { ${body} return 3; });`;
  const file = path.join(folder, 'main.js');
  writeFileSync(file, source.replaceAll("'./", `'${root}/`));
  return '"$1" "$2/main.js"';
}

const slowly = '(sleep 1; wc -c)';

describe('a program that prints much to a slow reader', () => {
  test('prints all of it before it ends, and ends with its exit code', async () => {
    const program = main("console.log('x'.repeat(4_999_999));");
    const { stdout, stderr } = await outcome(`${program} | ${slowly}; echo \${PIPESTATUS[0]}`);
    expect(stdout.split(/\s+/)).toEqual(['5000000', '3', '']);
    expect(stderr).toBe('');
  });

  test('on standard error, too', async () => {
    const program = main("throw new UsageError('x'.repeat(4_999_999));");
    const { stdout } = await outcome(`${program} 2>&1 >/dev/null | ${slowly}`);
    expect(Number(stdout)).toBeGreaterThan(5_000_000);
  });

  test.each<[string, string]>([
    ['check-history, 12,000 operations', 'check-history "$2/long.ndjson" --model kv --json'],
    ['mutants', 'mutants --list'],
  ])('%s', async (_name, command) => {
    const events = Array.from({ length: 12_000 }, (_, count) => {
      const call = { process: 1, f: 'put', key: 'x', value: `${count}` };
      return `${JSON.stringify({ ...call, type: 'invoke' })}\n${JSON.stringify({ ...call, type: 'ok' })}\n`;
    });
    writeFileSync(path.join(folder, 'long.ndjson'), events.join(''));
    const program = `"$1" scripts/run.cjs scripts/${command}`;
    const { stdout } = await outcome(
      `${program} > "$2/whole"; ${program} | (sleep 1; cat > "$2/piped"); wc -c < "$2/whole"; wc -c < "$2/piped"`,
    );
    const [whole, piped] = stdout.split('\n').map(Number);
    expect(whole).toBeGreaterThan(65_536);
    expect(piped).toBe(whole);
  });
});

describe('a program that nobody listens to any more', () => {
  test('ends at once, in silence, as if by SIGPIPE', async () => {
    const program = main("for (;;) { console.log('line'); await new Promise(setImmediate); }");
    const { stdout, stderr } = await outcome(`${program} | head -1; echo \${PIPESTATUS[0]}`);
    expect({ stdout, stderr }).toEqual({ stdout: 'line\n141\n', stderr: '' });
  });

  test('keeps its exit code when it was done', async () => {
    const program = main("console.log('x'.repeat(4_999_999));");
    const { stdout, stderr } = await outcome(`${program} | head -c 1; echo \${PIPESTATUS[0]}`);
    expect({ stdout, stderr }).toEqual({ stdout: 'x3\n', stderr: '' });
  });

  test('complains to nobody when standard error is closed', async () => {
    const program = main("throw new UsageError('x'.repeat(4_999_999));");
    const { stdout } = await outcome(
      `${program} 2>&1 >/dev/null | head -c 1; echo \${PIPESTATUS[0]}`,
    );
    expect(stdout).toBe('t2\n');
  });
});

/**
 * Compiles the files of a hand-in in a process of its own: a compiler that a file drives mad must not
 * take the grader with it.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Processor time that the compiler may take for all the files of a hand-in, and for one, in seconds. */
const limitSeconds = { all: 30, one: 10 };
/** A busy machine may take this many times as long. */
const mostWaiting = 20;
const heapMib = 512;
const frameworkRoot = path.join(__dirname, '../..');
/** A file that compiles wherever the compiler works. */
const plainFile = 'runtime/seeded-random.ts';

export interface CompileError {
  /** Relative to the root of the hand-in, with slashes. */
  readonly file: string;
  readonly message: string;
}

export interface Compiled {
  /** JavaScript by file. */
  readonly code: ReadonlyMap<string, string>;
  readonly errors: readonly CompileError[];
}

/**
 * The files are relative to `root`. Whatever is wrong with them is among the errors. Throws when the
 * compiler does not work on this machine: then nothing is known of the files.
 */
export function compileApart(root: string, files: readonly string[]): Compiled {
  const together = attempt(root, files);
  if (together !== undefined) return together;
  if (attempt(frameworkRoot, [plainFile]) === undefined) {
    throw new Error(`the compiler does not work here: it failed on ${plainFile} of the framework`);
  }
  // One of them is to blame; alone it harms no other.
  const each = files.map((file) => attempt(root, [file]) ?? tooMuch(file));
  return {
    code: new Map(each.flatMap(({ code }) => [...code])),
    errors: each.flatMap(({ errors }) => errors),
  };
}

function attempt(root: string, files: readonly string[]): Compiled | undefined {
  const program = path.join(__dirname, 'compile-files.cjs');
  const seconds = files.length === 1 ? limitSeconds.one : limitSeconds.all;
  const node = [process.execPath, `--max-old-space-size=${heapMib}`, program, root, ...files];
  const hasShell = process.platform !== 'win32';
  const [command = '', ...args] = hasShell
    ? ['sh', '-c', `ulimit -t ${seconds}; exec "$@"`, 'sh', ...node]
    : node;
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: seconds * 1_000 * mostWaiting,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (status !== 0) return undefined;
  const results: { file: string; code?: string; error?: string }[] = JSON.parse(stdout);
  return {
    code: new Map(results.map(({ file, code = '' }) => [file, code])),
    errors: results.flatMap(({ file, error }) =>
      error === undefined ? [] : [{ file, message: error }],
    ),
  };
}

function tooMuch(file: string): Compiled {
  const message = `${file}: the compiler did not come to an end with it (time or memory)`;
  return { code: new Map(), errors: [{ file, message }] };
}

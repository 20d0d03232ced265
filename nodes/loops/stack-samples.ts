/**
 * Samples the stack of a thread that does not give control back. A debugger can stop a thread in the middle of an
 * endless loop, and ask it for its stack: so does this, again and again, as one moment would show any
 * helper that the loop calls. (To let the thread step out of the helper would be surer, but V8 may
 * crash when a function is stepped through while its optimized code is being made.)
 */
import inspector from 'node:inspector';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The looks in a row without news after which the loop counts as found; a loop that never shows the same is given up. */
const looksWithoutNews = 20;
const mostLooks = 100;
/** Between two looks the thread computes so long at least, in milliseconds. */
const apartMs = 5;
/** How often that is looked up, in milliseconds. */
const pauseMs = 5;
/** A thread that does not answer in this time, in milliseconds, leaves the place unknown. */
const answerTimeoutMs = 10_000;
/** A file of a solution, wherever the solution is: what a frame says of it. */
const ofSolution = /\/((?:viewservice|pbservice|client)\/[^/]+)$/;

/** A function that is under way, and its line. */
export interface Frame {
  /** `PbServer.operate`; empty where the function has no name. */
  readonly name: string;
  /** Relative to the folder of the solution. */
  readonly file: string;
  readonly line: number;
}

/** A worker thread of this one, by its number; or, for whoever is a worker thread, the main thread. */
export type Thread = number | 'main';

/**
 * The place in the solution where a thread is, for instance `PbServer.operate, pbservice/server.ts:258`;
 * undefined when it is in none, or cannot be stopped. `computedMs` tells how long the thread has
 * computed: on a busy machine it may stand where it was, however much time has passed.
 */
export async function placeOf(
  looping: Thread,
  computedMs: () => number,
): Promise<string | undefined> {
  const thread = new StoppedThread(looping);
  if (!thread.isThere) return undefined;
  const giveUp = sleep(answerTimeoutMs, undefined, { ref: false });
  try {
    const stacks: Frame[][] = [];
    let found: string | undefined;
    for (let look = 0, since = 0; look < mostLooks && since < looksWithoutNews; look += 1) {
      const stack = await Promise.race([thread.stack(), giveUp]);
      if (stack === undefined) break;
      if (stack.length > 0) stacks.push(stack);
      const now = describeStack(stacks);
      since = now === found ? since + 1 : 0;
      found = now;
      const beforeMs = computedMs();
      while (computedMs() - beforeMs < apartMs) {
        if ((await Promise.race([sleep(pauseMs, true), giveUp])) === undefined) return found;
      }
    }
    return found;
  } finally {
    thread.release();
  }
}

/** The innermost function that all stacks are in is the one that loops; what it calls comes and goes. */
export function describeStack(stacks: readonly (readonly Frame[])[]): string | undefined {
  const [first = [], ...others] = stacks;
  const isShared = ({ name, file }: Frame, i: number) =>
    others.every((stack) => stack[i]?.name === name && stack[i]?.file === file);
  const depth = first.findIndex((frame, i) => !isShared(frame, i));
  const index = (depth < 0 ? first.length : depth) - 1;
  const found = first[index];
  if (found === undefined) return undefined;
  const lines = stacks.map((stack) => stack[index]?.line ?? found.line);
  const [from, to] = [Math.min(...lines), Math.max(...lines)];
  const where = `${found.file}:${from === to ? from : `${from}-${to}`}`;
  return found.name === '' ? where : `${found.name}, ${where}`;
}

/** As the protocol of debuggers has it: lines and columns count from 0. */
interface CallFrame {
  readonly functionName: string;
  readonly location: {
    readonly scriptId: string;
    readonly lineNumber: number;
    readonly columnNumber?: number;
  };
  readonly this: { readonly className?: string };
}

interface Script {
  readonly file: string;
  /** A data URL, or empty. */
  readonly sourceMapUrl: string;
}

/**
 * The session of this process with its own threads. There is one, from the first need on, for a second
 * one is told of no thread; so it is kept with the module of Node, which is one also where modules are
 * loaded several times, as jest does.
 */
class Debugger {
  private static readonly key = Symbol.for('viewlab.debugger');
  private readonly session = new inspector.Session();
  private readonly sessionIds = new Map<string, string>();
  private readonly listeners = new Map<string, (message: string) => void>();

  static get(): Debugger {
    const kept = inspector as { [Debugger.key]?: Debugger };
    kept[Debugger.key] ??= new Debugger();
    return kept[Debugger.key] as Debugger;
  }

  private constructor() {
    const { session, sessionIds, listeners } = this;
    session.connect();
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      // `workerId` counts from the first worker that this session was told of; the title has the thread's number.
      const thread = /^\[worker (\d+)\]/.exec(params.workerInfo.title)?.[1];
      if (thread !== undefined) sessionIds.set(thread, params.sessionId);
    });
    session.on('NodeWorker.detachedFromWorker', ({ params }) => {
      listeners.delete(params.sessionId);
      for (const [thread, id] of sessionIds) if (id === params.sessionId) sessionIds.delete(thread);
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) =>
      listeners.get(params.sessionId)?.(params.message),
    );
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  }

  /** Hears what a thread says, and returns what sends it a message; undefined: no such thread. */
  attach(threadId: number, listener: (message: string) => void) {
    const sessionId = this.sessionIds.get(String(threadId));
    if (sessionId === undefined) return undefined;
    this.listeners.set(sessionId, listener);
    return (message: string) =>
      this.session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
  }
}

/** The same for the main thread, which takes what it is sent also in the middle of a loop. */
function attachToMainThread(listener: (message: string) => void) {
  const session = new inspector.Session();
  session.connectToMainThread();
  session.on('inspectorNotification', (notice) => listener(JSON.stringify(notice)));
  return (message: string) => {
    const { id, method } = JSON.parse(message);
    session.post(method, () => listener(JSON.stringify({ id })));
  };
}

/** A thread under a debugger, until it is released. */
class StoppedThread {
  private readonly post: ReturnType<Debugger['attach']>;
  /** The files of the solution that the thread has loaded. */
  private readonly scripts = new Map<string, Script>();
  private readonly answers = new Map<number, () => void>();
  private onPaused: (frames: readonly CallFrame[]) => void = () => undefined;
  private sent = 0;
  private isEnabled = false;

  constructor(thread: Thread) {
    const hear = (message: string) => this.hear(message);
    this.post = thread === 'main' ? attachToMainThread(hear) : Debugger.get().attach(thread, hear);
  }

  get isThere(): boolean {
    return this.post !== undefined;
  }

  /** Stops it for a moment, and returns which functions of the solution it is in, the outermost first. */
  async stack(): Promise<Frame[]> {
    if (!this.isEnabled) await this.send('Debugger.enable');
    this.isEnabled = true;
    const paused = new Promise<readonly CallFrame[]>((resolve) => {
      this.onPaused = resolve;
    });
    await this.send('Debugger.pause');
    const frames = await paused;
    await this.send('Debugger.resume');
    return frames.flatMap((frame) => this.frameOf(frame)).reverse();
  }

  release(): void {
    void this.send('Debugger.disable');
  }

  private frameOf({ functionName, location, this: self }: CallFrame): Frame[] {
    const script = this.scripts.get(location.scriptId);
    if (script === undefined) return [];
    const { lineNumber, columnNumber = 0 } = location;
    const isMethod =
      functionName !== '' && !['', 'Object', 'global'].includes(self.className ?? '');
    return [
      {
        name: isMethod ? `${self.className}.${functionName}` : functionName,
        file: script.file,
        line: lineInSource(script, lineNumber, columnNumber),
      },
    ];
  }

  /** Resolves when the thread has done it: never, when there is none. */
  private send(method: string): Promise<void> {
    this.sent += 1;
    const id = this.sent;
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.post?.(JSON.stringify({ id, method }));
    });
  }

  private hear(text: string): void {
    const { id, method, params } = JSON.parse(text);
    if (method === 'Debugger.scriptParsed') this.note(params);
    if (method === 'Debugger.paused') this.onPaused(params.callFrames);
    if (id === undefined) return;
    this.answers.get(id)?.();
    this.answers.delete(id);
  }

  private note(parsed: { scriptId: string; url: string; sourceMapURL?: string }): void {
    if (!parsed.url.startsWith('file:')) return;
    const file = ofSolution.exec(fileURLToPath(parsed.url).replaceAll(path.sep, '/'))?.[1];
    if (file === undefined) return;
    this.scripts.set(parsed.scriptId, { file, sourceMapUrl: parsed.sourceMapURL ?? '' });
  }
}

/** Of a place in what was compiled, from 0, the line in what was written, from 1. */
function lineInSource({ sourceMapUrl }: Script, line: number, column: number): number {
  const encoded = /^data:.*;base64,(.*)$/.exec(sourceMapUrl)?.[1];
  if (encoded === undefined) return line + 1;
  const map = new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString()));
  const entry = map.findEntry(line, column);
  return ('originalLine' in entry ? entry.originalLine : line) + 1;
}

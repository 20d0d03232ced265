/**
 * Sees to it that no grader outlives this process, nor its nodes, nor their folders: a small process of
 * its own ends them when it is asked to, or when this process is gone, even if it was killed.
 * See decision G9.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { usersOf } from '../nodes/apart/users';
import { markVariable } from '../runtime/parent-death-signal';
import { temporaryFolder } from '../runtime/temporary-folder';

let warden: Warden | undefined;

/** The one of this process, started when it is needed. */
export function wardenHere(): Warden {
  warden ??= new Warden();
  return warden;
}

let isOver = false;

/** All graders of this process were ended for good: nothing comes of what they say. */
export function areGradersEnded(): boolean {
  return isOver;
}

/** Ends all graders of this process, for good; resolves when nothing is left of them. */
export async function endGraders(): Promise<void> {
  isOver = true;
  await warden?.close();
}

export class Warden {
  private readonly folder: string;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<string, () => void>();
  private graders = 0;
  private going = 0;

  constructor() {
    this.folder = temporaryFolder('viewlab-grading-');
    // The processes of nodes may run as another user.
    chmodSync(this.folder, 0o755);
    const program = path.join(__dirname, 'warden-process.cjs');
    // In a session of its own: Ctrl-C is not for it.
    this.child = spawn(process.execPath, [program, this.folder, markVariable], {
      ...{ detached: true, stdio: ['pipe', 'pipe', 'inherit'] },
    });
    this.child.once('exit', () => {
      for (const resolve of this.waiting.values()) resolve();
    });
    this.child.on('error', () => undefined);
    this.child.stdin?.on('error', () => undefined);
    if (this.child.stdout !== null) {
      createInterface({ input: this.child.stdout }).on('line', (line) => {
        const name = line.replace(/^ended /, '');
        this.waiting.get(name)?.();
        this.waiting.delete(name);
      });
    }
    this.letGo();
  }

  /** A folder for a grader that is about to start; to be its mark, too. */
  newFolder(): string {
    this.graders += 1;
    this.going += 1;
    const folder = path.join(this.folder, `grader-${this.graders}`);
    mkdirSync(folder, { mode: 0o755 });
    return folder;
  }

  /** The grader with this folder runs, in this process. */
  keep(folder: string, pid: number): void {
    const { from, to } = usersOf(pid);
    this.say(`keep ${path.basename(folder)} ${from} ${to}`);
  }

  /** Ends all that belongs to the grader with this folder; resolves when it is gone. */
  async end(folder: string): Promise<void> {
    const name = path.basename(folder);
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.waiting.set(name, resolve));
    this.child.ref();
    this.say(`end ${name}`);
    await ended;
    this.going -= 1;
    if (this.going > 0) {
      if (this.waiting.size === 0) this.letGo();
      return;
    }
    // A later grader starts another: nothing is to be left when the last grader is gone.
    if (warden === this) warden = undefined;
    await this.close();
  }

  /** Ends all that it keeps, and itself, with its folder. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.ref();
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await gone;
  }

  /** This process may end while it is there. */
  private letGo(): void {
    this.child.unref();
    for (const stream of [this.child.stdin, this.child.stdout])
      (stream as { unref?(): void }).unref?.();
  }

  private say(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }
}

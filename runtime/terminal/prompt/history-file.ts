/**
 * The lines typed at a prompt, kept for the next time. History is a convenience: where it cannot be
 * read or written, the prompt works without.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const maxHistoryLines = 500;

export class HistoryFile {
  private readonly file: string;
  private last: string | undefined;

  constructor(file: string) {
    this.file = file;
  }

  /** The last lines, oldest first. */
  load(): string[] {
    try {
      const lines = readFileSync(this.file, 'utf8').split('\n').filter(Boolean);
      const kept = lines.slice(-maxHistoryLines);
      // Appending alone would let the file grow for ever; rewriting it each time would lose lines
      // when two programs run.
      if (lines.length > 2 * maxHistoryLines) writeFileSync(this.file, `${kept.join('\n')}\n`);
      this.last = kept.at(-1);
      return kept;
    } catch {
      return [];
    }
  }

  add(line: string): void {
    if (line.trim() === '' || line === this.last) return;
    this.last = line;
    try {
      mkdirSync(path.dirname(this.file), { recursive: true });
      appendFileSync(this.file, `${line}\n`, { mode: 0o600 });
    } catch {
      // A convenience, as said above.
    }
  }
}

/** Where programs keep their state (XDG base directories): ~/.local/state unless told otherwise. */
export function promptHistoryFile(name: string, env: NodeJS.ProcessEnv = process.env): HistoryFile {
  const state = env.XDG_STATE_HOME || path.join(homedir(), '.local', 'state');
  return new HistoryFile(path.join(state, 'viewlab', name));
}

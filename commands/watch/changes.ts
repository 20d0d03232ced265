/** Notices when files change. */
import { type StatsListener, unwatchFile, watchFile } from 'node:fs';
import path from 'node:path';

/** Looks at the files themselves: that works with every editor and on every file system. */
const lookIntervalMs = 200;

/** Editors save several files at once: what comes within this time, in milliseconds, is one change. */
const settleMs = 100;

/**
 * Calls back with the names of files that were written, made or removed, until it is closed. `list` says
 * which there are, relative to `root`; it is asked again after each change.
 */
export function watchFiles(
  root: string,
  list: () => readonly string[],
  onChange: (files: readonly string[]) => void,
): { close(): void } {
  const changed = new Set<string>();
  const watched = new Map<string, () => void>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    const all = [...changed];
    changed.clear();
    watchAll();
    onChange(all);
  };
  const watchOne = (file: string) => {
    const full = path.join(root, file);
    const listener: StatsListener = (now, before) => {
      if (now.mtimeMs === before.mtimeMs && now.size === before.size) return;
      changed.add(file);
      clearTimeout(timer);
      timer = setTimeout(tell, settleMs);
    };
    watchFile(full, { interval: lookIntervalMs }, listener);
    watched.set(file, () => unwatchFile(full, listener));
  };
  // A file that is new is noticed with the one that was changed to import it.
  const watchAll = () => {
    for (const file of list()) if (!watched.has(file)) watchOne(file);
  };
  watchAll();
  return {
    close: () => {
      clearTimeout(timer);
      for (const stop of watched.values()) stop();
    },
  };
}

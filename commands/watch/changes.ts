/** Notices when files change. */
import { type StatsListener, unwatchFile, watchFile } from 'node:fs';
import path from 'node:path';

/** Looks at the files themselves: that works with every editor and on every file system. */
const lookIntervalMs = 200;

/** Editors save several files at once: what comes within this time, in milliseconds, is one change. */
const settleMs = 100;

/** Calls back with the names of files that were written, made or removed, until it is closed. */
export function watchFiles(
  root: string,
  files: readonly string[],
  onChange: (files: readonly string[]) => void,
): { close(): void } {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    const all = [...changed];
    changed.clear();
    onChange(all);
  };
  const watched = files.map((file) => {
    const full = path.join(root, file);
    const listener: StatsListener = (now, before) => {
      if (now.mtimeMs === before.mtimeMs && now.size === before.size) return;
      changed.add(file);
      clearTimeout(timer);
      timer = setTimeout(tell, settleMs);
    };
    watchFile(full, { interval: lookIntervalMs }, listener);
    return () => unwatchFile(full, listener);
  });
  return {
    close: () => {
      clearTimeout(timer);
      for (const stop of watched) stop();
    },
  };
}

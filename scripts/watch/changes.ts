/** Notices when files change. */
import { type StatsListener, unwatchFile, watchFile } from 'node:fs';
import path from 'node:path';

/** Looks at the files themselves: that works with every editor and on every file system. */
const lookIntervalMs = 200;

/** Calls back with the name of a file that was written, made or removed, until it is closed. */
export function watchFiles(
  root: string,
  files: readonly string[],
  onChange: (file: string) => void,
): { close(): void } {
  const watched = files.map((file) => {
    const full = path.join(root, file);
    const listener: StatsListener = (now, before) => {
      if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) onChange(file);
    };
    watchFile(full, { interval: lookIntervalMs }, listener);
    return () => unwatchFile(full, listener);
  });
  return {
    close: () => {
      for (const stop of watched) stop();
    },
  };
}

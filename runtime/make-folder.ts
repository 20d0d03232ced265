import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** Makes a folder and those around it. Throws the error of the system that says why it cannot. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    // On a disk that is read-only, Node says of all of them together that they do not exist.
    let outermost = path.resolve(folder);
    while (!existsSync(path.dirname(outermost))) outermost = path.dirname(outermost);
    if (!existsSync(outermost)) mkdirSync(outermost);
    throw error;
  }
}

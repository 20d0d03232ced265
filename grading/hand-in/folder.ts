/** A hand-in that is a folder. Links are not followed: they could lead anywhere. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isHidden, Listing, maxFileBytes, type Source } from './listing';

/** How deep folders are looked into. */
const maxDepth = 32;

export function folderSource(root: string): Source {
  return {
    async list() {
      const listing = new Listing();
      const walk = (folder: string, depth: number) => {
        for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
          const place = path.posix.join(folder, entry.name);
          if (entry.isDirectory()) {
            if (!isHidden(place) && depth < maxDepth) walk(place, depth + 1);
          } else if (entry.isFile() || entry.isSymbolicLink()) {
            listing.add(place, entry.isSymbolicLink());
          }
        }
      };
      walk('', 0);
      return listing;
    },
    async read(places) {
      const contents = [...places].map((place) => {
        const file = path.join(root, place);
        const { size } = lstatSync(file);
        return [place, size > maxFileBytes ? size : readFileSync(file)] as const;
      });
      return new Map(contents);
    },
  };
}

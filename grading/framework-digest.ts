import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { withPlainLineEnds } from '../runtime/text-file';

const root = path.join(__dirname, '..');
const folders = [
  ...['runtime', 'viewservice', 'pbservice', 'client', 'judging', 'worlds', 'suite', 'report'],
  ...['labtests', 'grading'],
];

let digest: string | undefined;

/** Tells one version of the framework from another: what it is made of, hashed. */
export function frameworkDigest(): string {
  digest ??= compute();
  return digest;
}

function compute(): string {
  const hash = createHash('sha256');
  const walk = (folder: string) => {
    const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const place = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(place);
      else hash.update(`${place}\0`).update(textOf(path.join(root, place)));
    }
  };
  folders.forEach(walk);
  return hash.digest('hex').slice(0, 32);
}

/** With the same line ends on all machines that share a queue. */
function textOf(file: string): string {
  return withPlainLineEnds(readFileSync(file, 'latin1'));
}

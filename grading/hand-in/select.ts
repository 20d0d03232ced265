/**
 * Finds the modules of a solution among what was handed in. Where its folders are is told by the files
 * that every hand-in has; whatever else lies in these folders comes along. What can only be meant in one
 * way is taken, however it is written or wherever it lies; of the rest is said what is there, and what
 * to do.
 */
import path from 'node:path';
import { isModule, maxFolders, maxModules, ownerOf, stubFiles } from '../../labtests/student-files';
import { solutionFolders } from '../../nodes/sandbox/solution-folders';
import { type ArchiveEntry, depthOf, maxFileBytes, maxHandInBytes, type Source } from './listing';
import { decodeText } from './text';

/**
 * The text of each module that was handed in, in UTF-8 with LF at the end of each line: the student's
 * files, and what the hand-in has of the framework's own (see `ownerOf`).
 */
export type HandedIn = ReadonlyMap<string, Buffer>;

/** How many copies of the same files are compared. */
const maxRivals = 3;
/** How many files are opened to see which they are. */
const maxOpened = 20;

/** Where the files lie that belong together. */
interface Group {
  /** The folder around them, ending in a slash; empty at the top. */
  readonly prefix: string;
  readonly places: Map<string, ArchiveEntry>;
}

/** A file of the framework that cannot be read, nor need be. */
const unread = Buffer.from('');

/** Throws an Error that says what is wrong when these are not the files of one hand-in. */
export async function selectFiles(source: Source): Promise<HandedIn> {
  const listing = await source.list();
  const groups = grouped(listing.candidates);
  for (const group of groups.slice(0, 1 + maxRivals)) takeAlong(group, listing.candidates);
  const loose = await looseFiles(listing.candidates, groups[0]?.prefix, source);
  const [first, ...more] = groups.length > 0 ? groups : loose;
  if (first === undefined) throw new Error(nothingFound(listing));
  const files = await contentsOf(first, source);
  const rivals = more.filter(({ prefix }) => depthOf(prefix) === depthOf(first.prefix));
  for (const rival of rivals.slice(0, maxRivals)) await requireSame(files, first, rival, source);
  if (rivals.length > maxRivals) throw new Error(`it has ${rivals.length + 1} copies: hand in one`);
  // Beside the folders, what can be nothing else.
  const beside = groups.length > 0 ? loose[0] : undefined;
  if (beside === undefined) return files;
  return new Map([...(await contentsOf(beside, source)), ...files]);
}

/** Files in the folders where they belong, in whatever case; nearest to the top first. */
function grouped(candidates: readonly ArchiveEntry[]): Group[] {
  const groups = new Map<string, Group>();
  for (const entry of candidates) {
    const { place } = entry;
    const file = stubFiles.find((name) => isAt(place, name));
    if (file === undefined) continue;
    const prefix = place.slice(0, -file.length);
    const group = groups.get(prefix) ?? { prefix, places: new Map() };
    groups.set(prefix, group);
    add(group, file, entry);
  }
  return [...groups.values()];
}

/** Adds what else lies in the folders of the group. */
function takeAlong(group: Group, candidates: readonly ArchiveEntry[]): void {
  for (const entry of candidates) {
    const file = moduleAt(entry.place, group.prefix);
    if (file === undefined) continue;
    if (ownerOf(file) === undefined) {
      throw new Error(
        `${entry.place} cannot be taken along: expected at most ${maxFolders} folders in each other, ` +
          'and names of letters, digits and hyphens; move or rename it',
      );
    }
    add(group, file, entry);
  }
  const { size } = group.places;
  if (size > maxModules) {
    throw new Error(
      `it has ${size} modules in ${solutionFolders.join(', ')}, at most ${maxModules} are taken: ` +
        'hand in the folders of the lab alone',
    );
  }
}

/** Which module it is in the folders below `prefix`: folders in small letters, other names as they are. */
function moduleAt(place: string, prefix: string): string | undefined {
  if (!place.startsWith(prefix)) return undefined;
  const inside = place.slice(prefix.length);
  const lower = inside.toLowerCase();
  const end = inside.indexOf('/') + 1;
  const file = stubFiles.includes(lower) ? lower : lower.slice(0, end) + inside.slice(end);
  return isModule(file) ? file : undefined;
}

function add({ places }: Group, file: string, entry: ArchiveEntry): void {
  const { place } = entry;
  const other = places.get(file);
  if (other === undefined || place.endsWith(file)) places.set(file, entry);
  else if (!other.place.endsWith(file) && other.place !== place) {
    throw new Error(`it has both ${other.place} and ${place}: hand in one, as ${file}`);
  }
}

function isAt(place: string, file: string): boolean {
  const lower = place.toLowerCase();
  return lower === file || lower.endsWith(`/${file}`);
}

/**
 * Files without their folders, in the folder `beside` or else nearest to the top: told by their names,
 * and two of them by what they declare.
 */
async function looseFiles(
  candidates: readonly ArchiveEntry[],
  beside: string | undefined,
  source: Source,
): Promise<Group[]> {
  const stray = candidates.filter(
    ({ place }) => !stubFiles.some((name) => isAt(place, name)) && meantBy({ place }).length > 0,
  );
  const depth = depthOf(stray[0]?.place ?? '');
  const near = stray.filter(({ place }) =>
    beside === undefined ? depthOf(place) === depth : folderOf(place) === beside,
  );
  const unclear = near.filter((entry) => !entry.isLink && meantBy(entry).length > 1);
  const opened = unclear.slice(0, maxOpened).map(({ place }) => place);
  const contents = opened.length > 0 ? await source.read(new Set(opened)) : new Map();
  const groups = new Map<string, Group>();
  for (const entry of near) {
    const [file, ...others] = meantBy(entry).filter(
      (name, _i, { length }) =>
        length === 1 || declaresItsClass(name, contents.get(entry.place), entry.place),
    );
    if (file === undefined || others.length > 0) continue;
    const prefix = folderOf(entry.place);
    const group = groups.get(prefix) ?? { prefix, places: new Map() };
    groups.set(prefix, group);
    group.places.set(file, entry);
  }
  return [...groups.values()];
}

/** The files of this name that every hand-in has. */
function meantBy({ place }: Pick<ArchiveEntry, 'place'>): string[] {
  const base = path.posix.basename(place);
  return stubFiles.filter((name) => isAt(base, path.posix.basename(name)));
}

function folderOf(place: string): string {
  return place.slice(0, place.lastIndexOf('/') + 1);
}

/** The class that each file declares whose name alone does not tell which it is. */
const classes = new Map([
  ['viewservice/server.ts', /\bclass\s+ViewServer\b/],
  ['pbservice/server.ts', /\bclass\s+PbServer\b/],
]);

function declaresItsClass(file: string, content: Buffer | number | undefined, place: string) {
  if (!Buffer.isBuffer(content)) return false;
  return classes.get(file)?.test(decodeText(content, place)) === true;
}

async function contentsOf({ places }: Group, source: Source): Promise<Map<string, Buffer>> {
  for (const [file, { place, isLink }] of places) {
    if (isLink && ownerOf(file) === 'student')
      throw new Error(`${place} is a link, which is not followed: hand in ${file} itself`);
  }
  const followed = [...places.values()].filter(({ isLink }) => !isLink);
  const contents = await source.read(new Set(followed.map(({ place }) => place)));
  const files = new Map<string, Buffer>();
  let sizeBytes = 0;
  for (const [file, { place }] of places) {
    const content = contents.get(place);
    const isGiven = ownerOf(file) === 'framework';
    if (typeof content === 'number' && !isGiven) {
      const got = content > 0 ? `${content} bytes` : 'more bytes than it says';
      throw new Error(`${place} has ${got}, at most ${maxFileBytes} are taken`);
    }
    const text = isGiven ? decodedOrUnread(content, place) : decoded(content, place);
    if (text === undefined) continue;
    sizeBytes += text.length;
    if (sizeBytes > maxHandInBytes) {
      throw new Error(`its modules have more than ${maxHandInBytes} bytes together`);
    }
    files.set(file, text);
  }
  return files;
}

function decoded(content: Buffer | number | undefined, place: string): Buffer | undefined {
  return Buffer.isBuffer(content) ? Buffer.from(decodeText(content, place)) : undefined;
}

/** Files that the framework has itself are nobody's fault. */
function decodedOrUnread(content: Buffer | number | undefined, place: string): Buffer {
  try {
    return decoded(content, place) ?? unread;
  } catch {
    return unread;
  }
}

/** Two copies of the same files leave no doubt. */
async function requireSame(
  files: Map<string, Buffer>,
  first: Group,
  rival: Group,
  source: Source,
): Promise<void> {
  const others = await contentsOf(rival, source);
  const isStudents = ([file]: [string, Buffer]) => ownerOf(file) === 'student';
  const [mine, theirs] = [[...files].filter(isStudents), [...others].filter(isStudents)];
  const same =
    mine.length === theirs.length &&
    mine.every(([file, text]) => others.get(file)?.equals(text) === true);
  if (same) return;
  const [one, two] = [first.prefix || '.', rival.prefix || '.'];
  throw new Error(`it has student files in both ${one} and ${two}, which differ: hand in one`);
}

function nothingFound({ examples, entries }: Awaited<ReturnType<Source['list']>>): string {
  const expected = `it has none of the student files: ${stubFiles.join(', ')}`;
  if (entries === 0) return `${expected}; it is empty`;
  const more = entries > examples.length ? ', ...' : '';
  return examples.length === 0 ? expected : `${expected}; it has ${examples.join(', ')}${more}`;
}

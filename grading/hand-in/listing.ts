/** The list of a hand-in's files, as far as it matters: possible modules of a solution, and a few other names. */
import path from 'node:path';
import { stubFiles } from '../../labtests/student-files';
import { solutionFolders } from '../../nodes/sandbox/solution-folders';

/** People hand in their node_modules, too. */
export const maxArchiveEntries = 200_000;
/** No student file is nearly as large. */
export const maxFileBytes = 2 ** 20;
/** Of one name in an archive, in UTF-16 code units; no system has longer paths. */
const maxPlaceLength = 4_096;
/** All files together that are taken. */
export const maxHandInBytes = 8 * 2 ** 20;
/** How many places of modules are looked at: the ones nearest to the top. */
const maxCandidates = 1_000;
const maxExamples = 5;

export interface ArchiveEntry {
  /** Where it lies in the hand-in, with slashes. */
  readonly place: string;
  readonly isLink: boolean;
}

/** A hand-in in whatever form: names first, then the contents of what was chosen from these. */
export interface Source {
  list(): Promise<Listing>;
  /** The contents by place; of what is larger than `maxFileBytes` only how many bytes it has. */
  read(places: ReadonlySet<string>): Promise<Map<string, Buffer | number>>;
}

const baseNames = new Set(stubFiles.map((file) => path.posix.basename(file)));
const inFolders = new RegExp(`(^|/)(${solutionFolders.join('|')})/.*\\.ts$`, 'i');

export class Listing {
  /** Files that are no module of a solution, for people to recognise. */
  readonly examples: string[] = [];
  entries = 0;
  private found: ArchiveEntry[] = [];

  add(given: string, isLink = false): void {
    this.entries += 1;
    if (this.entries > maxArchiveEntries)
      throw new Error(`it has more than ${maxArchiveEntries} files`);
    if (given.length > maxPlaceLength) return;
    const place = plainPlace(given);
    if (isHidden(place)) return;
    if (!inFolders.test(place) && !baseNames.has(path.posix.basename(place).toLowerCase())) {
      if (this.examples.length < maxExamples && !place.endsWith('/')) this.examples.push(place);
      return;
    }
    this.found.push({ place, isLink });
    if (this.found.length >= 2 * maxCandidates) this.prune();
  }

  /** Nearest to the top first. */
  get candidates(): readonly ArchiveEntry[] {
    this.prune();
    return this.found;
  }

  private prune(): void {
    this.found = this.found
      .sort((a, b) => depthOf(a.place) - depthOf(b.place))
      .slice(0, maxCandidates);
  }
}

/** How many folders lie around it. */
export function depthOf(place: string): number {
  return place.split('/').length - 1;
}

/** As it is written everywhere here: slashes, and no `./` before it. */
export function plainPlace(given: string): string {
  return path.posix.normalize(given.replaceAll('\\', '/'));
}

/** Files that nobody hands in on purpose: other people's packages, junk of systems, hidden folders. */
export function isHidden(place: string): boolean {
  const names = place.split('/').filter((name) => name !== '' && name !== '.');
  return names.some((name) => /^(\..*|node_modules|store|__MACOSX)$/i.test(name));
}

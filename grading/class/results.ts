/**
 * The folder in which the grades of a class are kept: a report for each hand-in, and what was made of
 * all of them. What is graded already is not graded again, unless the hand-in, the seeds or the
 * framework have changed.
 */

import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { gradableParts } from '../../labtests/labs';
import { parseReport } from '../../report/parse';
import type { Report } from '../../report/schema';
import { makeFolder } from '../../runtime/make-folder';
import { replaceFile } from '../../runtime/replace-file';
import { frameworkDigest } from '../framework-digest';
import type { HandedIn } from '../hand-in/read';
import type { ClassSettings } from '../job';

const Settings = v.object({
  parts: v.array(v.picklist(gradableParts)),
  freshFrom: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  only: v.exactOptional(v.array(v.string())),
  seeds: v.exactOptional(v.number()),
  processorSeconds: v.exactOptional(v.number()),
});

/** In the folder of a hand-in that could not be read: why. */
const unreadFile = 'unread.json';

export class ResultsFolder {
  readonly folder: string;
  private readonly framework = frameworkDigest();

  constructor(folder: string) {
    this.folder = folder;
    makeFolder(this.handIns);
  }

  /**
   * The settings with which this folder was begun, or these, which begin it: one class is graded with
   * the same seeds throughout. Throws an Error when the two do not agree.
   */
  settle(wanted: ClassSettings, freshFrom: number | undefined): ClassSettings {
    const file = path.join(this.folder, 'settings.json');
    const known = readJson(file);
    if (known === undefined) {
      this.write(file, `${JSON.stringify(wanted, null, 2)}\n`);
      return wanted;
    }
    const settings = v.parse(Settings, known);
    const same =
      settings.parts.join() === wanted.parts.join() &&
      settings.only?.join() === wanted.only?.join() &&
      settings.seeds === wanted.seeds &&
      settings.processorSeconds === wanted.processorSeconds &&
      (freshFrom === undefined || freshFrom === settings.freshFrom);
    if (!same) {
      throw new Error(
        `${this.folder} has grades of part ${settings.parts.join(' and ')} with ` +
          `--seed ${settings.freshFrom}${settings.only ? ` --only ${settings.only.join()}` : ''}` +
          `${settings.seeds ? ` --seeds ${settings.seeds}` : ''}` +
          `${settings.processorSeconds ? ` --processor-seconds ${settings.processorSeconds}` : ''}: ` +
          'go on with these, or choose another --out',
      );
    }
    return settings;
  }

  /** The identity of a grade: the same hand-in, settings and framework give the same one. */
  digest(files: HandedIn, settings: ClassSettings): string {
    const hash = createHash('sha256').update(this.framework).update(JSON.stringify(settings));
    for (const file of [...files.keys()].sort()) {
      hash.update(`\0${file}\0`).update(files.get(file) ?? '');
    }
    return hash.digest('hex').slice(0, 32);
  }

  /** The report on a hand-in, if it was graded just so. */
  find(name: string, digest: string): Report | undefined {
    const mark = readJson(path.join(this.placeOf(name), 'graded.json')) as { digest?: unknown };
    if (mark?.digest !== digest) return undefined;
    try {
      return parseReport(readFileSync(path.join(this.placeOf(name), 'report.json'), 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** The folder for a hand-in, without what an earlier grading left there. */
  begin(name: string): string {
    const folder = this.placeOf(name);
    rmSync(folder, { recursive: true, force: true });
    makeFolder(folder);
    return folder;
  }

  /** Keeps a report; the mark comes last, so that half a report is none. */
  keep(name: string, digest: string, report: Report): void {
    const folder = this.placeOf(name);
    this.write(path.join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    this.write(path.join(folder, 'graded.json'), `${JSON.stringify({ digest })}\n`);
  }

  /** Why an archive could not be read, if it is the same still. */
  findUnread(name: string, place: string): string | undefined {
    const mark = readJson(path.join(this.placeOf(name), unreadFile)) as {
      is?: unknown;
      why?: unknown;
    };
    const isSame = mark?.is !== undefined && mark.is === this.identityOf(place);
    return isSame && typeof mark.why === 'string' ? mark.why : undefined;
  }

  keepUnread(name: string, place: string, why: string): void {
    const is = this.identityOf(place);
    if (is === undefined) return;
    const folder = this.begin(name);
    this.write(path.join(folder, unreadFile), `${JSON.stringify({ is, why })}\n`);
  }

  /** Of a file, without reading it: it may be the one that no reader comes to an end with. */
  private identityOf(place: string): string | undefined {
    const entry = lstatSync(place, { throwIfNoEntry: false });
    if (entry?.isFile() !== true) return undefined;
    return `${this.framework} ${entry.size} ${entry.mtimeMs} ${entry.ctimeMs}`;
  }

  /** Writes something that was made of all hand-ins. */
  writeSummary(file: string, text: string): void {
    this.write(path.join(this.folder, file), text);
  }

  private get handIns(): string {
    return path.join(this.folder, 'hand-ins');
  }

  private placeOf(name: string): string {
    return path.join(this.handIns, name);
  }

  private write(file: string, text: string): void {
    replaceFile(file, text);
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Page, trace and history of a failure that is not part of a graded run: of `npm run replay` and of
 * `npm run watch`, each in a folder of its own in the store.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../runtime/errors';
import type { JobResult } from '../suite/run/job';
import type { Scenario } from '../suite/scenario/scenario';
import { ReportFolder } from './report';

const storeFolder = path.join(__dirname, '../store');

export class KeptFailures {
  private readonly command: string;
  private readonly folder: string;

  /** `command`: what they are kept for, which is the name of the folder, too. */
  constructor(command: string, store = storeFolder) {
    this.command = command;
    this.folder = path.join(store, command);
  }

  /** Forgets those that were kept before. */
  clear(): void {
    try {
      rmSync(this.folder, { recursive: true, force: true });
    } catch {
      // A file that cannot be removed cannot be written either, and that is said then.
    }
  }

  /** Keeps a failure; says where: in words, as it may be that nothing could be written. */
  keep(id: string, result: JobResult, scenario?: Scenario): string | undefined {
    // A stub has nothing to show.
    if (result.failure?.kind === 'not implemented') return undefined;
    if (result.trace.length === 0 && result.history.length === 0) return undefined;
    const from = `store/${this.command}`;
    try {
      const { page, trace } = new ReportFolder(this.folder).writeRun(id, result, { scenario });
      return page === undefined ? `${from}/${trace}` : `${from}/${page} (in a browser)`;
    } catch (error) {
      return `nothing, as it could not be written: ${messageOf(error)}`;
    }
  }
}

import { partReport, pending, ReportFolder } from '../../report/report';
import { labOf } from '../labs';
import { expectedParts, runFolder, selectionOf } from './settings';

/**
 * Called once, before the first test file: writes a report in which every part that will run is
 * there, with nothing passed. So a part that dies before its first test costs its points.
 */
export function beginReport(): void {
  for (const part of expectedParts()) {
    const { chosen, skipped } = selectionOf(part);
    new ReportFolder(runFolder()).writePart(
      partReport(labOf(part), chosen.map(pending), { skipped }),
    );
  }
}

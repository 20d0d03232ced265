import { allScenarios } from '../../catalogue';
import { partReport, pending, ReportFolder } from '../report/report';
import { expectedParts, runFolder } from './settings';

/**
 * Called once, before the first test file: writes a report in which every part that will run is
 * there, with nothing passed. So a part that dies before its first test costs its points.
 */
export function beginReport(): void {
  for (const part of expectedParts()) {
    const scenarios = allScenarios().filter((scenario) => scenario.part === part);
    new ReportFolder(runFolder()).writePart(partReport(part, scenarios.map(pending)));
  }
}

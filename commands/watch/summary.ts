/** The summary of one round of scenarios, in a few lines. */
import { labOf } from '../../labtests/labs';
import { harmLine } from '../../report/harms';
import { partReport } from '../../report/report';
import { isUnwritten, renderFailure, renderMissing } from '../../report/scorecard';
import type { Paint } from '../../runtime/terminal/colour';
import type { Part } from '../../suite/scenario/scenario';
import type { WatchedScenario } from './rounds';

export type Round = readonly WatchedScenario[];

/** Points, what is different from the round before, what is not written yet, and one failure. */
export function renderRound(round: Round, before: Round | undefined, paint: Paint): string {
  const failed = round.filter(({ passed }) => passed !== true);
  const unwritten = failed.filter(isUnwritten);
  const wrong = failed.filter((scenario) => !isUnwritten(scenario));
  const [first] = wrong;
  return [
    ...partsOf(round).map((part) => renderPart(part, round, paint)),
    ...renderDifference(round, before, paint),
    ...(wrong.length > 0 ? [paint('red', `Fails: ${idsOf(wrong)}`)] : []),
    ...(unwritten.length > 0 ? [renderMissing(unwritten, paint)] : []),
    ...(first === undefined ? [] : ['', renderFailure(first, [], paint, { see: first.see })]),
  ].join('\n');
}

function partsOf(round: Round): Part[] {
  return [...new Set(round.map(({ part }) => part))];
}

function renderPart(part: Part, round: Round, paint: Paint): string {
  const scenarios = round.filter((scenario) => scenario.part === part);
  const report = partReport(labOf(part), scenarios);
  const { title, score, maxScore } = report;
  const harm = harmLine(report);
  const passed = scenarios.filter((scenario) => scenario.passed === true).length;
  const text = `Part ${part}, ${title}: ${score}/${maxScore} points, ${passed} of ${scenarios.length} scenarios pass`;
  const line = paint('bold', score === maxScore ? paint('green', text) : text);
  return harm === undefined ? line : `${line}\n${paint('red', harm)}`;
}

function renderDifference(round: Round, before: Round | undefined, paint: Paint): string[] {
  if (before === undefined) return [];
  const passedBefore = new Map(before.map(({ id, passed }) => [id, passed === true]));
  const changed = (passes: boolean) =>
    round.filter(
      ({ id, passed }) => (passed === true) === passes && passedBefore.get(id) === !passes,
    );
  const [gained, lost] = [changed(true), changed(false)];
  return [
    ...(gained.length > 0 ? [paint('green', `Passes now: ${idsOf(gained)}`)] : []),
    ...(lost.length > 0 ? [paint('red', `Fails now: ${idsOf(lost)}`)] : []),
  ];
}

function idsOf(scenarios: Round): string {
  return scenarios.map(({ id }) => id).join(', ');
}

/** Checks of the declarations of labs, made when these load, before anything runs with them. */
import path from 'node:path';
import type { LabDeclaration } from '../suite/scenario/lab-declaration';
import type { Harms, Scenario } from '../suite/scenario/scenario';

/** Throws an Error when two labs have the same letter. */
export function refuseTwins(labs: readonly LabDeclaration[]): void {
  for (const [i, { part, folder }] of labs.entries()) {
    const other = labs.slice(0, i).find((one) => one.part === part);
    if (other === undefined) continue;
    throw new Error(
      `two labs are part ${part}, ${other.folder} and ${folder}: give one of them a letter of its own`,
    );
  }
}

/** Throws an Error when a lab that can be graded has no scenarios, or scenarios or harms that do not fit the points that it says. */
export function refuseMismatch(
  labs: readonly LabDeclaration[],
  scenarios: readonly Pick<Scenario, 'part' | 'points'>[],
): void {
  for (const { part, folder, graded, points = 0, harms = {} } of labs) {
    refuseHarms(folder, part, points, harms);
    const own = scenarios.filter((scenario) => scenario.part === part);
    if (own.length === 0 && graded !== 'never') {
      throw new Error(
        `part ${part} is declared in ${folder}, and no scenario of it is loaded: add the line ` +
          `import './${path.basename(folder)}'; to labtests/catalogue.ts, or scenarios to its index.ts`,
      );
    }
    const sum = own.reduce((all, one) => all + one.points, 0);
    if (sum === points) continue;
    throw new Error(
      `the scenarios of part ${part} are worth ${sum} points together, and its declaration in ${folder} ` +
        `says points: ${points}`,
    );
  }
}

function refuseHarms(folder: string, part: string, points: number, harms: Harms): void {
  for (const [kind, harm] of Object.entries(harms)) {
    const [plain, other = plain] = typeof harm === 'number' ? [harm] : harm;
    if (other >= 1 && other <= plain && plain <= points) continue;
    throw new Error(
      `part ${part}, declared in ${folder}, has the harm ${kind} cost ${harm}: expected 1 to ${points} points, ` +
        'in other runs no more than in a plain failover',
    );
  }
}

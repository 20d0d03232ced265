/** The zoo as a program: grades it with progress, and says what came of it. */
import { UsageError } from '../../runtime/terminal/exit';
import type { Scenario } from '../../suite/scenario/scenario';
import { gradeZoo } from './grade';
import { matrixPage } from './matrix';
import { rightSolutions } from './right-solutions';
import { isZooCaught, type Took, wrongLine, zooReport, zooSummary } from './summary';
import { wrongSolutions } from './wrong-solutions';

export interface RunZooOptions {
  /** Takes the solutions whose name begins with this. */
  readonly only: string;
  /** The scenarios that the solutions meet; a wrong one that the first of those meant for it does not see is left out. */
  readonly scenarios: readonly Scenario[];
  readonly otherSeeds: number;
  readonly rightSeeds: number;
  /** Leaves out the wrong solutions. */
  readonly onlyRight: boolean;
  readonly print: (line: string) => void;
}

export async function runZoo(options: RunZooOptions) {
  const { only, scenarios, otherSeeds, rightSeeds, onlyRight, print } = options;
  const isChosen = ({ name }: { name: string }) => name.startsWith(only);
  const named = onlyRight ? [] : wrongSolutions().filter(isChosen);
  const ids = new Set(scenarios.map(({ id }) => id));
  const wrong = named
    .filter(({ meant: [first] }) => first !== undefined && ids.has(first))
    .map((one) => ({ ...one, meant: one.meant.filter((id) => ids.has(id)) }));
  const unseen = named.length - wrong.length;
  if (unseen > 0)
    print(`${unseen} wrong solutions are left out: what is meant for them is skipped`);
  const right = rightSolutions().filter(isChosen);
  const count = wrong.length + right.length;
  if (count === 0) throw new UsageError(`--only: no solution has a name that begins with ${only}`);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  let finished = 0;
  const tell = (line: string) => {
    finished += 1;
    print(`[${finished}/${count}] ${line}`);
  };
  const result = await gradeZoo({
    ...{ wrong, right, scenarios, otherSeeds, rightSeeds, meets: 'all' },
    onWrong: (one) => tell(wrongLine(one)),
    onRight: ({ solution, failures, runs }) =>
      tell(
        failures.length === 0
          ? `passes  ${solution.name}  ${runs} runs`
          : `LOSES POINTS  ${solution.name}: ${failures.map(({ scenario, seed }) => `${scenario}:${seed}`).join(' ')}`,
      ),
  });
  // Of the whole process, its workers included: it does not depend on what else the machine does.
  const { user, system } = process.cpuUsage(cpuBefore);
  const took: Took = {
    seconds: (performance.now() - startedAt) / 1_000,
    cpuSeconds: (user + system) / 1_000_000,
  };
  print(`\n${zooSummary(result, took)}`);
  return {
    exitCode: isZooCaught(result) ? 0 : 1,
    json: `${JSON.stringify(zooReport(result, took), null, 2)}\n`,
    html: matrixPage(result),
  };
}

/** The zoo as a program: grades it with progress, and says what came of it. */
import { UsageError } from '../../runtime/terminal/exit';
import { gradeZoo } from './grade';
import { matrixPage } from './matrix';
import { rightSolutions } from './right-solutions';
import { isAsItShouldBe, summaryText, wrongLine, zooReport } from './summary';
import { wrongSolutions } from './wrong-solutions';

export interface RunZooOptions {
  /** Takes the solutions whose name begins with this. */
  readonly only: string;
  readonly otherSeeds: number;
  readonly rightSeeds: number;
  readonly print: (line: string) => void;
}

export async function runZoo({ only, otherSeeds, rightSeeds, print }: RunZooOptions) {
  const isChosen = ({ name }: { name: string }) => name.startsWith(only);
  const wrong = wrongSolutions().filter(isChosen);
  const right = rightSolutions().filter(isChosen);
  const count = wrong.length + right.length;
  if (count === 0) throw new UsageError(`--only: no solution has a name that begins with ${only}`);
  const startedAt = performance.now();
  let finished = 0;
  const tell = (line: string) => {
    finished += 1;
    print(`[${finished}/${count}] ${line}`);
  };
  const result = await gradeZoo({
    ...{ wrong, right, otherSeeds, rightSeeds },
    onWrong: (one) => tell(wrongLine(one)),
    onRight: ({ solution, failures, runs }) =>
      tell(
        failures.length === 0
          ? `passes  ${solution.name}  ${runs} runs`
          : `LOSES POINTS  ${solution.name}: ${failures.map(({ scenario, seed }) => `${scenario}:${seed}`).join(' ')}`,
      ),
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  print(`\n${summaryText(result, seconds)}`);
  return {
    exitCode: isAsItShouldBe(result) ? 0 : 1,
    json: `${JSON.stringify(zooReport(result, seconds), null, 2)}\n`,
    html: matrixPage(result),
  };
}

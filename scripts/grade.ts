/** npm run grade -- --submission DIR: grades a hand-in, whose code runs in processes of its own. */
import { renameSync, writeFileSync } from 'node:fs';
import yargs from 'yargs';
import { type GradeReport, grade } from '../labtests/harness/grading/grade';
import { seedsFrom } from '../labtests/harness/jest/settings';
import { renderFailure, renderScorecard } from '../labtests/harness/report/scorecard';
import type { Part } from '../labtests/harness/scenario/scenario';
import { wholeNumber } from '../runtime/terminal/arguments';
import { painterFor } from '../runtime/terminal/colour';
import { commandLine } from '../runtime/terminal/command-line';
import { runMain, UsageError } from '../runtime/terminal/exit';

const argv = commandLine(yargs(process.argv.slice(2)), {
  program: 'grade',
  synopsis: '--submission DIR [options]',
  about:
    'Grades a hand-in. Only the student files are taken from it, and their code runs in processes\n' +
    'of its own, shut in as well as this machine can.',
  examples: [
    ['--submission alice', 'the scorecard of the hand-in in the folder alice'],
    ['--submission alice --format json --out alice.json', 'its report, in a file'],
  ],
  epilogue: 'Exit codes: 0 it was graded, whatever its score; 1 it could not be; 2 used wrongly.',
})
  .options({
    submission: {
      describe: 'Folder of the hand-in, with viewservice/, pbservice/ and client/',
      type: 'string',
      requiresArg: true,
      demandOption: true,
    },
    part: { describe: 'One part alone', choices: ['A', 'B'] as const, requiresArg: true },
    format: {
      describe: 'What to write',
      choices: ['terminal', 'json'] as const,
      default: 'terminal' as const,
      requiresArg: true,
    },
    out: {
      describe: 'File to write to, instead of the terminal',
      type: 'string',
      requiresArg: true,
    },
    seed: {
      describe: 'What the fresh seeds are drawn from; another one each time, unless told',
      requiresArg: true,
      coerce: wholeNumber('seed', { min: 0, max: 2 ** 31 }),
    },
  })
  .parseSync();

/** By a temporary file: what is there is whole, and a grader that dies leaves a failure. */
function write(text: string): void {
  if (argv.out === undefined) return;
  const temporary = `${argv.out}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, argv.out);
}

function render(report: GradeReport): string {
  if (argv.format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  const paint = painterFor(process.stdout);
  const failed = report.parts.flatMap(({ scenarios }) =>
    scenarios.filter(({ passed }) => passed !== true),
  );
  return [
    `Hand-in: ${report.submission}`,
    `Isolation: ${report.isolation}`,
    ...report.missing.map((file) => `Missing: ${file}`),
    '',
    renderScorecard(report.parts, paint),
    ...failed.slice(0, 5).map((scenario) => `${renderFailure(scenario, [], paint)}\n`),
    ...(failed.length > 5 ? [`... and ${failed.length - 5} more, see --format json`] : []),
    `Score: ${report.score}/${report.maxScore}`,
    '',
  ].join('\n');
}

void runMain('grade', async () => {
  const parts: Part[] = argv.part === undefined ? ['A', 'B'] : [argv.part];
  const freshFrom = argv.seed ?? Math.floor(Math.random() * 2 ** 31);
  let report: GradeReport;
  try {
    report = await grade({
      submission: argv.submission,
      parts,
      seedsOf: (scenario) => seedsFrom(scenario, freshFrom),
      onProgress: (soFar) => write(render(soFar)),
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const text = render(report);
  write(text);
  if (argv.out === undefined) process.stdout.write(text);
  else console.log(`${report.submission}: ${report.score}/${report.maxScore}, see ${argv.out}`);
  return 0;
});

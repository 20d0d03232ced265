/** npm test: words that mean scenarios choose them; everything else is jest's. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { run } from 'jest';
import { parseTestArguments, testHelp } from '../commands/test/arguments';
import { testFilesIn } from '../commands/test/files';
import { everyScenario } from '../labtests/catalogue';
import { requestScenarios } from '../labtests/jest/settings';
import { complain, endProcess, UsageError } from '../runtime/terminal/exit';

const root = path.resolve(__dirname, '..');

/** The options of jest, by its own list. */
function jestOptions() {
  const ofJest = createRequire(require.resolve('jest'));
  return ofJest('jest-cli').yargsOptions;
}

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  if (words.some((word) => word === '--help' || word === '-h')) {
    console.log(testHelp);
    return endProcess(0);
  }
  const found = { all: everyScenario(), files: testFilesIn(root), options: jestOptions() };
  const { forJest, ...asked } = parseTestArguments(words, found);
  requestScenarios(asked);
  // The configuration and the global set-up read what was asked for there.
  process.argv.splice(2, process.argv.length, ...forJest);
  await run(forJest, root);
}

main().catch((error) => {
  if (error instanceof UsageError) complain('test', error.message);
  else console.error(error);
  return endProcess(error instanceof UsageError ? 2 : 1);
});

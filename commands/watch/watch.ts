/** Runs scenarios whenever a student file changes, until told to end. */
import { studentFilesIn } from '../../labtests/student-files';
import { KeptFailures } from '../../report/kept-failure';
import { painterFor } from '../../runtime/terminal/colour';
import { clock } from '../../runtime/terminal/log-lines';
import type { Scenario } from '../../suite/scenario/scenario';
import { watchFiles } from './changes';
import { Rounds } from './rounds';
import { type Round, renderRound } from './summary';

export interface WatchOptions {
  readonly scenarios: readonly Scenario[];
  readonly root: string;
  readonly output: NodeJS.WriteStream;
  /** Resolves when it is to end. */
  readonly told: Promise<unknown>;
}

const clearScreen = '\x1b[2J\x1b[3J\x1b[H';

export async function watch({ scenarios, root, output, told }: WatchOptions): Promise<void> {
  const freshFrom = Math.floor(Math.random() * 1_000_000);
  const rounds = new Rounds({ scenarios, root, kept: new KeptFailures('watch'), freshFrom });
  const paint = painterFor(output);
  const print = (text: string) => output.write(`${text}\n`);
  let before: Round | undefined;
  const run = async (why: string) => {
    if (output.isTTY) output.write(clearScreen);
    print(
      `${paint('dim', clock())} ${why}: running ${scenarios.length === 1 ? scenarios[0]?.id : `${scenarios.length} scenarios`} ...`,
    );
    const startedAt = performance.now();
    const round = await rounds.run();
    print(renderRound(round, before, paint));
    before = round;
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    print(
      paint('dim', `\n${clock()} done in ${seconds} s. Waiting for a change; Ctrl-C ends this.`),
    );
  };
  const watcher = watchFiles(
    root,
    () => studentFilesIn(root),
    (files) => void run(`Saved: ${files.join(', ')}`),
  );
  void run('Start');
  await told;
  watcher.close();
  await rounds.close();
}

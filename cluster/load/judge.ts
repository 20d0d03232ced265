/**
 * Has the history of a load judged, in a process of its own: a search would hold up the network of the
 * cluster, which lives in this one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { formatHistory, type HistoryEvent } from '../../judging/history/model/history';
import { replaceFile } from '../../runtime/replace-file';
import type { LoadResult } from '../../viewer/model/live-data';

const root = path.resolve(__dirname, '../..');
const launcher = path.join(root, 'scripts', 'run.cjs');
/** Where the history is left, relative to the project. */
export const loadHistoryFile = 'store/live/history.ndjson';
/** After this the verdict is `unknown`, in milliseconds. */
const timeLimitMs = 20_000;
const memoryMib = 256;
/** How many lines of an explanation are kept. */
const maxLines = 60;

const verdicts: Readonly<Record<number, LoadResult['verdict']>> = {
  0: 'linearizable',
  1: 'not linearizable',
};

export class LoadJudge {
  private child: ChildProcess | undefined;

  /** Leaves the history in `historyFile`, and says whether it is linearizable. */
  async judge(number: number, history: readonly HistoryEvent[]): Promise<LoadResult> {
    if (history.length === 0) return { number, verdict: 'unknown', lines: ['nothing was done'] };
    const ndjson = formatHistory(history);
    mkdirSync(path.join(root, path.dirname(loadHistoryFile)), { recursive: true });
    replaceFile(path.join(root, loadHistoryFile), ndjson);
    const limits = ['--time-limit-ms', `${timeLimitMs}`, '--memory-mib', `${memoryMib}`];
    const child = spawn(
      process.execPath,
      [launcher, 'scripts/check-history', '-', '--model', 'kv', ...limits],
      { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] },
    );
    this.child = child;
    const ended = new Promise<number | null>((resolve) => {
      child.on('error', () => resolve(null));
      child.on('close', resolve);
    });
    // Should it end early, there is its exit code to go by.
    child.stdin.on('error', () => undefined);
    child.stdin.end(ndjson);
    const [stdout, stderr, exitCode] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      ended,
    ]);
    this.child = undefined;
    const said = stdout.trim() === '' ? stderr.trim() || 'the checker did not run' : stdout.trim();
    const lines = said.split('\n').slice(0, maxLines);
    return { number, verdict: verdicts[exitCode ?? 2] ?? 'unknown', lines };
  }

  /** Ends a search under way. */
  abandon(): void {
    this.child?.kill('SIGKILL');
  }
}

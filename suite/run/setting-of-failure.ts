/** The setting of a failure, and what of it is enough: the run is made again in the plain one, then with one dimension at a time. */
import type { Failure } from '../../judging/failure';
import type { RunResult } from '../scenario/run-result';

/** A run that takes longer than this, in milliseconds, is not made again and again. */
const longestMs = 2_000;

/** The failure of a run, with its setting if that was not plain, and whether it matters. */
export async function withSetting(
  { failure, seed, setting = [] }: RunResult,
  run: (seed: number, tracing: boolean, kept: readonly string[]) => Promise<RunResult>,
): Promise<Failure | null> {
  if (failure === null || setting.length === 0) return failure;
  const fails = async (...kept: string[]) => (await run(seed, false, kept)).failure !== null;
  const drawn = setting.map((one) => one.drawn).join(', ');
  const startedAt = performance.now();
  const failsPlain = await fails();
  const isLong = performance.now() - startedAt > longestMs;
  if (failsPlain) return { ...failure, setting: `${drawn}; in the plain setting it fails, too` };
  const alone: string[] = [];
  for (const one of setting) {
    if (!isLong && (await fails(one.dimension))) alone.push(one.drawn);
  }
  const matters = alone.length > 0 ? `, and with ${alone.join(' or ')} alone it fails` : '';
  const plain = setting.map((one) => one.plain).join(', ');
  return { ...failure, setting: `${drawn}; with ${plain} this run passes${matters}` };
}

/** The hand-in of `--hand-in`, for commands that run it here. */
import { messageOf } from '../../runtime/errors';
import { UsageError } from '../../runtime/terminal/exit';
import { type Assembled, assemble } from './assemble';
import { readHandIn } from './read';

/** Says on stderr what of it is not used. Rejects with a UsageError when it is no hand-in. */
export async function openHandIn(handIn: string): Promise<Assembled> {
  try {
    const assembled = assemble(await readHandIn(handIn));
    for (const file of assembled.ignored) {
      process.stderr.write(
        `${file} is ignored: it belongs to the lab, whose own runs in its place\n`,
      );
    }
    return assembled;
  } catch (error) {
    throw new UsageError(`--hand-in: ${messageOf(error)}`);
  }
}

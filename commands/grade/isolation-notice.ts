/** Tells whoever grades how well the code of strangers is shut in here, if that could be better. */
import { isolationHere } from '../../nodes/apart/launch';

/** On standard error: reports go to standard output. */
export function sayIsolation(): void {
  const { summary, missing } = isolationHere();
  if (missing === undefined) return;
  process.stderr.write(`isolation: ${summary}. A stronger wall is missing: ${missing}\n`);
}

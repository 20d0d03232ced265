/**
 * A Gradescope autograder: a zip file with `setup.sh`, which runs once when the image is built, and
 * `run_autograder`, which runs for each hand-in in the folders that Gradescope has for it
 * (https://gradescope-autograders.readthedocs.io/en/latest/specs/).
 */
import path from 'node:path';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { readText } from '../../runtime/text-file';

const scripts = path.join(__dirname, 'gradescope');
/** The programs of a Unix zip file say so in the upper half of their attributes. */
const executable = { os: 3, attrs: 0o100755 << 16 } as const;
const plain = { os: 3, attrs: 0o100644 << 16 } as const;
/** The same package gives the same bytes. */
const mtime = new Date(2026, 0, 1);

/** `args`: what is added to each `npm run grade`; single words without quotes. */
export function gradescopeZip(
  files: ReadonlyMap<string, string>,
  args: readonly string[],
): Uint8Array {
  const script = (name: string) => strToU8(readText(path.join(scripts, name)));
  const contents: Zippable = {
    'setup.sh': [script('setup.sh'), { ...executable, mtime }],
    run_autograder: [script('run_autograder'), { ...executable, mtime }],
    'grade-options': [strToU8(`${args.join('\n')}\n`), { ...plain, mtime }],
  };
  for (const [file, text] of files)
    contents[`viewlab/${file}`] = [strToU8(text), { ...plain, mtime }];
  return zipSync(contents, { level: 9 });
}

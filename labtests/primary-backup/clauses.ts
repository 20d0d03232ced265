/** The clauses of parts A and B, from `contract.json` beside this file. */
import path from 'node:path';
import * as v from 'valibot';
import { readText } from '../../runtime/text-file';
import { Clause } from '../../suite/scenario/clause';

export function clausesOf(part: string): readonly Clause[] {
  const table = JSON.parse(readText(path.join(__dirname, 'contract.json')));
  return v.parse(v.array(Clause), table).filter((clause) => clause.part === part);
}

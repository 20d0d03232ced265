/** Schedules that once failed: kept in a folder, one file each, and tried first the next time. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../../runtime/replace-file';
import { isSchedule } from '../../worlds/explored/schedule';

/** More are not tried: each takes some milliseconds. */
const mostTried = 50;

/** The schedules in the folder, the newest last. */
export function keptSchedules(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  } catch {
    return [];
  }
  return names
    .slice(0, mostTried)
    .map((name) => readFileSync(path.join(folder, name), 'utf8').split('\n')[0] ?? '')
    .filter(isSchedule);
}

/** Keeps a schedule, with a sentence for people; its file. */
export function keepSchedule(folder: string, schedule: string, sentence: string): string {
  mkdirSync(folder, { recursive: true });
  const hash = createHash('sha256').update(schedule).digest('hex').slice(0, 12);
  const file = path.join(folder, `${hash}.txt`);
  replaceFile(file, `${schedule}\n${sentence}\n`);
  return file;
}

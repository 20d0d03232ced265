/** Part 0, which is not graded: what the checker says of the schedules in break-it.ts. */
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { runFolder, warmUpFile } from '../jest/settings';
import { isStub, judge, seeds, type Task, type TaskVerdict, tasks } from './judge';

const width = 100;

beforeAll(() => {
  mkdirSync(runFolder(), { recursive: true });
  say('Part 0: break it (not graded)');
});

test.each(tasks.map((task) => [task.name, task] as const))('%s', async (_name, task) => {
  const verdict = await judge(task);
  // Nobody has to: a warm-up that was left away fails nothing.
  if (isStub(verdict.sentence))
    return say(`--   ${task.name}: not tried yet, see docs/lab/00-break-it.md`);
  say(verdict.passed ? success(task, verdict) : failure(task, verdict));
  if (!verdict.passed) throw new Error(verdict.sentence);
});

/** For the reporter: jest's own output is not shown. */
function say(text: string): void {
  appendFileSync(path.join(runFolder(), warmUpFile), `${text}\n`);
}

function success({ name }: Task, { sentence, details, virtualMs, wallMs }: TaskVerdict): string {
  const took = `${Math.round(virtualMs)} ms simulated, ${Math.max(1, Math.round(wallMs))} ms real`;
  return [
    `ok   ${name}: ${sentence}`,
    ...details.map((line) => `       ${line}`),
    `       each of the ${seeds.length} seeds shows it; the longest run took ${took}`,
  ].join('\n');
}

function failure({ name, effect, hint }: Task, { sentence, details, seed }: TaskVerdict): string {
  return [
    '',
    `FAIL ${name}`,
    ...field('expected', effect),
    ...field('got', sentence),
    ...field('hint', hint),
    ...field('read', 'docs/lab/00-break-it.md'),
    ...(details.length === 0 ? [] : ['', `  What happened (seed ${seed}):`, '']),
    ...details.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** A label and a text, wrapped to the width of the page. */
function field(label: string, text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width - 13) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((part, index) => `  ${(index === 0 ? label : '').padEnd(11)}${part}`);
}

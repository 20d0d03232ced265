'use strict';
// Ends what a command that grades has started, when it asks and at the latest when it is gone, however it
// went: the pipe from it closes even when it is killed. Lines on stdin: `keep NAME FROM TO` tells of a
// grader, whose nodes may have users of these numbers of their own; `end NAME` ends all that has the
// mark of that grader, removes its folder, and is answered with `ended NAME`.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

const [folder = '', variable = ''] = process.argv.slice(2);
/** How often to look for what is left, and how long to wait between. */
const maxSweeps = 500;
const pauseMs = 10;

/** Users of the nodes of each grader, by its name. */
const graders = new Map();

async function end(name) {
  const users = graders.get(name);
  for (let sweep = 0; sweep < maxSweeps; sweep += 1) {
    const pids = processesOf(name, users);
    if (pids.length === 0) break;
    for (const pid of pids) kill(pid);
    // What forks fast enough may escape a sweep, but not for long.
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  fs.rmSync(path.join(folder, name), { recursive: true, force: true });
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** The processes with the mark of this grader in their environment, and those of its users. */
function processesOf(name, users) {
  const mark = `${variable}=${path.join(folder, name)}`;
  return fs.existsSync('/proc/self/environ') ? inProc(mark, users) : inListing(mark);
}

function inProc(mark, users) {
  return fs
    .readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => hasMark(pid, mark) || isOf(pid, users))
    .map(Number);
}

function hasMark(pid, mark) {
  try {
    // A process that has ended and waits for its parent has none.
    return `\0${fs.readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0${mark}\0`);
  } catch {
    return false;
  }
}

function isOf(pid, { from, to }) {
  try {
    const { uid } = fs.statSync(`/proc/${pid}`);
    if (uid < from || uid >= to) return false;
    return !/^State:\s*Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

function inListing(mark) {
  try {
    const listing = execFileSync('ps', ['-Eaxo', 'pid=,command='], { maxBuffer: 2 ** 26 });
    return `${listing}`
      .split('\n')
      .filter((line) => line.endsWith(mark) || line.includes(`${mark} `))
      .map((line) => Number.parseInt(line, 10));
  } catch {
    return [];
  }
}

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [word, name, from, to] = line.split(' ');
  if (word === 'keep') graders.set(name, { from: Number(from), to: Number(to) });
  if (word === 'end') end(name).then(() => process.stdout.write(`ended ${name}\n`));
});
lines.on('close', async () => {
  await Promise.all([...graders.keys()].map(end));
  fs.rmSync(folder, { recursive: true, force: true });
});
// Nobody may be there any more to hear the answer.
process.stdout.on('error', () => undefined);

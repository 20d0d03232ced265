'use strict';
// Installs the packages of the lock file, once however many commands ask for it at the same time, and
// never under a command that runs with them. Ends with 0 when they are there. Started by
// ensure-installed.cjs as a process of its own, which a Ctrl-C at the terminal lets finish cleanly.
const { spawn } = require('child_process');
const fs = require('fs');
const path = require('path');
const { installed, others, ownName, root, tell, tellNothing } = require('./packages-in-use.cjs');

const lookIntervalMs = 100;
/** How often to look again whether a command still runs: some are about to notice that they cannot. */
const looks = 20;

/** What a signal does: while npm runs, it ends npm first. */
let end = () => {
  tellNothing();
  process.exit(130);
};

const pause = () => new Promise((resolve) => setTimeout(resolve, lookIntervalMs));

/** Takes a place among those that want to install, behind all that have one (Lamport's bakery). */
function takeTicket() {
  tell('choosing');
  const ticket = Math.max(0, ...others().map((other) => other.ticket || 0)) + 1;
  tell('installs', { ticket });
  return ticket;
}

async function waitForTurn(ticket) {
  const isBefore = (other) =>
    other.does === 'choosing' ||
    (other.does === 'installs' &&
      (other.ticket < ticket || (other.ticket === ticket && other.name < ownName)));
  for (let hasSaid = false; ; await pause()) {
    const first = others().find(isBefore);
    if (first === undefined) return;
    if (!hasSaid && first.does === 'installs') {
      console.error(`viewlab: another command installs the packages (${who(first)}): waiting ...`);
      hasSaid = true;
    }
  }
}

/** The commands that run with what is installed now. */
async function users() {
  for (let look = 1; ; look += 1) {
    const found = others().filter(({ does }) => does === 'uses');
    if (found.length === 0 || look === looks) return found;
    await pause();
  }
}

function who({ command, pid, host }) {
  return `${command}, process ${pid} on ${host}`;
}

/** npm would empty the folder that a link leads to, and with it what another checkout runs with. */
function leaveLink() {
  const folder = path.join(root, 'node_modules');
  const found = fs.readdirSync(root, { withFileTypes: true });
  if (!found.some((entry) => entry.name === 'node_modules' && entry.isSymbolicLink())) return;
  const target = fs.readlinkSync(folder);
  console.error(
    `viewlab: node_modules is a link to ${target}, which has other packages than package-lock.json ` +
      'names: it stays as it is, and this folder gets its own.',
  );
  fs.unlinkSync(folder);
}

function install(ticket) {
  leaveLink();
  console.error('viewlab: installing the packages of package-lock.json (npm ci), once ...');
  return new Promise((resolve) => {
    const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    });
    if (npm.pid !== undefined) tell('installs', { ticket, helper: npm.pid });
    end = (signal) => npm.kill(signal);
    npm.once('error', (error) => resolve(` (${error.message})`));
    npm.once('close', (code, signal) => resolve(code === 0 ? undefined : ` (${signal || code})`));
  });
}

/** Returns what to say when the packages cannot be installed; undefined: they are there. */
async function main() {
  const ticket = takeTicket();
  await waitForTurn(ticket);
  if (installed()) return undefined;
  const running = await users();
  if (running.length > 0) {
    const all = running.map((user) => `  ${who(user)} (${user.file})`).join('\n');
    return (
      'the packages are older than package-lock.json, and other commands run with them:\n' +
      `${all}\nEnd these, then run the command again: installing now would take away what they use. ` +
      '(Remove the file of a process that is gone from its machine.)'
    );
  }
  const why = await install(ticket);
  if (why === undefined) return undefined;
  return `npm ci failed${why}. Check the network connection, then run the command again.`;
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(signal));
main().then(
  (problem) => {
    tellNothing();
    if (problem !== undefined) console.error(`viewlab: ${problem}`);
    process.exitCode = problem === undefined ? 0 : 1;
  },
  (error) => {
    tellNothing();
    console.error(`viewlab: the packages cannot be installed: ${error.message}`);
    process.exitCode = 1;
  },
);

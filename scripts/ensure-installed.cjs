'use strict';
// Runs before every command of this project, in plain Node, with nothing installed yet.
// Installs what the lock file names when node_modules is absent or older than the lock file.
const { existsSync, statSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const needed = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return;
  console.error(
    `viewlab needs Node.js ${needed.join('.')} or newer; this is ${process.versions.node}. ` +
      'Install a newer Node.js (https://nodejs.org) and run the command again.',
  );
  process.exit(2);
}

function installed() {
  // npm writes this file at the end of an install, so an install cut short counts as none.
  const marker = path.join(root, 'node_modules', '.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs;
}

function ensureInstalled() {
  checkNode();
  if (installed()) return;
  console.error('viewlab: installing the packages of package-lock.json (npm ci), once ...');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status === 0) return;
  console.error(
    `viewlab: npm ci failed${npm.error ? ` (${npm.error.message})` : ''}. ` +
      'Check the network connection, then run the command again.',
  );
  process.exit(1);
}

ensureInstalled();

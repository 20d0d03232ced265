'use strict';
// Runs before every command of this project, in plain Node, with nothing installed yet. Installs what
// the lock file names when node_modules is absent or has other packages.
const { requireNode } = require('./node-range.cjs');
const { spawnSync } = require('child_process');
const path = require('path');
const { forgetTheDead, installed, root, tell, tellNothing } = require('./packages-in-use.cjs');

/** Set for what a command starts: it runs with the packages of that command. */
const variable = 'VIEWLAB_PACKAGES_OF';

function ensureInstalled() {
  requireNode();
  if (process.env[variable] === root) return;
  for (;;) {
    use();
    if (installed()) break;
    tellNothing();
    const program = path.join(__dirname, 'install.cjs');
    const { status } = spawnSync(process.execPath, [program], { stdio: ['ignore', 2, 2] });
    if (status !== 0) process.exit(status || 1);
  }
  process.env[variable] = root;
  process.once('exit', tellNothing);
}

/** First says that it uses the packages, then looks at them: so nobody takes them away in between. */
function use() {
  try {
    tell('uses');
    forgetTheDead();
  } catch (_error) {
    // Where nobody can write, nobody installs either.
  }
}

ensureInstalled();

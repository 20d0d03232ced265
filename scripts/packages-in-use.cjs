'use strict';
// Who uses node_modules, and who installs it: a file in store/.packages for each process, with what it
// does. A file outlives a process that is killed, so what counts is whether the process lives; and no
// two processes ever have a file of the same name, so that the dead one's can be removed at any time.
const { randomBytes } = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = path.resolve(__dirname, '..');
const folder = path.join(root, 'store', '.packages');
const ownName = `${process.pid}-${randomBytes(6).toString('hex')}.json`;

/** Whether node_modules has what the lock file names. */
function installed() {
  // npm writes this file at the end of an install, so an install cut short counts as none.
  const marker = path.join(root, 'node_modules', '.package-lock.json');
  const lock = path.join(root, 'package-lock.json');
  if (!fs.existsSync(marker)) return false;
  if (fs.statSync(marker).mtimeMs >= fs.statSync(lock).mtimeMs) return true;
  // git writes files anew whose text it leaves as it was.
  const locked = packagesIn(lock);
  const there = packagesIn(marker);
  if (locked === undefined || there === undefined || !names(locked, there)) return false;
  try {
    fs.utimesSync(marker, new Date(), new Date());
  } catch (_error) {
    // Then the next command compares them again.
  }
  return true;
}

/** Of a lock file; undefined when it has none that can be read: npm says what is wrong then. */
function packagesIn(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch (_error) {
    return undefined;
  }
}

/** Whether a lock file names these packages: all that are there, and none that would have to be. */
function names(locked, there) {
  const same = (a, b) =>
    a.version === b.version && (!a.integrity || !b.integrity || a.integrity === b.integrity);
  return (
    Object.keys(locked).every((name) => {
      // Of optional packages, those of other systems are not installed; the project itself has no name.
      if (there[name] === undefined) return name === '' || locked[name].optional === true;
      return same(locked[name], there[name]);
    }) && Object.keys(there).every((name) => locked[name] !== undefined)
  );
}

/**
 * Tells the others what this process does: `uses` the packages, is `choosing` its place among those that
 * want to install, or `installs`, with a `ticket` and perhaps the `helper` that does it.
 */
function tell(does, more) {
  const record = Object.assign({ does, pid: process.pid, host: os.hostname() }, more);
  record.began = beganAt(process.pid);
  record.command = [path.basename(process.argv[1] || 'node')]
    .concat(process.argv.slice(2, 4))
    .join(' ');
  fs.mkdirSync(folder, { recursive: true });
  // By a rename, so that nobody reads half of it.
  const target = path.join(folder, ownName);
  fs.writeFileSync(`${target}.new`, JSON.stringify(record));
  fs.renameSync(`${target}.new`, target);
}

/** This process neither uses nor installs any more. */
function tellNothing() {
  remove(ownName);
}

/** What the other processes that live have told, as `{ does, pid, host, command, ticket?, name }`. */
function others() {
  return list().reduce((found, name) => {
    if (name === ownName || !name.endsWith('.json')) return found;
    const record = read(name);
    if (record === undefined) return found;
    const isElsewhere = record.host !== os.hostname();
    if (isElsewhere || lives(record.pid, record.began) || (record.helper && lives(record.helper))) {
      return found.concat(Object.assign({ name, file: path.join(folder, name) }, record));
    }
    remove(name);
    return found;
  }, []);
}

function list() {
  try {
    return fs.readdirSync(folder);
  } catch (_error) {
    return [];
  }
}

function read(name) {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
  } catch (_error) {
    return undefined;
  }
}

function remove(name) {
  try {
    fs.unlinkSync(path.join(folder, name));
  } catch (_error) {
    // Somebody else was quicker.
  }
}

function lives(pid, began) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is of another user.
    if (error.code !== 'EPERM') return false;
  }
  return began === undefined || began === beganAt(pid);
}

/** Tells a process from an older one with its number, where the system says when it began. */
function beganAt(pid) {
  try {
    const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
    return fields[19];
  } catch (_error) {
    return undefined;
  }
}

/** Removes the files of processes that were killed. */
function forgetTheDead() {
  others();
}

module.exports = { root, installed, tell, tellNothing, others, forgetTheDead, ownName };

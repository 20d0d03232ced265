'use strict';
// What was compiled, by the hash of its source, wherever the file is: in node_modules/.cache where that can be written, else
// in a folder of this user among the temporary files, else nowhere. It saves time and nothing hangs on it:
// whatever goes wrong with it, the compiler does the work again.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { threadId } = require('node:worker_threads');

const root = path.resolve(__dirname, '..');
const installed = path.join(root, 'node_modules', '.cache', 'viewlab');

function intoInstalled() {
  fs.mkdirSync(installed, { recursive: true });
  fs.accessSync(installed, fs.constants.W_OK);
  return installed;
}

function intoTemporary() {
  const uid = process.getuid?.();
  const folder = path.join(os.tmpdir(), `viewlab-cache-${uid ?? 'all'}`);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = fs.lstatSync(folder);
  // Anybody may have made it first, and what others can write must not be run.
  if (
    uid !== undefined &&
    (!found.isDirectory() || found.uid !== uid || (found.mode & 0o022) !== 0)
  ) {
    throw new Error(`${folder} is not for this user alone`);
  }
  return folder;
}

/** Where to write, best first; what fails is not tried again. */
const places = [intoInstalled, intoTemporary];
const readable = [installed];
let writable;

/** The folder to write to; undefined: there is none. */
function target() {
  while (writable === undefined && places.length > 0) {
    try {
      writable = places[0]();
      if (!readable.includes(writable)) readable.push(writable);
    } catch {
      places.shift();
    }
  }
  return writable;
}

let compilerKey;
function nameOf(source, file) {
  compilerKey ??=
    fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8') +
    fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8') +
    fs.readFileSync(path.join(__dirname, 'typescript.cjs'), 'utf8');
  const kind = path.extname(file);
  const hash = createHash('sha256').update(compilerKey).update('\0').update(kind).update('\0');
  return `${hash.update(source).digest('hex').slice(0, 32)}.js`;
}

/** Begins the last line of what the compiler makes: the source map, the only thing that names the file. */
const mapMark = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

function withoutFile(output) {
  const at = output.lastIndexOf('\n') + 1;
  if (!output.startsWith(mapMark, at)) return output;
  const map = JSON.parse(Buffer.from(output.slice(at + mapMark.length), 'base64').toString());
  const { file: _file, sources: _sources, ...rest } = map;
  return output.slice(0, at + mapMark.length) + JSON.stringify(rest);
}

function withFile(kept, file) {
  const at = kept.lastIndexOf('\n') + 1;
  if (!kept.startsWith(mapMark, at)) return kept;
  const name = JSON.stringify(file);
  const map = `{"file":${name},"sources":[${name}],${kept.slice(at + mapMark.length + 1)}`;
  return kept.slice(0, at + mapMark.length) + Buffer.from(map).toString('base64');
}

/** What is kept of this source of this file; undefined when nothing is. */
function read(source, file) {
  const name = nameOf(source, file);
  const found =
    readFrom(readable, name) ??
    // Only where something is missing does it matter which folders there are.
    (target() === installed ? undefined : readFrom(readable.slice(1), name));
  return found === undefined ? undefined : withFile(found, file);
}

function readFrom(folders, name) {
  for (const folder of folders) {
    try {
      return fs.readFileSync(path.join(folder, name), 'utf8');
    } catch {
      // Not there, or not readable: the next folder, or the compiler.
    }
  }
  return undefined;
}

function keep(source, file, output) {
  const name = nameOf(source, file);
  const kept = withoutFile(output);
  for (let folder = target(); folder !== undefined; folder = target()) {
    if (put(folder, name, kept)) return;
    // Full, perhaps.
    writable = undefined;
    places.shift();
  }
}

function put(folder, name, output) {
  // Threads of one process compile the same file at the same time, too.
  const temporary = path.join(folder, `${name}.${process.pid}.${threadId}`);
  try {
    fs.writeFileSync(temporary, output);
    fs.renameSync(temporary, path.join(folder, name));
    return true;
  } catch {
    try {
      fs.rmSync(temporary, { force: true });
    } catch {
      // It could not even be begun.
    }
    return false;
  }
}

/** Whether anything is kept here, so that what one process compiles is of use to others. */
function isKept() {
  return target() !== undefined;
}

module.exports = { read, keep, isKept };

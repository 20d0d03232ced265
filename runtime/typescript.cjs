'use strict';
// Lets plain Node load the project's TypeScript. ts-node compiles (without type checks, which are
// `npm run typecheck`); what it made is kept in node_modules/.cache by the hash of its source.
// So only a changed file loads the compiler: a server that starts warm needs neither its third
// of a second nor its 60 MB. A cold start compiles in a child process, so that the memory goes with it.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { threadId } = require('node:worker_threads');

const root = path.resolve(__dirname, '..');
const cacheDir = path.join(root, 'node_modules', '.cache', 'viewlab');
const skippedFolders = new Set(['node_modules', 'store', '.git', 'docs']);

let compilerKey;
function cacheFile(source, file) {
  compilerKey ??=
    fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8') +
    fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8');
  const hash = createHash('sha256').update(compilerKey).update('\0').update(file).update('\0');
  return path.join(cacheDir, `${hash.update(source).digest('hex').slice(0, 32)}.js`);
}

let tsNode;
/** Compiles one file with ts-node, in this process, and keeps the result. */
function compile(source, file) {
  tsNode ??= require('ts-node').create({
    cwd: root,
    transpileOnly: true,
    compilerOptions: { inlineSourceMap: true, inlineSources: true, noEmit: false },
  });
  const output = compileWith(tsNode, source, file);
  const target = cacheFile(source, file);
  fs.mkdirSync(cacheDir, { recursive: true });
  // Threads of one process compile the same file at the same time, too.
  const temporary = `${target}.${process.pid}.${threadId}`;
  fs.writeFileSync(temporary, output);
  fs.renameSync(temporary, target);
  return output;
}

/** The compiler's own stack says nothing about the file that is wrong. */
function compileWith(compiler, source, file) {
  try {
    return compiler.compile(source, file);
  } catch (error) {
    const { diagnosticText } = error;
    if (typeof diagnosticText !== 'string') throw error;
    const plain = new SyntaxError(
      diagnosticText
        .trim()
        .split(/\s*\n\s*/)
        .slice(0, 5)
        .join('; '),
    );
    plain.stack = `${plain.name}: ${plain.message}`;
    throw plain;
  }
}

function cached(source, file) {
  try {
    return fs.readFileSync(cacheFile(source, file), 'utf8');
  } catch {
    return undefined;
  }
}

function sources(folder = root) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return skippedFolders.has(entry.name) || entry.name.startsWith('.') ? [] : sources(full);
    }
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts') ? [full] : [];
  });
}

/** Compiles every file of the project that is not in the cache yet. */
function compileAll() {
  for (const file of sources()) {
    const source = fs.readFileSync(file, 'utf8');
    if (cached(source, file) !== undefined) continue;
    try {
      compile(source, file);
    } catch {
      // A file that does not compile is reported by the process that needs it.
    }
  }
}

let warmed = false;
function load(source, file) {
  const ready = cached(source, file);
  if (ready !== undefined) return ready;
  if (!warmed) {
    warmed = true;
    spawnSync(process.execPath, [__filename, 'compile-all'], { stdio: ['ignore', 2, 2] });
  }
  return cached(source, file) ?? compile(source, file);
}

/** Sees to it that these files (paths from the root) will load at once, whatever else is going on. */
function warmUp(files) {
  const isReady = (file) => {
    const full = path.join(root, file);
    return !fs.existsSync(full) || cached(fs.readFileSync(full, 'utf8'), full) !== undefined;
  };
  if (files.every(isReady)) return;
  warmed = true;
  spawnSync(process.execPath, [__filename, 'compile-all'], { stdio: ['ignore', 2, 2] });
}

function register() {
  process.setSourceMapsEnabled(true);
  require.extensions['.ts'] = (module, file) => {
    module._compile(load(fs.readFileSync(file, 'utf8'), file), file);
  };
}

/** Compiles one file for a process that loads no others. */
function compileAlone(source, file) {
  return cached(source, file) ?? compile(source, file);
}

module.exports = { register, warmUp, compile: load, compileAlone };
if (require.main === module && process.argv[2] === 'compile-all') compileAll();

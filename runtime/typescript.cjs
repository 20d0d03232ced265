'use strict';
// Lets plain Node load the project's TypeScript. ts-node compiles (without type checks, which are
// `npm run typecheck`); what it made is kept by the hash of its source (runtime/compile-cache.cjs).
// So only a changed file loads the compiler: a server that starts warm needs neither its third
// of a second nor its 60 MB. A cold start compiles in a child process, so that the memory goes with it.
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const cache = require('./compile-cache.cjs');

const root = path.resolve(__dirname, '..');
const skippedFolders = new Set(['node_modules', 'store', '.git', 'docs']);

let tsNode;
/** Compiles one file with ts-node, in this process, and keeps the result. */
function compile(source, file) {
  tsNode ??= require('ts-node').create({
    cwd: root,
    transpileOnly: true,
    compilerOptions: { inlineSourceMap: true, inlineSources: true, noEmit: false },
    transformers: { before: [importByRequire] },
  });
  const output = compileWith(tsNode, source, file);
  cache.keep(source, file, output);
  return output;
}

/** `import(x)` loads what `require(x)` does, later: one list says what a node may load, and tells of the rest. */
function importByRequire({ factory }) {
  const ts = require('typescript');
  const visit = (node) => {
    const visited = ts.visitEachChild(node, visit, undefined);
    const [name] = ts.isImportCall(visited) ? visited.arguments : [];
    if (name === undefined) return visited;
    const named = factory.createIdentifier('Promise');
    const resolved = factory.createPropertyAccessExpression(named, 'resolve');
    const promise = factory.createCallExpression(resolved, undefined, [name]);
    const then = factory.createPropertyAccessExpression(promise, 'then');
    return factory.createCallExpression(then, undefined, [factory.createIdentifier('require')]);
  };
  return (file) => ts.visitNode(file, visit);
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
    if (cache.read(source, file) !== undefined) continue;
    try {
      compile(source, file);
    } catch {
      // A file that does not compile is reported by the process that needs it.
    }
  }
}

let warmed = false;
function load(source, file) {
  const ready = cache.read(source, file);
  if (ready !== undefined) return ready;
  if (!warmed && cache.isKept()) {
    warmed = true;
    spawnSync(process.execPath, [__filename, 'compile-all'], { stdio: ['ignore', 2, 2] });
  }
  return cache.read(source, file) ?? compile(source, file);
}

/** Sees to it that these files (paths from the root) will load at once, whatever else is going on. */
function warmUp(files) {
  const isReady = (file) => {
    const full = path.join(root, file);
    return !fs.existsSync(full) || cache.read(fs.readFileSync(full, 'utf8'), full) !== undefined;
  };
  if (files.every(isReady) || !cache.isKept()) return;
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
  return cache.read(source, file) ?? compile(source, file);
}

module.exports = { register, warmUp, compile: load, compileAlone };
if (require.main === module && process.argv[2] === 'compile-all') compileAll();

/**
 * The modules that a node may load: an allow-list by the file that a name resolves to, links followed and
 * the case of letters as it stands on disk. Files of the solution are loaded anew for each node; the
 * rest is the framework's, and the same for all. See decision N10.
 */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { solutionFolders } from './solution-folders';
import { asNamespace, nodeModuleNames } from './virtual-modules';

const requireHere = createRequire(__filename);
const frameworkRoot = path.join(__dirname, '../..');
const quietly = { throwIfNoEntry: false } as const;

/** The modules of the framework that a node may load: contracts, too, which are constants and so shared by all nodes. */
export const frameworkFiles: ReadonlySet<string> = new Set([
  ...['runtime/assert.ts', 'runtime/errors.ts', 'runtime/node.ts', 'runtime/service.ts'],
  ...['viewservice/api.ts', 'pbservice/api.ts', 'pbservice/heartbeat-pair/api.ts'],
]);
const packages = ['valibot'];

export type Resolved =
  /** A file of the solution. */
  | { readonly file: string }
  /** A module that all nodes share. */
  | { readonly shared: object }
  /** A module of Node.js. */
  | { readonly builtin: string };

/** A module that a node must not load. */
export class ForbiddenModule extends Error {
  constructor(from: string, name: string) {
    super(
      `${from} uses ${name}, which a node must not: it reaches others only through its Runtime.\n` +
        `It may use files of ${solutionFolders.join('/, ')}/, ` +
        `${[...frameworkFiles].map((file) => file.replace(/\.ts$/, '')).join(', ')}, ` +
        `${packages.join(', ')}, and of Node.js ${nodeModuleNames.join(', ')}`,
    );
  }
}

export class AllowedModules {
  private readonly root: string;
  private readonly realRoot: string | undefined;
  private readonly resolved = new Map<string, Resolved>();

  /** `root` is the folder of a solution. */
  constructor(root: string) {
    this.root = root;
    this.realRoot = realPath(root);
  }

  /**
   * What `name` means in the module `from`, a file of the solution. Throws ForbiddenModule when it is
   * not on the list, and an Error when it is nowhere.
   */
  resolve(from: string, name: unknown): Resolved {
    if (typeof name !== 'string')
      throw new TypeError(`expected the name of a module, got ${typeof name}`);
    const key = `${from}\0${name}`;
    const known = this.resolved.get(key);
    if (known !== undefined) return known;
    const found = /^\.{1,2}(\/|$)/.test(name) ? this.file(from, name) : ofPackage(name);
    if (found === undefined) throw new ForbiddenModule(path.basename(from), name.slice(0, 200));
    // Names made up one after the other must not fill the memory.
    if (this.resolved.size < maxResolved) this.resolved.set(key, found);
    return found;
  }

  private file(from: string, name: string): Resolved | undefined {
    const plain = path.resolve(path.dirname(from), name);
    const candidates = [plain, `${plain}.ts`, path.join(plain, 'index.ts')];
    const relative = (file: string) => path.relative(this.root, file).replaceAll(path.sep, '/');
    const ours = candidates.find((candidate) => frameworkFiles.has(relative(candidate)));
    if (ours !== undefined) return { shared: frameworkModule(relative(ours)) };
    const [folder = ''] = relative(plain).split('/');
    if (!solutionFolders.includes(folder)) return undefined;
    const file = candidates.find((candidate) => statSync(candidate, quietly)?.isFile());
    if (file === undefined) throw new Error(`${path.basename(from)}: there is no module ${name}`);
    return this.isItself(file) ? { file } : undefined;
  }

  /** True: a module stands there, by the name that it has on disk. */
  private isItself(file: string): boolean {
    const relative = path.relative(this.root, file);
    if (this.realRoot === undefined || !relative.endsWith('.ts')) return false;
    if (realPath(file) !== path.join(this.realRoot, relative)) return false;
    return readdirSync(path.dirname(file)).includes(path.basename(file));
  }
}

const maxResolved = 10_000;

function ofPackage(name: string): Resolved | undefined {
  if (packages.includes(name)) return { shared: sharedModule(name) };
  const plain = name.replace(/^node:/, '');
  return isBuiltin(name) && nodeModuleNames.includes(plain) ? { builtin: plain } : undefined;
}

const shared = new Map<string, object>();

function frameworkModule(file: string): object {
  return sharedModule(path.join(frameworkRoot, file));
}

/** A copy that cannot be changed: to put something else into a module is without effect on others. */
function sharedModule(name: string): object {
  let module = shared.get(name);
  if (module === undefined) {
    const exports: object = requireHere(name);
    module = '__esModule' in exports ? Object.freeze(markedCopy(exports)) : asNamespace(exports);
    shared.set(name, module);
  }
  return module;
}

function markedCopy(exports: object): object {
  return Object.defineProperty({ ...exports }, '__esModule', { value: true });
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync.native(file);
  } catch {
    return undefined;
  }
}

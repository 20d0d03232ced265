/**
 * Loads a solution anew for each node, so that nodes share nothing: every incarnation has module
 * variables and static fields of its own. Time and chance are the node's virtual ones, and what
 * would reach the machine (files, sockets, processes) is an error that names the call.
 *
 * This keeps honest code honest; code that means to break out is the business of the grader, which
 * runs nodes in processes of their own.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { messageOf } from '../../runtime/errors';
import type { Runtime } from '../../runtime/node';
import { compile } from '../../runtime/typescript.cjs';
import { AllowedModules, ForbiddenModule, type Resolved } from './allowed-modules';
import { aboutBuiltIns, additionError, takeAdditions } from './built-ins';
import { globalNames, VirtualGlobals } from './virtual-globals';
import { nodeModule } from './virtual-modules';

export type Exports = Record<string, unknown>;

interface CompiledModule {
  readonly run: (
    exports: Exports,
    require: (name: string) => unknown,
    module: { exports: Exports },
    file: string,
    folder: string,
    ...globals: unknown[]
  ) => void;
  /** The globals that its code may mean; `run` is given what they are to the node. */
  readonly globalsInIt: readonly string[];
}

/** A module of the solution could not be loaded: it does not compile, or throws when it runs. */
export class SolutionError extends Error {
  constructor(file: string, cause: unknown) {
    super(`${file} does not load: ${aboutBuiltIns(messageOf(cause))}`, { cause });
  }
}

/** Where a node loads its program from. */
export interface NodeModules {
  load(file: string, runtime: Runtime): Exports;
}

/** Modules that are to be loaded once only. */
export interface KeptModules {
  readonly loaded: Map<string, Exports>;
  /** Called when a node puts something on the global object. */
  readonly onGlobalChange: () => void;
}

/** The modules of one solution, compiled once for all nodes. */
export class Solution implements NodeModules {
  readonly root: string;
  private readonly compiled = new Map<string, CompiledModule>();
  private readonly modules: AllowedModules;

  /** `root` is a folder with viewservice/, pbservice/ and client/. */
  constructor(root: string) {
    this.root = path.resolve(root);
    this.modules = new AllowedModules(this.root);
  }

  /** Compiles a file ahead of its use; `file` is relative to the root. */
  prepare(file: string): void {
    try {
      this.compileFile(path.join(this.root, file));
    } catch {
      // The one who loads it will learn why.
    }
  }

  /**
   * A fresh copy of a module, for the node with this runtime, unless it is `kept`; `file` is relative
   * to the root.
   */
  load(file: string, runtime: Runtime, kept?: KeptModules): Exports {
    const first = path.join(this.root, file);
    const before = kept?.loaded.get(first);
    if (before !== undefined) return before;
    const globals = new VirtualGlobals(runtime, kept?.onGlobalChange);
    const loaded = kept?.loaded ?? new Map<string, Exports>();
    const builtins = new Map<string, object | undefined>();
    const builtin = (name: string) => {
      if (!builtins.has(name)) builtins.set(name, nodeModule(name, runtime, globals));
      return builtins.get(name);
    };
    const load = (target: string): Exports => {
      const known = loaded.get(target);
      if (known !== undefined) return known;
      const module = { exports: {} as Exports };
      loaded.set(target, module.exports);
      const required = (name: string) => {
        const found = this.resolve(target, name, runtime);
        if ('file' in found) return load(found.file);
        return 'shared' in found ? found.shared : builtin(found.builtin);
      };
      const { run, globalsInIt } = this.compileFile(target);
      const values = globalsInIt.map((name) => globals.get(name));
      run(module.exports, required, module, target, path.dirname(target), ...values);
      loaded.set(target, module.exports);
      return module.exports;
    };
    try {
      const exports = load(first);
      const added = takeAdditions();
      if (added.length > 0) throw additionError(added);
      return exports;
    } catch (error) {
      // Half a module is none.
      kept?.loaded.clear();
      throw new SolutionError(file, error);
    }
  }

  private resolve(from: string, name: string, runtime: Runtime): Resolved {
    try {
      return this.modules.resolve(from, name);
    } catch (error) {
      if (error instanceof ForbiddenModule) {
        const where = path.basename(from);
        runtime.log('forbidden call', { what: `module ${name} in ${where}`.slice(0, 300) });
      }
      throw error;
    }
  }

  private compileFile(file: string): CompiledModule {
    let compiled = this.compiled.get(file);
    if (compiled === undefined) {
      const code = compile(readFileSync(file, 'utf8'), file);
      const globalsInIt = globalsNamedIn(code);
      const names = ['exports', 'require', 'module', '__filename', '__dirname', ...globalsInIt];
      const run = vm.compileFunction(code, names, { filename: file }) as CompiledModule['run'];
      compiled = { run, globalsInIt };
      this.compiled.set(file, compiled);
    }
    return compiled;
  }
}

/** Code means a global by its name, or through `eval`, or with letters that are written as numbers. */
function globalsNamedIn(code: string): readonly string[] {
  if (/\beval\b|\\u/.test(code)) return globalNames;
  const words = new Set(code.match(/[A-Za-z_$][\w$]*/g));
  return globalNames.filter((name) => words.has(name));
}

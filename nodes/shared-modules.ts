/**
 * Modules that many nodes share, for an explorer that starts thousands of them: most of what it takes
 * to start a node is to load its modules. That is right only where nothing in the modules changes, and
 * only one node runs at a time. See decision N8.
 */
import type { Runtime } from '../runtime/node';
import type { Sharing } from './node-host';
import { type Exports, type NodeModules, Solution } from './sandbox/sandbox';

export class SharedModules {
  private readonly solution: Solution;
  private readonly sharing: Sharing;
  private readonly loaded = new Map<string, Exports>();
  /** Of the node that runs. */
  private current: Runtime | undefined;
  private readonly runtime: Runtime;

  constructor(solution: Solution, sharing: Sharing) {
    // Compiled code learns what it meets: nodes with modules of their own would spoil that.
    this.solution = new Solution(solution.root);
    this.sharing = sharing;
    const current = () => this.current as Runtime;
    this.runtime = {
      get address() {
        return current().address;
      },
      connect: (service, to) => current().connect(service, to),
      sleep: (durationMs) => current().sleep(durationMs),
      now: () => current().now(),
      random: () => current().random(),
      log: (event, fields) => current().log(event, fields),
    };
  }

  /** The modules as they are to a node with this runtime. */
  load(file: string, runtime: Runtime): Exports {
    this.current = runtime;
    return this.solution.load(file, this.runtime, {
      loaded: this.loaded,
      onGlobalChange: () => {
        this.sharing.isBroken = true;
      },
    });
  }

  enter(runtime: Runtime | undefined): void {
    this.current = runtime;
  }
}

/** The use that one node makes of shared modules. */
export class ModulesOfNode implements NodeModules {
  private readonly shared: SharedModules;
  private runtime: Runtime | undefined;

  constructor(shared: SharedModules) {
    this.shared = shared;
  }

  load(file: string, runtime: Runtime): Exports {
    this.runtime = runtime;
    return this.shared.load(file, runtime);
  }

  /** The node is about to run. */
  enter(): void {
    this.shared.enter(this.runtime);
  }
}

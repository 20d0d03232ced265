/** Nodes in the process of the world: what students run, and the quickest. */
import type { Boot, Json } from '../runtime/node';
import { bugOf } from '../runtime/node-bug';
import type { CallResult, Input } from '../runtime/node-io';
import { Reactor } from '../runtime/reactor';
import { seededRandom } from '../runtime/seeded-random';
import { Bodies } from './bodies';
import type {
  Incarnation,
  IncarnationOptions,
  NodeHost,
  NodeInput,
  NodeOutput,
  Sharing,
} from './node-host';
import { bootOf } from './node-programs';
import { Outputs } from './outputs';
import type { Role } from './role';
import { Memory } from './sandbox/memory';
import type { NodeModules, Solution } from './sandbox/sandbox';
import { settled } from './settled';
import { ModulesOfNode, SharedModules } from './shared-modules';

/** Which program a node of a role runs. */
export type Programs = (role: Role, modules: NodeModules) => Boot;

export class InProcessHost implements NodeHost {
  readonly isHere = true;
  readonly bodies = new Bodies();
  private readonly solution: Solution;
  private readonly programs: Programs;
  private readonly shared = new WeakMap<Sharing, SharedModules>();

  constructor(solution: Solution, programs: Programs = bootOf) {
    this.solution = solution;
    this.programs = programs;
  }

  open(options: IncarnationOptions): Incarnation {
    const { sharing } = options;
    const modules = sharing && new ModulesOfNode(this.sharedBy(sharing));
    const boot = (role: Role) => this.programs(role, modules ?? this.solution);
    return new InProcessIncarnation(options, boot, this.bodies, () => modules?.enter());
  }

  private sharedBy(sharing: Sharing): SharedModules {
    let shared = this.shared.get(sharing);
    if (shared === undefined) {
      shared = new SharedModules(this.solution, sharing);
      this.shared.set(sharing, shared);
    }
    return shared;
  }
}

class InProcessIncarnation implements Incarnation {
  private readonly options: IncarnationOptions;
  private readonly bootOf: (role: Role) => Boot;
  private readonly bodies: Bodies;
  /** Called before its code runs. */
  private readonly enter: () => void;
  private reactor: Reactor | undefined;
  private readonly outputs: Outputs;
  private nowMs = 0;
  private unheard = false;
  private memory: Memory | undefined;

  constructor(
    options: IncarnationOptions,
    boot: (role: Role) => Boot,
    bodies: Bodies,
    enter: () => void,
  ) {
    this.options = options;
    this.bootOf = boot;
    this.bodies = bodies;
    this.outputs = new Outputs(bodies);
    this.enter = enter;
  }

  async give(input: NodeInput, nowMs: number, unheard = false): Promise<readonly NodeOutput[]> {
    this.nowMs = nowMs;
    this.unheard = unheard;
    this.enter();
    if (input.type === 'recall') {
      return [{ type: 'memory', fingerprint: (await this.memory?.fingerprint()) ?? null }];
    }
    if (input.type === 'start') this.boot();
    this.reactor?.give(this.decode(input));
    await settled();
    return this.outputs.take(nameOf(input));
  }

  private decode(input: Exclude<NodeInput, { readonly type: 'recall' }>): Input {
    switch (input.type) {
      case 'request': {
        const { from, id, call, body } = input;
        const dot = call.indexOf('.');
        const [service, method] = [call.slice(0, dot), call.slice(dot + 1)];
        return { type: 'request', from, id, service, method, args: this.bodies.read(body) };
      }
      case 'response':
        return {
          type: 'response',
          id: input.id,
          result: this.bodies.read(input.body) as CallResult,
        };
      case 'invoke':
        return {
          type: 'invoke',
          id: input.id,
          f: input.f,
          args: this.bodies.read(input.body) as Json,
        };
      default:
        return input;
    }
  }

  async inspect(): Promise<Json> {
    return this.reactor?.inspect() ?? null;
  }

  crash(): void {
    this.reactor?.crash();
  }

  private boot(): void {
    const { address, role, incarnation, seed, rpcTimeoutMs } = this.options;
    try {
      const boot = this.bootOf(role);
      this.reactor = new Reactor({
        address,
        incarnation,
        boot: this.options.fingerprints === true ? this.watched(boot) : boot,
        now: () => this.nowMs,
        random: seededRandom(seed),
        // Written down at once: the node may change later what it handed out.
        emit: (output) => this.outputs.add(output, this.unheard),
        rpcTimeoutMs,
      });
      const tickIntervalMs = this.reactor.tickIntervalMs ?? null;
      this.outputs.note({ type: 'booted', tickIntervalMs });
    } catch (error) {
      this.outputs.note(bugOf('its start', error));
    }
  }

  /** Boots the node with a runtime that notes what the node uses of it. */
  private watched(boot: Boot): Boot {
    return (runtime) => {
      const memory = new Memory(runtime);
      const program = boot(memory.runtime);
      memory.root = program.memory;
      this.memory = memory;
      return program;
    };
  }
}

/** As people are told of an input. */
function nameOf(input: NodeInput): string {
  if (input.type === 'request') return input.call;
  return input.type === 'invoke' ? input.f : input.type;
}

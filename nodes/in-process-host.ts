/** Nodes in the process of the world: what students run, and the quickest. */
import { messageOf } from '../../../runtime/errors';
import type { Boot, Json } from '../../../runtime/node';
import { type Input, type Output, Reactor } from '../../../runtime/reactor';
import { seededRandom } from '../seeded-random';
import type { Role } from '../world';
import { Memory } from './memory';
import type {
  Incarnation,
  IncarnationOptions,
  NodeHost,
  NodeInput,
  NodeOutput,
  Sharing,
} from './node-host';
import { bootOf } from './node-programs';
import type { NodeModules, Solution } from './sandbox';
import { ModulesOfNode, SharedModules } from './shared-modules';

/** Which program a node of a role runs. */
export type Programs = (role: Role, modules: NodeModules) => Boot;

export class InProcessHost implements NodeHost {
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
    return new InProcessIncarnation(options, boot, () => modules?.enter());
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
  /** Called before its code runs. */
  private readonly enter: () => void;
  private reactor: Reactor | undefined;
  private outputs: NodeOutput[] = [];
  private nowMs = 0;
  private unheard = false;
  private memory: Memory | undefined;

  constructor(options: IncarnationOptions, boot: (role: Role) => Boot, enter: () => void) {
    this.options = options;
    this.bootOf = boot;
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
    this.reactor?.give(decode(input));
    await settled();
    const { outputs } = this;
    this.outputs = [];
    return outputs;
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
        emit: (output) => this.outputs.push(encode(output, this.unheard ? silent : json)),
        rpcTimeoutMs,
      });
      const tickIntervalMs = this.reactor.tickIntervalMs ?? null;
      this.outputs.push({ type: 'booted', tickIntervalMs });
    } catch (error) {
      this.outputs.push(failure('its start', error));
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

/** Resolves when every promise that can go on has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function decode(input: Exclude<NodeInput, { readonly type: 'recall' }>): Input {
  switch (input.type) {
    case 'request': {
      const { from, id, call, body } = input;
      const dot = call.indexOf('.');
      const [service, method] = [call.slice(0, dot), call.slice(dot + 1)];
      return { type: 'request', from, id, service, method, args: JSON.parse(body) };
    }
    case 'response':
      return { type: 'response', id: input.id, result: JSON.parse(input.body) };
    case 'invoke':
      return { type: 'invoke', id: input.id, f: input.f, args: JSON.parse(input.body) };
    default:
      return input;
  }
}

function encode(output: Output, json: (value: unknown) => string): NodeOutput {
  switch (output.type) {
    case 'request': {
      const { to, id, service, method, args } = output;
      return { type: 'request', to, id, call: `${service}.${method}`, body: json(args) };
    }
    case 'response':
      return { type: 'response', to: output.to, id: output.id, body: json(output.result) };
    case 'return':
      return { type: 'return', id: output.id, body: json(output.result) };
    case 'log':
      return { type: 'log', event: output.event, body: json(output.fields) };
    case 'failure':
      return failure(output.where, output.error);
    default:
      return output;
  }
}

function failure(where: string, error: unknown): NodeOutput {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { type: 'failure', where, message: messageOf(error), stack };
}

function silent(): string {
  return '';
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/**
 * Clients of a heartbeat pair, who have no view service to ask. The clerk stays as it is: what it
 * asks of the view service is answered here, by asking the two servers what they believe.
 */
import { PairService } from '../pbservice/heartbeat-pair/api';
import { RpcError } from '../runtime/errors';
import type { Address, Boot, Runtime } from '../runtime/node';
import type { CallOptions, Remote } from '../runtime/service';
import { type View, ViewService } from '../viewservice/api';
import { Clerk } from './clerk';
import { Application } from './perform';

/** How long a server may take to say what it believes before the other one is asked, in ms. */
const askTimeoutMs = 200;

/** Stands for the view service in `ClerkOptions`: nobody is called there. */
export const nowhere: Address = 'nowhere';

/** A runtime like the given one, but for the view service: that is the members' own opinion. */
export function runtimeForPair(runtime: Runtime, members: readonly Address[]): Runtime {
  const opinion = new Opinion(runtime, members);
  return {
    ...runtime,
    connect: (service, to) =>
      (service as unknown) === ViewService
        ? (opinion as unknown as ReturnType<typeof runtime.connect<typeof service>>)
        : runtime.connect(service, to),
  };
}

/**
 * A node that is a client of a heartbeat pair: it carries out one operation for each `invoke`.
 *
 * @public The simulated world loads it by its name.
 */
export function pairClientNode({ members }: { readonly members: readonly Address[] }): Boot {
  return (runtime) => {
    const clerk = new Clerk(runtimeForPair(runtime, members), { viewService: nowhere });
    const application = new Application(runtime, clerk);
    return {
      serves: [],
      invoke: (op, args) => application.invoke(op, args),
    };
  };
}

/** Answers like a view service, but has nothing to go by except what the members say. */
class Opinion implements Remote<typeof ViewService> {
  private readonly runtime: Runtime;
  /** The one that answered last comes first. */
  private members: readonly Address[];

  constructor(runtime: Runtime, members: readonly Address[]) {
    this.runtime = runtime;
    this.members = members;
  }

  /** Asks one member after the other; the first that knows of a primary is believed. */
  async get(_args: object, { timeoutMs = askTimeoutMs }: CallOptions = {}): Promise<View> {
    const limit = { timeoutMs: Math.min(timeoutMs, askTimeoutMs) };
    let failure: unknown = new RpcError('not-primary', 'no server says that it is primary');
    for (const member of this.members) {
      try {
        const { primary, backup, epoch } = await this.runtime
          .connect(PairService, member)
          .status({}, limit);
        if (primary === null) continue;
        this.members = [member, ...this.members.filter((other) => other !== member)];
        return { viewnum: epoch, primary, backup };
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  ping(): Promise<View> {
    return Promise.reject(new RpcError('unknown-method', 'a pair has nobody to ping'));
  }
}

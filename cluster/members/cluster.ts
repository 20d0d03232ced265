/** A cluster: its processes, the network between them, and what each of them believes. */
import { EventEmitter, once } from 'node:events';
import type { WhomToAsk } from '../../client/connection';
import type { Address } from '../../runtime/node';
import type { LogLine } from '../../runtime/terminal/log-lines';
import type { FaultProxyOptions } from '../../runtime/websocket/fault-proxy';
import type { View } from '../../viewservice/api';
import { Member } from './member';
import { Network } from './network';

/** The events of a cluster. */
export interface ClusterEvents {
  /** A member said something. */
  line: [member: Member, line: LogLine | string];
  /** The knowledge of the cluster may have changed. */
  change: [];
  /** A member ended by itself. */
  end: [member: Member, how: string];
  /** The cluster has something to tell that no single line of a member says. */
  news: [text: string];
}

/** How long members may take to end in good order. */
const graceMs = 1_500;

/** The state of a member, for a page that has words of its own. */
export interface Standing {
  /** The role of the member; without an arbiter, its belief. */
  readonly role: 'primary' | 'backup' | 'idle' | 'joining' | 'decides';
  /** The epoch of a role that only its holder vouches for. */
  readonly epoch?: number;
  /** True: the member serves without a backup. */
  readonly alone?: boolean;
  /** The belief of the member about its role, if that differs. */
  readonly believes?: { readonly role: string; readonly viewnum: number };
}

/** A view, by the names of its members. */
export interface NamedView extends View {
  readonly acknowledged: boolean;
  /** The number of a view that servers know and the view service has forgotten; null: none. */
  readonly forgotten: number | null;
}

export abstract class Cluster extends EventEmitter<ClusterEvents> {
  readonly network = new Network();
  /** All of them, in the order in which they start. */
  abstract readonly members: readonly Member[];
  /** The members that hold data. */
  abstract readonly replicas: readonly Member[];
  /** The members about to start, as the rest of "Starting ...". */
  abstract readonly introduction: string;
  /** Things to try, in lines: what to type, and what it shows. */
  abstract readonly suggestions: readonly (readonly [typed: string, shows: string])[];
  /** True when the state is in as many places as it can be. */
  abstract readonly settled: boolean;

  /** The address that the client of this name asks for the primary. */
  abstract whomToAsk(client: string): WhomToAsk;
  /** The options with which `npm run client` reaches this cluster from another terminal. */
  abstract clientOptions(): string;
  /** The members of this role, as far as is known: two primaries are possible without an arbiter. */
  abstract withRole(role: 'primary' | 'backup'): readonly Member[];
  /** The role of a member, and what it believes if that differs. */
  abstract roleOf(member: Member): string;
  /** The same as data. */
  abstract standingOf(member: Member): Standing;
  /** The newest view; null: nobody here makes views. */
  abstract readonly namedView: NamedView | null;
  /** The primary and the backup. */
  abstract viewInWords(): string;
  /** Why an operation of this client cannot go on just now. */
  abstract whatIsMissing(client: string): string;
  /** Members that can talk come to one mind by themselves, soon: `heal` and `restart` wait for it. */
  abstract readonly reunites: boolean;

  /** Starts one after the other, so that s1 becomes primary and s2 backup. */
  async startAll(): Promise<void> {
    for (const member of this.members) await member.join(this.network);
    for (const member of this.members) await this.start(member);
  }

  /** Resolves when it is ready; rejects with a Failure when it is not. */
  start(member: Member): Promise<void> {
    this.network.traffic?.forget(member.name);
    return member.start();
  }

  /** Waits until the cluster is settled, but not for ever; says whether it is. */
  async untilSettled(timeoutMs: number): Promise<boolean> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!this.settled) {
      try {
        await once(this, 'change', { signal });
      } catch {
        return false;
      }
    }
    return true;
  }

  named(name: string): Member | undefined {
    return this.members.find((member) => member.name === name);
  }

  /** The name of each address. */
  get names(): ReadonlyMap<Address, string> {
    return new Map(this.members.map(({ address, name }) => [address, name]));
  }

  /** Ends all members, those that are paused too. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop(graceMs)));
    for (const member of this.members) member.leave();
  }

  killNow(): void {
    for (const member of this.members) member.killNow();
  }

  /** Learns from what a member logs; returns false when the line is not worth showing. */
  protected abstract follow(member: Member, line: LogLine): boolean;

  protected at(address: Address | null): Member | undefined {
    return address === null ? undefined : this.replicas.find((one) => one.address === address);
  }

  /** `onMessage` is told what passes the proxy in front of it. */
  protected member(
    name: string,
    program: () => string[],
    onMessage?: FaultProxyOptions['onEvent'],
  ): Member {
    const member: Member = new Member(name, program, {
      onLine: (line) => {
        if (typeof line === 'string' || this.follow(member, line)) this.emit('line', member, line);
        this.emit('change');
      },
      ...(onMessage && { onMessage }),
      onUnexpectedEnd: (how) => this.emit('end', member, how),
    });
    return member;
  }
}

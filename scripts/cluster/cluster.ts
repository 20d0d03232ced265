/** The cluster: a view service and replicas, and what is known of them. */
import { EventEmitter, once } from 'node:events';
import type { Address } from '../../runtime/node';
import type { LogLine } from '../../runtime/terminal/log-lines';
import { noView, type View } from '../../viewservice/api';
import { replicaArguments, replicaNames, viewServiceArguments, viewServiceName } from './layout';
import { Member } from './member';
import type { Situation } from './what-is-missing';

/** What `Cluster` emits: a member said something, or ended by itself. */
export interface ClusterEvents {
  line: [member: Member, line: LogLine | string];
  end: [member: Member, how: string];
}

/** How long members may take to end in good order. */
const graceMs = 1_500;

export class Cluster extends EventEmitter<ClusterEvents> {
  readonly viewService: Member;
  readonly replicas: readonly Member[];
  /** The newest view that the view service made, and whether its primary has acknowledged it. */
  view: View = noView;
  acknowledged = false;
  /** The view service has restarted, with empty memory, and the replicas have not. */
  private forgotten = false;
  /** The number of the view in which each replica started. */
  private readonly startedIn = new Map<Member, number>();

  constructor(replicas: number) {
    super();
    this.viewService = this.member(viewServiceName, viewServiceArguments);
    this.replicas = replicaNames(replicas).map((name) =>
      this.member(name, (own) => replicaArguments(this.viewService.address as Address, own)),
    );
  }

  get members(): readonly Member[] {
    return [this.viewService, ...this.replicas];
  }

  /** One after the other, so that s1 becomes primary and s2 backup. */
  async startAll(): Promise<void> {
    for (const member of this.members) await this.start(member);
  }

  /** Resolves when it is ready; rejects with a Failure when it is not. */
  start(member: Member): Promise<void> {
    this.startedIn.set(member, this.view.viewnum);
    return member.start();
  }

  /** True when the state is in as many places as it can be. */
  get settled(): boolean {
    const { primary, backup } = this.view;
    return this.acknowledged && primary !== null && (backup !== null || this.replicas.length < 2);
  }

  /** Waits until the cluster is settled, but not for ever; says whether it is. */
  async untilSettled(timeoutMs: number): Promise<boolean> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!this.settled) {
      try {
        await once(this, 'line', { signal });
      } catch {
        return false;
      }
    }
    return true;
  }

  /** By its name, or by its role in the newest view. */
  find(nameOrRole: string): Member | undefined {
    const { primary, backup } = this.view;
    if (nameOrRole === 'primary') return this.at(primary);
    if (nameOrRole === 'backup') return this.at(backup);
    return this.members.find(({ name }) => name === nameOrRole);
  }

  roleOf(member: Member): string {
    if (member === this.viewService) return 'view service';
    if (member.address === this.view.primary) return 'primary';
    return member.address === this.view.backup ? 'backup' : 'idle';
  }

  /** The name of each address. */
  get names(): ReadonlyMap<Address, string> {
    return new Map(this.members.map(({ address, name }) => [address ?? name, name]));
  }

  /** The newest view with names instead of addresses. */
  get viewWithNames(): View {
    const { viewnum, primary, backup } = this.view;
    return {
      viewnum,
      primary: this.at(primary)?.name ?? null,
      backup: this.at(backup)?.name ?? null,
    };
  }

  get situation(): Situation {
    const named = (name: string) => this.find(name) as Member;
    return {
      view: this.viewWithNames,
      acknowledged: this.acknowledged,
      forgotten: this.forgotten,
      conditionOf: (name) => named(name).condition,
      hasLostState: (name) => this.startedIn.get(named(name)) === this.view.viewnum,
    };
  }

  /** Ends all members, those that are paused too. */
  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop(graceMs)));
  }

  killNow(): void {
    for (const member of this.members) member.killNow();
  }

  private at(address: Address | null): Member | undefined {
    return address === null ? undefined : this.replicas.find((one) => one.address === address);
  }

  private member(name: string, argumentsAt: (own: Address | undefined) => string[]): Member {
    const member: Member = new Member(name, argumentsAt, {
      onLine: (line) => {
        if (typeof line !== 'string') this.follow(member, line);
        this.emit('line', member, line);
      },
      onUnexpectedEnd: (how) => this.emit('end', member, how),
    });
    return member;
  }

  /** Learns the view from what the view service logs. */
  private follow(member: Member, line: LogLine): void {
    if (member !== this.viewService) return;
    if (line.type === 'ready') {
      this.view = noView;
      this.acknowledged = false;
      this.forgotten = false;
    }
    if (line.type !== 'log') return;
    if (line.event === 'view') {
      this.view = line.fields as View;
      this.acknowledged = false;
    }
    if (line.event === 'acknowledged') this.acknowledged = true;
    if (line.event === 'forgot-views') this.forgotten = true;
  }
}

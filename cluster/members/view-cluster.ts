/** A cluster with a view service and replicas. */
import type { WhomToAsk } from '../../client/connection';
import type { LogLine } from '../../runtime/terminal/log-lines';
import { viewInWords } from '../../runtime/terminal/words';
import { noView, type View } from '../../viewservice/api';
import { Cluster, type NamedView, type Standing } from './cluster';
import { replicaArguments, replicaNames, viewServiceArguments, viewServiceName } from './layout';
import type { Member } from './member';
import { whatIsCutOff } from './what-is-cut-off';
import { type Situation, whatIsMissing } from './what-is-missing';

/** What a replica takes itself for, and in which view. */
interface Belief {
  readonly role: string;
  readonly viewnum: number;
}

export class ViewCluster extends Cluster {
  readonly viewService: Member;
  readonly replicas: readonly Member[];
  readonly reunites = false;
  /** The newest view that the view service made, and whether its primary has acknowledged it. */
  private view: View = noView;
  private acknowledged = false;
  /** The view service has restarted, with empty memory, and the replicas have not. */
  private forgotten = false;
  /** The number of the view in which each replica started. */
  private readonly startedIn = new Map<Member, number>();
  private readonly beliefs = new Map<Member, Belief>();

  /** `decider`: who decides in the place of a view service. */
  constructor(replicas: number, decider?: Member) {
    super();
    this.viewService = decider ?? this.member(viewServiceName, viewServiceArguments);
    this.replicas = replicaNames(replicas).map((name) =>
      this.member(name, () => this.replicaProgram(name)),
    );
  }

  get members(): readonly Member[] {
    return [this.viewService, ...this.replicas];
  }

  get introduction(): string {
    const count = this.replicas.length;
    const what = count === 1 ? 'one replica' : `${count} replicas`;
    const names = this.replicas.map(({ name }) => name).join(', ');
    return `a view service (vs) and ${what} (${names})`;
  }

  get suggestions(): readonly (readonly [string, string])[] {
    const [first = '', ...others] = this.replicas.map(({ name }) => name);
    return [
      this.replicas.length === 1
        ? ['put a 1, then get a', 'one replica only: see what --replicas 3 adds']
        : ['put a 1, then kill primary, then get a', 'the backup takes over; nothing is lost'],
      ['restart s1, then status', 'it comes back with empty memory'],
      ['pause primary, then put a 2', 'not dead, only slow: who can tell the difference?'],
      [
        ['partition vs', ...others, '|', first].join(' '),
        `who is cut off must not serve: try get a @${first}`,
      ],
    ];
  }

  whomToAsk(_client: string): WhomToAsk {
    return { viewService: this.viewService.address };
  }

  clientOptions(): string {
    return `--viewservice ${this.viewService.address}`;
  }

  override start(member: Member): Promise<void> {
    this.startedIn.set(member, this.view.viewnum);
    this.beliefs.delete(member);
    return super.start(member);
  }

  get settled(): boolean {
    const { primary, backup } = this.view;
    return this.acknowledged && primary !== null && (backup !== null || this.replicas.length < 2);
  }

  withRole(role: 'primary' | 'backup'): readonly Member[] {
    const member = this.at(this.view[role]);
    return member === undefined ? [] : [member];
  }

  roleOf(member: Member): string {
    if (member === this.viewService) return 'view service';
    const { role, believes } = this.standingOf(member);
    if (believes === undefined) return role;
    return `${role}, but believes it is ${believes.role} of view ${believes.viewnum}`;
  }

  standingOf(member: Member): Standing {
    if (member === this.viewService) return { role: 'decides' };
    const role = this.plainRoleOf(member);
    const believes = this.beliefs.get(member);
    const isOther = believes !== undefined && believes.role !== role && member.condition !== 'dead';
    return { role, ...(isOther && { believes }) };
  }

  get namedView(): NamedView {
    return { ...this.viewWithNames, acknowledged: this.acknowledged };
  }

  viewInWords(): string {
    const { condition } = this.viewService;
    const idle = this.replicas
      .filter((one) => one.condition === 'running' && this.plainRoleOf(one) === 'idle')
      .map(({ name }) => name);
    const remarks = [
      ...(idle.length > 0 ? [`, idle ${idle.join(', ')}`] : []),
      ...(this.view.viewnum > 0 && !this.acknowledged ? [' (not acknowledged yet)'] : []),
      ...(condition === 'running' ? [] : [` (the last one: the view service is ${condition})`]),
    ];
    const { viewnum, primary, backup } = this.viewWithNames;
    const view = {
      viewnum,
      primary: this.withCondition(primary),
      backup: this.withCondition(backup),
    };
    return viewInWords(view) + remarks.join('');
  }

  whatIsMissing(client: string): string {
    const named = (name: string) => (name === viewServiceName ? this.viewService.name : name);
    const isCut = (a: string, b: string) => this.network.isCut(named(a), named(b));
    return whatIsCutOff(this.viewWithNames, client, isCut) ?? whatIsMissing(this.situation);
  }

  /** Learns the view from what the view service logs, and beliefs from what replicas log. */
  protected follow(member: Member, line: LogLine): boolean {
    if (line.type === 'log' && line.event === 'entered-view') {
      const { role, viewnum } = line.fields as unknown as Belief;
      this.beliefs.set(member, { role, viewnum });
    }
    if (member === this.viewService) this.followViews(line);
    return true;
  }

  protected get viewnum(): number {
    return this.view.viewnum;
  }

  protected replicaProgram(_name: string): string[] {
    return replicaArguments(this.viewService.address);
  }

  protected followViews(line: LogLine): void {
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

  private plainRoleOf({ address }: Member): 'primary' | 'backup' | 'idle' {
    if (address === this.view.primary) return 'primary';
    return address === this.view.backup ? 'backup' : 'idle';
  }

  /** The newest view with names instead of addresses. */
  private get viewWithNames(): View {
    const { viewnum, primary, backup } = this.view;
    return {
      viewnum,
      primary: this.at(primary)?.name ?? null,
      backup: this.at(backup)?.name ?? null,
    };
  }

  /** `s1`, or `s1 (dead)`: a view is not the truth about who lives, only what servers agree on. */
  private withCondition(name: string | null): string | null {
    const condition = name === null ? undefined : this.named(name)?.condition;
    return condition === undefined || condition === 'running' ? name : `${name} (${condition})`;
  }

  private get situation(): Situation {
    const named = (name: string) => this.named(name) as Member;
    return {
      view: this.viewWithNames,
      acknowledged: this.acknowledged,
      forgotten: this.forgotten,
      conditionOf: (name) => (name === viewServiceName ? this.viewService : named(name)).condition,
      hasLostState: (name) => this.startedIn.get(named(name)) === this.view.viewnum,
    };
  }
}

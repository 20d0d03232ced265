/** A cluster with a view service and replicas. */
import type { WhomToAsk } from '../../client/connection';
import type { LogLine } from '../../runtime/terminal/log-lines';
import { type Fields, viewInWords } from '../../runtime/terminal/words';
import type { ProxiedMessage, ProxyEvent } from '../../runtime/websocket/proxied-connection';
import type { PingArgs, View } from '../../viewservice/api';
import { toldView, type ViewAnswer, ViewMessages } from '../../worlds/real/view-messages';
import { ViewWatcher } from '../../worlds/view-watcher';
import { whatIsCutOff } from './blocking-cut';
import { Cluster, type NamedView, type Standing } from './cluster';
import { Echoes } from './echoes';
import { replicaArguments, replicaNames, viewServiceArguments, viewServiceName } from './layout';
import type { Member } from './member';
import { forgottenInWords, type Situation, whatIsMissing } from './readiness';

/** The belief of a replica: its role, and the view. */
interface Belief {
  readonly role: string;
  readonly viewnum: number;
}

type Role = 'primary' | 'backup' | 'idle';

const pingCall = 'ViewService.ping';

export class ViewCluster extends Cluster {
  readonly viewService: Member;
  readonly replicas: readonly Member[];
  readonly reunites = false;
  protected readonly views = new ViewWatcher(() => performance.now());
  /** The number of a view that replicas know and the view service has forgotten; null: none. */
  private forgotten: number | null = null;
  /** The number of the view in which each replica started. */
  private readonly startedIn = new Map<Member, number>();
  private readonly beliefs = new Map<Member, Belief>();
  private readonly talk = new ViewMessages();
  private readonly echoes = new Echoes();

  /** `decider`: who decides in the place of a view service. */
  constructor(replicas: number, decider?: Member) {
    super();
    this.viewService =
      decider ??
      this.member(viewServiceName, viewServiceArguments, (event, message) =>
        this.hear(event, message),
      );
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
    this.startedIn.set(member, this.views.view.viewnum);
    this.forget(member);
    return super.start(member);
  }

  /** The member begins anew, with nothing: its beliefs and words are past. */
  protected forget(member: Member): void {
    this.beliefs.delete(member);
    this.echoes.forget(member);
  }

  get settled(): boolean {
    const { primary, backup } = this.views.view;
    return (
      this.views.isAcknowledged && primary !== null && (backup !== null || this.replicas.length < 2)
    );
  }

  withRole(role: 'primary' | 'backup'): readonly Member[] {
    const member = this.at(this.views.view[role]);
    return member === undefined ? [] : [member];
  }

  roleOf(member: Member): string {
    if (member === this.viewService) {
      const { forgotten } = this;
      const trouble =
        forgotten === null ? '' : `, has forgotten view ${forgotten}: makes none any more`;
      return `view service${trouble}`;
    }
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
    const { forgotten } = this;
    return { ...this.viewWithNames, acknowledged: this.views.isAcknowledged, forgotten };
  }

  viewInWords(): string {
    const { condition } = this.viewService;
    const idle = this.replicas
      .filter((one) => one.condition === 'running' && this.plainRoleOf(one) === 'idle')
      .map(({ name }) => name);
    const remarks = [
      ...(idle.length > 0 ? [`, idle ${idle.join(', ')}`] : []),
      ...(this.views.view.viewnum > 0 && !this.views.isAcknowledged
        ? [' (not acknowledged yet)']
        : []),
      ...(condition === 'running' ? [] : [` (the last one: the view service is ${condition})`]),
    ];
    const { viewnum, primary, backup } = this.viewWithNames;
    const view = {
      viewnum,
      primary: this.withCondition(primary),
      backup: this.withCondition(backup),
    };
    const words = viewInWords(view) + remarks.join('');
    if (this.forgotten === null) return words;
    const trouble = forgottenInWords(this.forgotten);
    return viewnum === 0 ? trouble : `${words}. But ${trouble}`;
  }

  whatIsMissing(client: string): string {
    const named = (name: string) => (name === viewServiceName ? this.viewService.name : name);
    const isCut = (a: string, b: string) => this.network.isCut(named(a), named(b));
    return whatIsCutOff(this.viewWithNames, client, isCut) ?? whatIsMissing(this.situation);
  }

  /** The log lines of servers are only shown, but for those that repeat a message. */
  protected follow(member: Member, line: LogLine): boolean {
    if (member === this.viewService && line.type === 'ready') this.begin();
    return !this.echoes.isEcho(member, line);
  }

  /** Roles come from the messages of the view service, whatever servers log. */
  private hear(event: ProxyEvent, message: ProxiedMessage): void {
    const answer = this.talk.answerIn(event, message);
    if (answer !== undefined) this.learn(answer);
    const told = event === 'deliver' && message.call === pingCall ? toldView(message) : undefined;
    const member = told && this.replicas.find(({ name }) => name === message.to);
    if (member !== undefined) this.believe(member, told as View);
  }

  private learn({ ping, view }: ViewAnswer): void {
    if (ping !== undefined && ping.viewnum > view.viewnum) this.learnForgotten(ping);
    // The acknowledgement of a view may bring the next one.
    if (ping !== undefined) this.learnAcknowledgement(ping);
    if (this.views.told(view)) this.tell(this.viewService, 'view', { ...view });
    if (ping !== undefined) this.learnAcknowledgement(ping);
    this.emit('change');
  }

  private learnForgotten({ server, viewnum }: PingArgs): void {
    if (this.forgotten === null) this.tell(this.viewService, 'forgot-views', { server, viewnum });
    this.forgotten ??= viewnum;
  }

  private learnAcknowledgement(ping: PingArgs): void {
    if (!this.views.pinged(ping)) return;
    this.tell(this.viewService, 'acknowledged', { viewnum: ping.viewnum });
  }

  /** A server was told of a view, the newest that it knows: from now on it acts by that. */
  protected believe(member: Member, view: View): void {
    const { viewnum } = view;
    if (viewnum <= (this.beliefs.get(member)?.viewnum ?? 0)) return;
    const role = roleIn(view, member);
    this.beliefs.set(member, { role, viewnum });
    this.tell(member, 'entered-view', { ...view, role });
    this.emit('change');
  }

  /** Shows it as if the member itself had said it, unless it has. */
  private tell(member: Member, event: string, fields: Fields): void {
    const line: LogLine = { type: 'log', event, fields };
    if (!this.echoes.isEcho(member, line)) this.emit('line', member, line);
  }

  private begin(): void {
    this.views.forget();
    this.forgotten = null;
  }

  protected replicaProgram(_name: string): string[] {
    return replicaArguments(this.viewService.address);
  }

  private plainRoleOf(member: Member): Role {
    return roleIn(this.views.view, member);
  }

  /** The newest view with names instead of addresses. */
  private get viewWithNames(): View {
    const { viewnum, primary, backup } = this.views.view;
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
      acknowledged: this.views.isAcknowledged,
      forgotten: this.forgotten,
      conditionOf: (name) => (name === viewServiceName ? this.viewService : named(name)).condition,
      hasLostState: (name) => this.startedIn.get(named(name)) === this.views.view.viewnum,
    };
  }
}

function roleIn({ primary, backup }: View, { address }: Member): Role {
  if (address === primary) return 'primary';
  return address === backup ? 'backup' : 'idle';
}

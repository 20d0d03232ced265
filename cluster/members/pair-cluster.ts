/** A heartbeat pair: two servers, and nobody who decides between them. */
import type { WhomToAsk } from '../../client/connection';
import type { LogLine } from '../../runtime/terminal/log-lines';
import type { Fields } from '../../runtime/terminal/words';
import { Cluster, type Standing } from './cluster';
import { type DivergedKey, divergenceInWords } from './divergence-table';
import { pairServerArguments, replicaNames } from './layout';
import type { Member } from './member';

/** The belief of a server about its role. */
interface Belief {
  readonly role: 'joining' | 'backup' | 'primary';
  readonly alone: boolean;
  readonly epoch: number;
}

const joining: Belief = { role: 'joining', alone: false, epoch: 0 };

/** The log events of a server that tell its belief about its role. */
const beliefAfter: Readonly<Record<string, (before: Belief, fields: Fields) => Belief>> = {
  'pair-primary': (_, { epoch, why }) => {
    return { role: 'primary', alone: why === 'silence', epoch: Number(epoch) };
  },
  'pair-alone': (before) => ({ ...before, alone: true }),
  'pair-whole': (before) => ({ ...before, alone: false }),
  'pair-stepped-down': (before) => ({ ...before, role: 'joining', alone: false }),
  'pair-backup': (_, { epoch }) => ({ role: 'backup', alone: false, epoch: Number(epoch) }),
};

export class PairCluster extends Cluster {
  readonly replicas: readonly Member[];
  readonly reunites = true;
  readonly introduction = 'a heartbeat pair (s1, s2) without a view service';
  readonly suggestions = [
    ['put a 1, then kill primary, then get a', 'a crash: the backup takes over; nothing is lost'],
    ['partition s1 | s2, then view', 'the same silence, but both live: two primaries'],
    ['put a 2 @s1, put a 3 @s2, then heal', 'a client beside each; one of the writes is lost'],
  ] as const;
  private readonly beliefs = new Map<Member, Belief>();
  /** The keys that each server has said so far to differ in. */
  private readonly diverged = new Map<Member, DivergedKey[]>();

  constructor() {
    super();
    const addresses = () => this.replicas.map(({ address }) => address);
    this.replicas = replicaNames(2).map((name) =>
      this.member(name, () => pairServerArguments(addresses())),
    );
  }

  get members(): readonly Member[] {
    return this.replicas;
  }

  whomToAsk(): WhomToAsk {
    return { pair: this.replicas.map(({ address }) => address) };
  }

  clientOptions(): string {
    return `--pair ${this.replicas.map(({ address }) => address).join(',')}`;
  }

  override start(member: Member): Promise<void> {
    this.beliefs.set(member, joining);
    return super.start(member);
  }

  /** One is primary, the other has its state, and both know it. */
  get settled(): boolean {
    const [primary, another] = this.withRole('primary');
    if (primary === undefined || another !== undefined) return false;
    return !this.beliefOf(primary).alone && this.withRole('backup').length === 1;
  }

  withRole(role: 'primary' | 'backup'): readonly Member[] {
    return this.replicas.filter(
      (member) => member.condition !== 'dead' && this.beliefOf(member).role === role,
    );
  }

  roleOf(member: Member): string {
    const { role, alone, epoch } = this.beliefOf(member);
    if (member.condition === 'dead') return 'dead';
    if (role === 'joining') return 'joining, without the state';
    return `${role} of epoch ${epoch}${alone ? ', alone' : ''}`;
  }

  standingOf(member: Member): Standing {
    return this.beliefOf(member);
  }

  readonly namedView = null;

  viewInWords(): string {
    const each = this.replicas.map((member) => {
      const paused = member.condition === 'paused' ? ' (paused)' : '';
      return `${member.name}${paused}: ${this.roleOf(member)}`;
    });
    const split = this.withRole('primary').length > 1 ? '. Two primaries: a split brain' : '';
    return `what each believes: ${each.join('; ')}${split}`;
  }

  whatIsMissing(client: string): string {
    const isFree = ({ name }: Member) => !this.network.isCut(client, name);
    const reachable = this.replicas.filter(isFree);
    const inReach = reachable.map((member) => `${member.name} is ${this.conditionOf(member)}`);
    if (inReach.length === 0) return 'the partition keeps this client from both servers';
    const cut = reachable.length < this.replicas.length ? ' in its part of the partition' : '';
    return `nobody${cut} serves as primary yet: ${inReach.join(', ')}`;
  }

  protected follow(member: Member, line: LogLine): boolean {
    if (line.type !== 'log') return true;
    const { event, fields } = line;
    const after = beliefAfter[event]?.(this.beliefOf(member), fields);
    if (after !== undefined) this.beliefs.set(member, after);
    if (event === 'diverged') {
      const { key, here, there, lost } = fields as unknown as DivergedKey;
      this.diverged.set(member, [...(this.diverged.get(member) ?? []), { key, here, there, lost }]);
      return false;
    }
    if (event === 'gave-up-state') this.tellOfDivergence(member, fields);
    return event !== 'gave-up-state';
  }

  private tellOfDivergence(loser: Member, { keys, lost }: Fields): void {
    const winner = this.replicas.find((member) => member !== loser);
    const text = divergenceInWords({
      loser: loser.name,
      winner: winner?.name ?? '',
      rows: this.diverged.get(loser) ?? [],
      keys: Number(keys),
      lost: Number(lost),
    });
    this.diverged.delete(loser);
    this.emit('news', text);
  }

  private beliefOf(member: Member): Belief {
    return this.beliefs.get(member) ?? joining;
  }

  private conditionOf(member: Member): string {
    return member.condition === 'running' ? this.roleOf(member) : member.condition;
  }
}

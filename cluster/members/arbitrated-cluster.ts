/** A cluster in which etcd or ZooKeeper decides, in the place of the view service. */

import { type ArbiterKind, formatArbiterUrl } from '../../arbiter/arbiter-url';
import { whyNotHere } from '../../arbiter/local/local-service';
import type { WhomToAsk } from '../../client/connection';
import { ProgramFailure } from '../../runtime/terminal/exit';
import type { LogLine } from '../../runtime/terminal/log-lines';
import type { View } from '../../viewservice/api';
import { arbitratedReplicaArguments, replicaNames, viewServiceName } from './layout';
import type { Member } from './member';
import { clientBeside, clientName } from './network';
import { ServiceMember } from './service-member';
import { ViewCluster } from './view-cluster';

export class ArbitratedCluster extends ViewCluster {
  private readonly kind: ArbiterKind;
  private readonly service: ServiceMember;

  /** Throws a Failure when the service is not installed. */
  constructor(kind: ArbiterKind, replicas: number) {
    const why = whyNotHere(kind);
    if (why !== undefined) throw new ProgramFailure(why);
    const service = new ServiceMember(kind, [...replicaNames(replicas), clientName]);
    super(replicas, service);
    this.kind = kind;
    this.service = service;
  }

  override get introduction(): string {
    return super.introduction.replace(`a view service (${viewServiceName})`, this.kind);
  }

  override get suggestions(): readonly (readonly [string, string])[] {
    return super.suggestions.map(([typed, shows]) => [
      typed.replace(viewServiceName, this.kind),
      shows,
    ]);
  }

  /** A client beside a member reaches the service as that member does. */
  override whomToAsk(client: string): WhomToAsk {
    const beside = this.replicas.find(({ name }) => clientBeside(name) === client);
    return { arbiter: this.service.urlFor(beside?.name ?? clientName) };
  }

  override clientOptions(): string {
    return `--arbiter ${formatArbiterUrl(this.service.urlFor(clientName))}`;
  }

  override roleOf(member: Member): string {
    return member === this.service ? 'decides' : super.roleOf(member);
  }

  override whatIsMissing(client: string): string {
    const { condition } = this.service;
    if (condition !== 'running') {
      const remedy = condition === 'paused' ? 'resume' : 'restart';
      const effect = 'nobody renews a lease, and without one nobody serves';
      return `${this.kind} is ${condition}: ${effect}, until "${remedy} ${this.kind}"`;
    }
    return super.whatIsMissing(client).replaceAll('the view service', this.kind);
  }

  override viewInWords(): string {
    return super.viewInWords().replaceAll('the view service', this.kind);
  }

  protected override replicaProgram(name: string): string[] {
    return arbitratedReplicaArguments(formatArbiterUrl(this.service.urlFor(name)));
  }

  /** The link between a replica and the service says what it makes of the view, and is told. */
  protected override follow(member: Member, line: LogLine): boolean {
    if (line.type !== 'log') return super.follow(member, line);
    this.views.logged(line.event, line.fields);
    if (line.event === 'replaced') this.forget(member);
    if (line.event !== 'told-view') return super.follow(member, line);
    this.believe(member, line.fields as unknown as View);
    return false;
  }
}

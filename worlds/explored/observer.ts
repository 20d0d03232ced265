/** Watches the view service: the newest view, whether it is acknowledged, and the rules of views. */
import * as v from 'valibot';
import { decode } from '../../arbiter/agreement';
import { expectation, type Failure } from '../../judging/failure';
import { judgeStep } from '../../judging/view-rules';
import type { Role } from '../../nodes/role';
import type { Address } from '../../runtime/node';
import type { CallResult } from '../../runtime/node-io';
import { shown } from '../../runtime/thrown-value';
import { noView, View } from '../../viewservice/api';
import type { Reaction } from './incarnations';
import { outputKind, responseOutput } from './inputs';
import { Interner } from './tables';

export interface SeenViews {
  readonly view: View;
  readonly acknowledged: boolean;
}

export class Observer {
  private readonly known = new Interner();
  private readonly views: SeenViews[] = [];
  /** Before the first view. */
  readonly nothing: number;

  private readonly servers: readonly Address[];
  private readonly arbitrated: boolean;

  /** `arbitrated`: views are what servers write to a coordination service. */
  constructor(servers: readonly Address[], arbitrated = false) {
    this.servers = servers;
    this.arbitrated = arbitrated;
    this.nothing = this.number({ view: noView, acknowledged: false });
  }

  viewsOf(observation: number): SeenViews {
    return this.views[observation] as SeenViews;
  }

  /**
   * What has been seen after a node got a request (its text; else empty) and did this. A primary that
   * pings 0 claims to have restarted; where no acknowledged backup has the data, that is its loss to
   * the view service, whether it is true or the copy of a ping that was sent long ago.
   */
  see(
    before: number,
    role: Role,
    request: string,
    { outputs }: Reaction,
    textOf: (content: number) => string,
  ): {
    readonly observation: number;
    readonly violation: Failure | undefined;
    readonly claimsRestart: boolean;
    readonly claimsLoss: boolean;
  } {
    if (role.program.is !== 'decider') {
      const nothing = { violation: undefined, claimsRestart: false, claimsLoss: false };
      return { observation: before, ...nothing };
    }
    let { view, acknowledged } = this.viewsOf(before);
    let violation: Failure | undefined;
    const ping = pingOf(request);
    const claimsRestart =
      ping?.viewnum === 0 && ping.server === view.primary && (acknowledged || view.viewnum > 1);
    const claimsLoss = claimsRestart && (!acknowledged || view.backup === null);
    if (ping?.server === view.primary && ping?.viewnum === view.viewnum) acknowledged = true;
    for (let at = 0; at < outputs.length; at += 2) {
      if (outputKind(outputs[at] as number) !== responseOutput) continue;
      const result: CallResult = JSON.parse(textOf(outputs[at + 1] as number));
      if (!('reply' in result)) {
        if (!this.arbitrated) violation ??= refusal(result.error.code);
        continue;
      }
      if (!this.arbitrated && !v.is(View, result.reply)) {
        violation ??= notAView(result.reply);
        continue;
      }
      if (!this.arbitrated) violation ??= this.stranger(ping?.server, result.reply as View);
      const told = this.arbitrated ? writtenBy(request, result.reply) : seenView(result.reply);
      if (told === undefined) continue;
      // One change may bring both the acknowledgement and the next view.
      if (this.arbitrated) acknowledged ||= told.view.viewnum > view.viewnum;
      violation ??= judgeStep(view, told.view, acknowledged);
      if (told.view.viewnum < view.viewnum) continue;
      if (told.view.viewnum > view.viewnum) acknowledged = false;
      view = told.view;
      acknowledged ||= told.acknowledged;
    }
    return {
      observation: this.number({ view, acknowledged }),
      violation,
      claimsRestart,
      claimsLoss,
    };
  }

  /** Servers ping as themselves and are answered with views of them: nothing else can be said. */
  private stranger(pinging: Address | undefined, { primary, backup }: View): Failure | undefined {
    const names = [pinging ?? null, primary, backup].filter((name) => name !== null);
    const stranger = names.find((name) => !this.servers.includes(name));
    if (stranger === undefined) return undefined;
    const expected = `pings and views of servers alone (${this.servers.join(', ')})`;
    return expectation(expected, JSON.stringify(stranger.slice(0, 40))).failure;
  }

  private number(seen: SeenViews): number {
    const id = this.known.id(JSON.stringify(seen));
    this.views[id] = seen;
    return id;
  }
}

/** A stub, or code that threw, is told elsewhere. */
function refusal(code: string): Failure | undefined {
  if (code === 'not-implemented' || code === 'internal') return undefined;
  const expected = 'the view service to answer with the current view';
  return expectation(expected, `it replied with the error ${code}`).failure;
}

function notAView(reply: unknown): Failure {
  return { kind: 'broken code', expected: 'a view', actual: `the reply ${shown(reply)}` };
}

const pingCall = 'ViewService.ping\n';

function pingOf(request: string): { server?: string; viewnum?: number } | undefined {
  return request.startsWith(pingCall) ? JSON.parse(request.slice(pingCall.length)) : undefined;
}

function seenView(reply: unknown): SeenViews {
  return { view: reply as View, acknowledged: false };
}

const swapCall = 'CoordinationService.compareAndSwap\n';

/** The content of the service after a change; undefined: nothing was changed. */
function writtenBy(request: string, reply: unknown): SeenViews | undefined {
  if (!request.startsWith(swapCall) || (reply as { swapped: boolean }).swapped !== true) return;
  return decode(JSON.parse(request.slice(swapCall.length)).value)?.state;
}

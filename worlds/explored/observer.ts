/** Watches the view service: the newest view, whether it is acknowledged, and the rules of views. */
import { decode } from '../../../arbiter/agreement';
import type { CallResult } from '../../../runtime/reactor';
import { noView, type View } from '../../../viewservice/api';
import type { Failure } from '../scenario/failure';
import { judgeStep } from '../scenario/view-rules';
import type { Role } from '../world';
import { outputKind, responseOutput } from './inputs';
import type { Reaction } from './lives';
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

  private readonly arbitrated: boolean;

  /** `arbitrated`: views are what servers write to a coordination service. */
  constructor(arbitrated = false) {
    this.arbitrated = arbitrated;
    this.nothing = this.number({ view: noView, acknowledged: false });
  }

  viewsOf(observation: number): SeenViews {
    return this.views[observation] as SeenViews;
  }

  /**
   * What has been seen after a node got a request (its text; else empty) and did this. A primary that
   * pings 0 claims to have restarted.
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
  } {
    if (role.kind !== 'view-service')
      return { observation: before, violation: undefined, claimsRestart: false };
    let { view, acknowledged } = this.viewsOf(before);
    let violation: Failure | undefined;
    const ping = pingOf(request);
    const claimsRestart =
      ping?.viewnum === 0 && ping.server === view.primary && (acknowledged || view.viewnum > 1);
    if (ping?.server === view.primary && ping?.viewnum === view.viewnum) acknowledged = true;
    for (let at = 0; at < outputs.length; at += 2) {
      if (outputKind(outputs[at] as number) !== responseOutput) continue;
      const result: CallResult = JSON.parse(textOf(outputs[at + 1] as number));
      if (!('reply' in result)) continue;
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
    return { observation: this.number({ view, acknowledged }), violation, claimsRestart };
  }

  private number(seen: SeenViews): number {
    const id = this.known.id(JSON.stringify(seen));
    this.views[id] = seen;
    return id;
  }
}

const pingCall = 'ViewService.ping\n';

function pingOf(request: string): { server?: string; viewnum?: number } | undefined {
  return request.startsWith(pingCall) ? JSON.parse(request.slice(pingCall.length)) : undefined;
}

function seenView(reply: unknown): SeenViews {
  return { view: reply as View, acknowledged: false };
}

const swapCall = 'CoordinationService.compareAndSwap\n';

/** What stands in the service after a change; undefined: nothing was changed. */
function writtenBy(request: string, reply: unknown): SeenViews | undefined {
  if (!request.startsWith(swapCall) || (reply as { swapped: boolean }).swapped !== true) return;
  return decode(JSON.parse(request.slice(swapCall.length)).value)?.state;
}

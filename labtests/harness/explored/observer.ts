/** Watches the view service: the newest view, whether it is acknowledged, and the rules of views. */
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

  constructor() {
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
      const told = result.reply as View;
      violation ??= judgeStep(view, told, acknowledged);
      if (told.viewnum <= view.viewnum) continue;
      view = told;
      acknowledged = false;
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

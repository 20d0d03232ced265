/**
 * Holds what servers and view service say to each other against what it means: a server pings as
 * itself, with a number that a view has had; it is answered at once, with the current view; views
 * follow one another, name servers that have pinged, and keep whoever lives. So the view service
 * cannot hold the data of replicas that replicate nothing: neither names nor numbers, neither errors
 * nor the time that an answer takes leave room for it.
 *
 * Whether a view is the right one is part A's business, and nobody loses part B for it. See decision S1.
 */
import { expectation, type Failure } from '../judging/failure';
import { describeView, sameView } from '../judging/view-rules';
import type { NodeInput, NodeOutput } from '../nodes/node-host';
import type { Role } from '../nodes/role';
import { parsed } from '../runtime/compiled-schema';
import type { Address } from '../runtime/node';
import type { CallResult } from '../runtime/node-io';
import { noView, PingArgs, View } from '../viewservice/api';
import { deadPings, pingIntervalMs } from './timing';

/**
 * Whoever was heard of so lately, in milliseconds and in ticks, is alive in every design. It takes both:
 * a view service that goes on after a pause makes up for a tick, and has no more time than others.
 */
const surelyAlive = (most: number, intervalMs: number) => ({
  ms: (most - 1.5) * intervalMs,
  ticks: most - 2,
});
const pingCall = 'ViewService.ping';

export class ViewWitness {
  /** The first thing that was not as it must be. */
  problem: Failure | undefined;
  private readonly isNode: (name: Address) => boolean;
  private current: View = noView;
  /** The greatest number that any view service of this run has told. */
  private newest = 0;
  private ticks = 0;
  private surely = surelyAlive(deadPings, pingIntervalMs);
  private readonly heard = new Map<Address, { readonly ms: number; readonly tick: number }>();
  /** Members that have pinged 0 in the current view. */
  private readonly restarted = new Set<Address>();

  /** `isNode`: it is a node of this run, and not the scenario itself. */
  constructor(isNode: (name: Address) => boolean) {
    this.isNode = isNode;
  }

  /** A node got an input and did this. */
  see(
    node: Address,
    role: Role,
    input: NodeInput,
    outputs: readonly NodeOutput[],
    nowMs: number,
  ): void {
    if (role.program.is !== 'decider') {
      for (const output of outputs) {
        if (output.type === 'request' && output.call === pingCall) this.pinged(node, output.body);
      }
    } else if (input.type === 'start') {
      const { options } = role;
      this.surely = surelyAlive(
        Number(options.deadPings ?? deadPings),
        Number(options.pingIntervalMs ?? pingIntervalMs),
      );
      this.forget();
    } else if (input.type === 'tick') {
      this.ticks += 1;
    } else if (input.type === 'request' && this.isNode(input.from)) {
      this.answered(input, outputs, nowMs);
    }
  }

  /** Another incarnation of the view service begins. */
  private forget(): void {
    this.current = noView;
    this.heard.clear();
    this.restarted.clear();
  }

  private pinged(from: Address, body: string): void {
    const ping = parsed(PingArgs, JSON.parse(body));
    // A message that does not fit the contract is refused, and says nothing.
    if (ping === undefined) return;
    const { server, viewnum } = ping;
    if (server !== from) {
      this.note(`${from} to ping under its own address`, `it pinged as ${shown(server)}`);
    } else if (viewnum > this.newest) {
      const actual = `it pinged ${viewnum}, and the newest view is view ${this.newest}`;
      this.note(`${from} to ping 0, or a number that a view has had`, actual);
    }
  }

  private answered(
    { from, id, call, body }: NodeInput & { type: 'request' },
    outputs: readonly NodeOutput[],
    nowMs: number,
  ): void {
    const answer = outputs.find(
      (one) => one.type === 'response' && one.to === from && one.id === id,
    );
    const result: CallResult | null | undefined =
      answer?.type === 'response' ? JSON.parse(answer.body) : undefined;
    const expected = `the view service to answer ${call} of ${from} at once, with the current view`;
    const ping = call === pingCall ? parsed(PingArgs, JSON.parse(body)) : undefined;
    if (ping?.viewnum === 0) this.restarted.add(ping.server);
    if (result === undefined || result === null) this.note(expected, 'it let it wait');
    else if ('error' in result)
      this.note(expected, `it replied with the error ${result.error.code}`);
    else {
      const view = parsed(View, result.reply);
      if (view !== undefined) this.follow(view, from, nowMs);
    }
    if (ping === undefined) return;
    this.heard.set(ping.server, { ms: nowMs, tick: this.ticks });
    // Whether it was in this view or made it: it may have restarted since.
    if (ping.viewnum === 0) this.restarted.add(ping.server);
  }

  private follow(next: View, caller: Address, nowMs: number): void {
    const before = this.current;
    if (sameView(before, next)) return;
    const expected = this.broken(before, next, caller, nowMs);
    if (expected !== undefined) {
      this.note(expected, `${told(before)} was followed by ${told(next)}`);
    }
    this.current = next;
    this.newest = Math.max(this.newest, next.viewnum);
    this.restarted.clear();
  }

  /** The rule that this step breaks, in words; undefined when it only says who serves from now on. */
  private broken(before: View, next: View, caller: Address, nowMs: number): string | undefined {
    if (next.viewnum !== before.viewnum + 1) return 'view numbers that rise one by one';
    const hasPinged = (name: Address | null) =>
      name === null || name === caller || this.heard.has(name);
    if (!hasPinged(next.primary) || !hasPinged(next.backup)) {
      return 'views of servers that have pinged';
    }
    if (next.primary !== before.primary && this.lives(before.primary, nowMs)) {
      return `${before.primary}, which pings, to stay primary`;
    }
    const stays = [next.primary, next.backup].includes(before.backup);
    if (!stays && this.lives(before.backup, nowMs)) {
      return `${before.backup}, which pings, to stay in the view`;
    }
    return undefined;
  }

  /** True: the server was alive at every moment since the last answer; the ping that is answered now is not noted. */
  private lives(server: Address | null, nowMs: number): boolean {
    const last = server === null || this.restarted.has(server) ? undefined : this.heard.get(server);
    if (last === undefined) return false;
    const { ms, ticks } = this.surely;
    return nowMs - last.ms < ms && this.ticks - last.tick <= ticks;
  }

  private note(expected: string, actual: string): void {
    this.problem ??= expectation(expected, actual).failure;
  }
}

/** The longest name that is shown in full. */
const maxShown = 40;

function shown(name: Address): string {
  return JSON.stringify(name.length > maxShown ? `${name.slice(0, maxShown)}...` : name);
}

function told({ viewnum, primary, backup }: View): string {
  const short = (name: Address | null) =>
    name !== null && name.length > maxShown ? shown(name) : name;
  return describeView({ viewnum, primary: short(primary), backup: short(backup) });
}

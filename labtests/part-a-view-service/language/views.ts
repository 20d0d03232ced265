/**
 * The language of the scenarios of part A: servers that ping, ticks, and the views that come of it.
 * The same scenario runs over the simulated network and on the bare ViewServer (view-ports.ts).
 *
 * Correct designs differ in small things, and all of them must pass: a view that a ping calls for
 * may be made at once or at the next tick, and a server may be dead at tick 5 or 6 of its silence.
 */

import { type Breach, broken } from '../../../judging/breach';
import {
  expectation,
  type Failure,
  notImplementedYet,
  ScenarioFailure,
} from '../../../judging/failure';
import { describeView, judgeStep, sameView } from '../../../judging/view-rules';
import type { Address } from '../../../runtime/node';
import type { CallResult } from '../../../runtime/node-io';
import { between, pick, seededRandom } from '../../../runtime/seeded-random';
import { noView, type View } from '../../../viewservice/api';
import { PingModel } from './ping-model';
import type { ViewSetting } from './setting';
import { ViewStory } from './view-story';

/** A view service, however it is reached. */
export interface ViewPort {
  call(method: 'ping' | 'get', args: object): Promise<CallResult | undefined>;
  tick(): Promise<void>;
}

export interface ViewsOptions {
  /** Starts a view service that knows nothing. */
  readonly start: () => ViewPort;
  readonly random: () => number;
  readonly setting: ViewSetting;
  /** How many stories a scenario that makes up its own should try: calls may be cheap or not. */
  readonly stories: number;
  /** The same with those that are tried to make one shorter that failed. */
  readonly tries: number;
}

/** Which servers ping, and with which view number. */
export type Pinging = Readonly<Record<Address, number>>;

export type Names = [Address, Address, Address, Address, ...Address[]];

export class Views {
  /** Ticks in silence after which a server may be dead, but need not be yet. */
  readonly deadPings: number;
  /** Ticks in silence after which a server is dead in every design. */
  readonly surelyDead: number;
  /** Ticks in silence that every server survives. */
  readonly surelyAlive: number;
  readonly random: () => number;
  readonly stories: number;
  readonly tries: number;
  private readonly options: ViewsOptions;
  private readonly port: ViewPort;
  private readonly story = new ViewStory();
  /** The newest view seen. */
  private current: View = noView;
  /** The primary of the newest view has pinged with its number. */
  private acknowledged = false;
  /** What right view services may do with these pings: it notes what this one did beside that. */
  private readonly model: PingModel;
  /** The view that answered the last ping, until a tick. */
  private lastPing: { readonly what: string; readonly reply: View } | undefined;

  constructor(options: ViewsOptions) {
    this.options = options;
    this.port = options.start();
    this.random = options.random;
    const { deadPings } = options.setting;
    this.deadPings = deadPings;
    this.surelyDead = deadPings + 1;
    this.surelyAlive = deadPings - 1;
    this.model = new PingModel(deadPings, this.surelyDead, this.surelyAlive);
    this.stories = options.stories;
    this.tries = options.tries;
  }

  /** Another view service, which knows nothing, and chance of its own. */
  anew(seed: number): Views {
    return new Views({ ...this.options, random: seededRandom(seed) });
  }

  // What servers and clerks do

  /** Names for servers, in an order that means nothing. */
  servers(count = 4): Names {
    const { nameOf } = this.options.setting;
    const names = Array.from({ length: Math.max(count, 9) }, (_, i) => nameOf(i + 1));
    return this.shuffled(names).slice(0, count) as Names;
  }

  /** The server says that it lives and knows this view; returns the view that it is told. */
  ping(server: Address, viewnum: number): Promise<View> {
    const { primary, viewnum: newest } = this.current;
    if (server === primary && viewnum === newest) this.acknowledged = true;
    this.model.ping(server, viewnum);
    return this.ask('ping', { server, viewnum }, `${server} pings ${viewnum}`);
  }

  get(): Promise<View> {
    return this.ask('get', {}, 'get');
  }

  /** Lets ping intervals pass, in each of which these servers ping in any order. */
  async ticks(count: number, pinging: Pinging = {}): Promise<View> {
    for (let passed = 0; passed < count; passed += 1) {
      for (const [server, viewnum] of this.shuffled(Object.entries(pinging))) {
        await this.ping(server, viewnum);
      }
      this.story.add('tick');
      this.lastPing = undefined;
      this.model.tick();
      await this.port.tick();
      await this.get();
      this.model.checkNothingIsOverdue();
    }
    return this.current;
  }

  /** A number of ticks in which whoever is silent dies, even where death is noticed late. */
  deadlySilence(): number {
    return this.between(this.surelyDead + 2, 3 * this.surelyDead);
  }

  /** Silence in which everybody but these servers dies, even where death is noticed late. */
  dieOut(pinging: Pinging = {}): Promise<View> {
    return this.ticks(this.surelyDead + 2, pinging);
  }

  // How scenarios begin

  /** View 1, which `primary` has acknowledged. */
  async alone(primary: Address): Promise<void> {
    await this.ping(primary, 0);
    await this.becomes(`${primary} is the first server to ping`, view(1, primary));
    await this.ping(primary, 1);
  }

  /** View 2, which `primary` has acknowledged and `backup` knows. */
  async pair(primary: Address, backup: Address): Promise<void> {
    await this.alone(primary);
    await this.ping(backup, 0);
    await this.becomes(
      `${primary} has acknowledged view 1 and ${backup} has pinged`,
      view(2, primary, backup),
    );
    // Their pings then come close together, and silence begins for both at the same time.
    await this.ticks(1);
    await this.ping(backup, 2);
    await this.ping(primary, 2);
  }

  // What is expected

  /** One of these views is there now, or with the next tick. Returns it. */
  async becomes(why: string, ...allowed: [View, ...View[]]): Promise<View> {
    await this.get();
    if (!allowed.some((one) => sameView(one, this.current))) await this.ticks(1);
    return this.is(why, ...allowed);
  }

  /** One of these views is there now. Returns it. */
  async is(why: string, ...allowed: [View, ...View[]]): Promise<View> {
    const actual = await this.get();
    if (allowed.some((one) => sameView(one, actual))) return actual;
    throw this.failure(`${describeAllowed(allowed)}: ${why}`, describeView(actual));
  }

  /** The view stays for so many ticks, in which these servers ping. */
  async stays(expected: View, why: string, count: number, pinging: Pinging = {}): Promise<void> {
    for (let passed = 0; passed <= count; passed += 1) {
      const actual = passed === 0 ? await this.get() : await this.ticks(1, pinging);
      if (sameView(actual, expected)) continue;
      const after = passed === 0 ? '' : ` at tick ${passed}`;
      throw this.failure(`${describeView(expected)} to stay: ${why}`, describeView(actual) + after);
    }
  }

  /** So far nothing has been done that no right view service does. */
  keepsEveryRule(): void {
    const { broken } = this.model;
    if (broken !== undefined) throw this.withStory(broken);
  }

  // Chance

  /** A whole number drawn from the seed, both ends included. */
  between(from: number, to: number): number {
    return between(this.random, from, to);
  }

  pick<T>(items: readonly T[]): T {
    return pick(this.random, items);
  }

  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const other = this.between(0, last);
      [result[last], result[other]] = [result[other] as T, result[last] as T];
    }
    return result;
  }

  // The way to the view service

  private async ask(method: 'ping' | 'get', args: object, what: string): Promise<View> {
    this.story.add(what);
    const reply = await this.reply(method, args, what);
    this.story.answer(reply);
    if (method === 'get') this.checkLastPing(reply);
    else this.lastPing = { what, reply };
    const judgement = judgeStep(this.current, reply, this.acknowledged);
    if (judgement !== undefined) throw this.withStory(judgement);
    this.model.enter(reply);
    if (!sameView(reply, this.current)) {
      this.current = reply;
      this.acknowledged = false;
    }
    return reply;
  }

  /** A ping is answered with the view that is current after it, and `get` changes nothing. */
  private checkLastPing(now: View): void {
    if (this.lastPing === undefined || sameView(this.lastPing.reply, now)) return;
    const { what, reply } = this.lastPing;
    throw this.failure(
      `"${what}" to be answered with the view that is current after it, and get to say the same`,
      `the ping was answered with ${describeView(reply)}, and get, right after it, with ${describeView(now)}`,
      'a ping is answered with the view after it',
    );
  }

  private async reply(method: 'ping' | 'get', args: object, what: string): Promise<View> {
    const result = await this.port.call(method, args).catch((error) => {
      throw error instanceof ScenarioFailure ? this.withStory(error.failure) : error;
    });
    if (result !== undefined && 'reply' in result) return result.reply as View;
    const expected = `the current view in reply to "${what}"`;
    if (result === undefined) throw this.failure(expected, 'no answer');
    const { code, message } = result.error;
    if (code === 'not-implemented') throw new ScenarioFailure(notImplementedYet([message]));
    throw this.failure(expected, `the error ${code}: ${message}`);
  }

  /** A failure that tells what led to it, and what that shows. */
  failure(expected: string, actual: string, breach?: Breach): ScenarioFailure {
    return this.withStory(expectation(expected, actual, undefined, breach).failure);
  }

  private withStory(failure: Failure): ScenarioFailure {
    const anomalies = [...new Set([...(failure.anomalies ?? []), ...this.model.anomalies])];
    const { breach = this.model.broken?.breach } = failure;
    return new ScenarioFailure({
      ...{ ...failure, ...broken(breach), details: this.story.lines() },
      ...(anomalies.length > 0 && { anomalies }),
    });
  }
}

/** A view, as short as one says it; without a backup unless one is given. */
export function view(
  viewnum: number,
  primary: Address | null = null,
  backup: Address | null = null,
): View {
  return { viewnum, primary, backup };
}

/** `view 3 (primary s1, backup s2 or nobody)`, or one view after the other if they differ more. */
function describeAllowed(allowed: readonly [View, ...View[]]): string {
  const [{ viewnum, primary }] = allowed;
  if (!allowed.every((one) => one.viewnum === viewnum && one.primary === primary)) {
    return allowed.map(describeView).join(', or ');
  }
  const backups = new Set(allowed.map(({ backup }) => backup ?? 'nobody'));
  return describeView({ viewnum, primary, backup: [...backups].join(' or ') });
}

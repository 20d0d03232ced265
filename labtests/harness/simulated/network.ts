/**
 * The simulated network decides the fate of each message: when it arrives, how often, or that it
 * does not. It knows links, which are ordered pairs of nodes, and nothing of what messages mean.
 */
import type { Address } from '../../../runtime/node';
import type { Random } from '../seeded-random';

export type MessageKind = 'request' | 'response';

export interface Envelope {
  readonly kind: MessageKind;
  readonly from: Address;
  readonly to: Address;
}

/** How a network treats messages. Probabilities are per message; delays are in milliseconds. */
export interface Weather {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly requestLoss: number;
  readonly responseLoss: number;
  readonly duplicate: number;
  /** Messages of one link may overtake each other. */
  readonly reorders: boolean;
}

export const fairWeather: Weather = {
  minDelayMs: 0.2,
  maxDelayMs: 3,
  requestLoss: 0,
  responseLoss: 0,
  duplicate: 0,
  reorders: false,
};

export const stormyWeather: Weather = {
  minDelayMs: 0.2,
  maxDelayMs: 40,
  requestLoss: 0.08,
  responseLoss: 0.08,
  duplicate: 0.08,
  reorders: true,
};

/** What a scenario has planned for particular messages. */
export interface Interception {
  readonly matches: (message: Envelope) => boolean;
  readonly fate: 'drop' | 'duplicate' | { readonly holdMs: () => number };
  /** How many messages it still applies to. */
  remaining: number;
}

export type Fate =
  | { readonly type: 'lost' | 'blocked' }
  /** The time at which each copy arrives, in milliseconds: a sum of delays would round, and reorder. */
  | { readonly type: 'arrives'; readonly timesMs: readonly number[] };

export class Network {
  weather: Weather = fairWeather;
  private readonly random: Random;
  private readonly blocked = new Set<string>();
  private interceptions: Interception[] = [];
  private readonly lastArrival = new Map<string, number>();

  constructor(random: Random) {
    this.random = random;
  }

  block(from: Address, to: Address): void {
    this.blocked.add(link(from, to));
  }

  unblock(from: Address, to: Address): void {
    this.blocked.delete(link(from, to));
  }

  isBlocked({ from, to }: Envelope): boolean {
    return this.blocked.size > 0 && this.blocked.has(link(from, to));
  }

  intercept(interception: Interception): void {
    this.interceptions.push(interception);
  }

  /** Ends partitions, plans and bad weather. */
  heal(): void {
    this.blocked.clear();
    this.interceptions = [];
    this.weather = fairWeather;
  }

  fateOf(message: Envelope, now: number): Fate {
    if (this.isBlocked(message)) return { type: 'blocked' };
    const planned = this.plannedFor(message);
    if (planned === 'drop') return { type: 'lost' };
    if (planned === 'duplicate') return this.arrival(message, now, 2);
    if (planned !== undefined) return { type: 'arrives', timesMs: [now + planned.holdMs()] };
    const { requestLoss, responseLoss, duplicate } = this.weather;
    const loss = message.kind === 'request' ? requestLoss : responseLoss;
    if (loss > 0 && this.random() < loss) return { type: 'lost' };
    const copies = duplicate > 0 && this.random() < duplicate ? 2 : 1;
    return this.arrival(message, now, copies);
  }

  private plannedFor(message: Envelope): Interception['fate'] | undefined {
    if (this.interceptions.length === 0) return undefined;
    const found = this.interceptions.find((plan) => plan.matches(message));
    if (found === undefined) return undefined;
    found.remaining -= 1;
    if (found.remaining <= 0) {
      this.interceptions = this.interceptions.filter((plan) => plan !== found);
    }
    return found.fate;
  }

  private arrival(message: Envelope, now: number, copies: number): Fate {
    const timesMs = [];
    for (let copy = 0; copy < copies; copy += 1) timesMs.push(this.timeFor(message, now));
    return { type: 'arrives', timesMs };
  }

  private timeFor({ from, to }: Envelope, now: number): number {
    const { minDelayMs, maxDelayMs, reorders } = this.weather;
    const time = now + minDelayMs + this.random() * (maxDelayMs - minDelayMs);
    if (reorders) return time;
    const name = link(from, to);
    const inOrder = Math.max(time, this.lastArrival.get(name) ?? 0);
    this.lastArrival.set(name, inOrder);
    return inOrder;
  }
}

function link(from: Address, to: Address): string {
  return `${from} ${to}`;
}

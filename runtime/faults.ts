/**
 * Faults of a network: decides the fate of each message, which is to arrive, late, twice, or not at
 * all. It knows links, which are ordered pairs of node names, and nothing of what messages mean.
 */

/** A message on its way from one node to another, by the names of the nodes. */
export interface Envelope {
  readonly kind: 'request' | 'response';
  readonly from: string;
  readonly to: string;
}

/** Which messages a fault is about. What is left out may be anything. */
export interface EnvelopeFilter {
  readonly from?: string;
  readonly to?: string;
  readonly kind?: 'request' | 'response';
}

/** What happens to messages by chance. Probabilities are per message. */
export interface Weather {
  readonly loss: number;
  readonly duplicate: number;
  /** The longest delay, in milliseconds; messages overtake each other. */
  readonly maxDelayMs: number;
}

export const stormyWeather: Weather = { loss: 0.08, duplicate: 0.08, maxDelayMs: 40 };

export type Fate =
  | { readonly type: 'lost' }
  | { readonly type: 'blocked' }
  /** Arrives when the promise resolves. */
  | { readonly type: 'held'; readonly released: Promise<void> }
  /** Milliseconds until each copy arrives. */
  | { readonly type: 'arrives'; readonly delaysMs: readonly number[] };

const atOnce: Fate = { type: 'arrives', delaysMs: [0] };
const twice: Fate = { type: 'arrives', delaysMs: [0, 0] };

interface Plan {
  readonly filter: EnvelopeFilter;
  readonly fate: Fate;
  /** How many messages it still applies to. */
  remaining: number;
}

export class Faults {
  private readonly random: () => number;
  private readonly blocked = new Set<string>();
  private plans: Plan[] = [];
  private weather: Weather | null = null;

  /** `random`: numbers in [0, 1) from which the storms are drawn. */
  constructor(random: () => number) {
    this.random = random;
  }

  /** False: every message just arrives. */
  get any(): boolean {
    return this.blocked.size > 0 || this.plans.length > 0 || this.weather !== null;
  }

  /** Nothing gets from `from` to `to` any more, neither requests nor responses. */
  block(from: string, to: string): void {
    this.blocked.add(link(from, to));
  }

  unblock(from: string, to: string): void {
    this.blocked.delete(link(from, to));
  }

  isBlocked({ from, to }: Envelope): boolean {
    return this.blocked.has(link(from, to));
  }

  /** Loses the next `count` messages of the kind. */
  drop(filter: EnvelopeFilter, count: number): void {
    this.plans.push({ filter, fate: { type: 'lost' }, remaining: count });
  }

  /** Delivers the next `count` messages of the kind twice. */
  duplicate(filter: EnvelopeFilter, count: number): void {
    this.plans.push({ filter, fate: twice, remaining: count });
  }

  /** Holds back the next `count` messages of the kind. Returns what releases them. */
  hold(filter: EnvelopeFilter, count: number): () => void {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const plan: Plan = { filter, fate: { type: 'held', released }, remaining: count };
    this.plans.push(plan);
    return () => {
      this.plans = this.plans.filter((other) => other !== plan);
      release();
    };
  }

  /** Loses, delays, duplicates and reorders messages by chance. */
  storm(weather: Weather = stormyWeather): void {
    this.weather = weather;
  }

  /** Ends partitions, plans and storms. What is held stays held until it is released. */
  heal(): void {
    this.blocked.clear();
    this.plans = [];
    this.weather = null;
  }

  fateOf(message: Envelope): Fate {
    if (this.isBlocked(message)) return { type: 'blocked' };
    return this.planned(message) ?? this.byChance();
  }

  private planned(message: Envelope): Fate | undefined {
    const plan = this.plans.find(({ filter }) => matches(filter, message));
    if (plan === undefined) return undefined;
    plan.remaining -= 1;
    if (plan.remaining <= 0) this.plans = this.plans.filter((other) => other !== plan);
    return plan.fate;
  }

  private byChance(): Fate {
    if (this.weather === null) return atOnce;
    const { loss, duplicate, maxDelayMs } = this.weather;
    if (this.random() < loss) return { type: 'lost' };
    const copies = this.random() < duplicate ? 2 : 1;
    const delaysMs = Array.from({ length: copies }, () => this.random() * maxDelayMs);
    return { type: 'arrives', delaysMs };
  }
}

function matches(filter: EnvelopeFilter, message: Envelope): boolean {
  return (
    (filter.from === undefined || filter.from === message.from) &&
    (filter.to === undefined || filter.to === message.to) &&
    (filter.kind === undefined || filter.kind === message.kind)
  );
}

function link(from: string, to: string): string {
  return `${from} ${to}`;
}

/**
 * Faults of a network: decides the fate of each message, which is to be delivered, late, twice, or not
 * at all. It knows links, which are ordered pairs of node names, and nothing of what messages mean.
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

/** The faults of messages by chance. Probabilities are per message; delays in milliseconds. */
export interface Weather {
  readonly loss: number;
  readonly duplicate: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Messages of one link may overtake each other. */
  readonly reorders: boolean;
}

/** Nothing happens by chance: what a network that is there already adds its own delays to. */
export const noWeather: Weather = {
  loss: 0,
  duplicate: 0,
  minDelayMs: 0,
  maxDelayMs: 0,
  reorders: false,
};
/** A network without faults. */
export const fairWeather: Weather = { ...noWeather, minDelayMs: 0.2, maxDelayMs: 3 };
export const stormyWeather: Weather = {
  loss: 0.08,
  duplicate: 0.08,
  minDelayMs: 0.2,
  maxDelayMs: 40,
  reorders: true,
};

export type Fate =
  | { readonly type: 'drop' }
  /** The link is cut. */
  | { readonly type: 'cut' }
  /** The message waits until the hold is released, and then arrives by this. */
  | { readonly type: 'hold'; readonly onRelease: (deliver: () => void) => void }
  /** The time at which each copy arrives, in milliseconds, the original first. */
  | { readonly type: 'deliver'; readonly timesMs: readonly number[] };

const dropped: Fate = { type: 'drop' };
const cut: Fate = { type: 'cut' };

interface Plan {
  readonly filter: EnvelopeFilter;
  readonly fate: 'drop' | 'duplicate' | Fate;
  /** How many messages it still applies to. */
  remaining: number;
}

export class Faults {
  private readonly random: () => number;
  private readonly fair: Weather;
  private readonly cuts = new Set<string>();
  private plans: Plan[] = [];
  private weather: Weather;
  private readonly lastArrival = new Map<string, number>();

  /**
   * `random`: numbers in [0, 1) from which delays and storms are drawn; `fair`: the weather while there
   * is no storm.
   */
  constructor(random: () => number, fair = noWeather) {
    this.random = random;
    this.fair = fair;
    this.weather = fair;
  }

  /** False: every message has the fate that it has without faults. */
  get any(): boolean {
    return this.cuts.size > 0 || this.plans.length > 0 || this.weather !== this.fair;
  }

  /** Nothing gets from `from` to `to` any more, neither requests nor responses. */
  cut(from: string, to: string): void {
    this.cuts.add(link(from, to));
  }

  mend(from: string, to: string): void {
    this.cuts.delete(link(from, to));
  }

  isCut({ from, to }: Envelope): boolean {
    return this.cuts.size > 0 && this.cuts.has(link(from, to));
  }

  /** Loses the next `count` messages of the kind. */
  drop(filter: EnvelopeFilter, count: number): void {
    this.plans.push({ filter, fate: 'drop', remaining: count });
  }

  /** Delivers the next `count` messages of the kind twice. */
  duplicate(filter: EnvelopeFilter, count: number): void {
    this.plans.push({ filter, fate: 'duplicate', remaining: count });
  }

  /** Holds back the next `count` messages of the kind. Returns what releases them. */
  hold(filter: EnvelopeFilter, count: number): () => void {
    const held: (() => void)[] = [];
    const onRelease = (deliver: () => void) => void held.push(deliver);
    const plan: Plan = { filter, fate: { type: 'hold', onRelease }, remaining: count };
    this.plans.push(plan);
    return () => {
      this.plans = this.plans.filter((other) => other !== plan);
      for (const deliver of held.splice(0)) deliver();
    };
  }

  /** Loses, delays, duplicates and reorders messages by chance. */
  storm(weather: Weather = stormyWeather): void {
    this.weather = weather;
  }

  /** Ends partitions, plans and storms. What is held stays held until it is released. */
  heal(): void {
    this.cuts.clear();
    this.plans = [];
    this.weather = this.fair;
  }

  /**
   * `nowMs`: when it is sent, as `timesMs` is to count. Times are not delays, for the sum of a time and
   * a delay is rounded, and messages would overtake each other.
   */
  fateOf(message: Envelope, nowMs = 0): Fate {
    if (this.isCut(message)) return cut;
    const planned = this.plans.length > 0 ? this.planned(message) : undefined;
    if (planned === 'drop') return dropped;
    if (planned === 'duplicate') return this.delivery(message, nowMs, 2);
    if (planned !== undefined) return planned;
    const { loss, duplicate } = this.weather;
    if (loss > 0 && this.random() < loss) return dropped;
    const copies = duplicate > 0 && this.random() < duplicate ? 2 : 1;
    return this.delivery(message, nowMs, copies);
  }

  private planned(message: Envelope): Plan['fate'] | undefined {
    const plan = this.plans.find(({ filter }) => matches(filter, message));
    if (plan === undefined) return undefined;
    plan.remaining -= 1;
    if (plan.remaining <= 0) this.plans = this.plans.filter((other) => other !== plan);
    return plan.fate;
  }

  private delivery(message: Envelope, nowMs: number, copies: number): Fate {
    const timesMs = [];
    for (let copy = 0; copy < copies; copy += 1) timesMs.push(this.timeFor(message, nowMs));
    return { type: 'deliver', timesMs };
  }

  private timeFor({ from, to }: Envelope, nowMs: number): number {
    const { minDelayMs, maxDelayMs, reorders } = this.weather;
    if (maxDelayMs === 0) return nowMs;
    const time = nowMs + minDelayMs + this.random() * (maxDelayMs - minDelayMs);
    if (reorders) return time;
    const name = link(from, to);
    const inOrder = Math.max(time, this.lastArrival.get(name) ?? 0);
    this.lastArrival.set(name, inOrder);
    return inOrder;
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

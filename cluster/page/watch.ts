/** Keeps what the live page shows: how things are, samples of the last minutes, the end of the log. */
import {
  type Band,
  type LogEntry,
  type MemberNow,
  maxEntryLength,
  maxLogEntries,
  maxSamples,
  type Now,
  type Sample,
  sampleMs,
} from '../../viewer/model/live-data';
import type { Loads } from '../load/loads';
import type { Meter } from '../load/meter';
import type { Cluster } from '../members/cluster';
import type { Member } from '../members/member';

/** How many lines of the log the page is told of at a time. */
const maxEntriesAtOnce = 50;

export interface WatchSettings {
  readonly cluster: Cluster;
  readonly meter: Meter;
  readonly loads: () => Loads['now'];
}

/** The news since the last sample. */
export interface News {
  readonly now: Now;
  readonly sample: Sample;
  readonly entries: readonly LogEntry[];
  readonly leftOut: number;
}

export class Watch {
  readonly samples: Sample[] = [];
  /** Of the log; what came since the last sample is not among them yet. */
  readonly entries: LogEntry[] = [];
  private readonly settings: WatchSettings;
  private readonly timer: NodeJS.Timeout;
  private fresh: LogEntry[] = [];
  private leftOut = 0;
  private readonly arrived: number[] = [];

  /** `tell` is called once a sample. */
  constructor(settings: WatchSettings, tell: (news: News) => void) {
    this.settings = settings;
    this.timer = setInterval(() => tell(this.sample()), sampleMs);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Takes a line of the log. */
  note(entry: LogEntry): void {
    const text =
      entry.text.length > maxEntryLength
        ? `${entry.text.slice(0, maxEntryLength)} ... (${entry.text.length} characters)`
        : entry.text;
    this.fresh.push({ ...entry, text });
    if (this.fresh.length <= maxLogEntries) return;
    this.fresh.shift();
    this.leftOut += 1;
  }

  get now(): Now {
    const { cluster, meter, loads } = this.settings;
    const { traffic, sides } = cluster.network;
    const perSecond = (this.arrived.at(-1) ?? 0) - (this.arrived[0] ?? 0);
    return {
      members: cluster.members.map((member) => this.memberNow(member)),
      view: cluster.namedView,
      primaries: cluster.withRole('primary').length,
      sides,
      messagesPerSecond: perSecond,
      blocked: traffic?.blocked ?? 0,
      waiting: meter.waiting,
      latest: meter.latest,
      load: loads(),
    };
  }

  private sample(): News {
    const { cluster, meter } = this.settings;
    this.arrived.push(cluster.network.traffic?.arrived ?? 0);
    if (this.arrived.length > 1_000 / sampleMs + 1) this.arrived.shift();
    const { now } = this;
    const sample = { at: Date.now(), bands: now.members.map(bandOf), ...meter.take() };
    this.samples.push(sample);
    if (this.samples.length > maxSamples) this.samples.shift();
    const { fresh } = this;
    const entries = fresh.slice(-maxEntriesAtOnce);
    const leftOut = this.leftOut + fresh.length - entries.length;
    this.entries.push(...fresh);
    this.entries.splice(0, Math.max(0, this.entries.length - maxLogEntries));
    this.fresh = [];
    this.leftOut = 0;
    return { now, sample, entries, leftOut };
  }

  private memberNow(member: Member): MemberNow {
    const { cluster } = this.settings;
    const { name, condition, pid, address } = member;
    const { role, epoch, alone, believes } = cluster.standingOf(member);
    const ago = cluster.network.traffic?.pingAgoMs(name);
    return {
      name,
      condition,
      role,
      address,
      ...(epoch !== undefined && { epoch }),
      ...(alone !== undefined && { alone }),
      ...(believes && { believes: { role: believes.role, viewnum: believes.viewnum } }),
      ...(pid !== undefined && { pid }),
      ...(role !== 'decides' && ago !== undefined && { pingAgoMs: ago }),
    };
  }
}

export function bandOf({ condition, role, believes }: MemberNow): Band {
  if (condition !== 'running') return condition;
  return believes?.role === 'primary' && role !== 'primary' ? 'deposed' : role;
}

/** The last minute: what each server was, how long operations took, and how many there were. */
import uPlot from 'uplot';
import { element } from '../kit/dom';
import {
  type Band,
  faultCommand,
  type LogEntry,
  maxSamples,
  type Sample,
  sampleMs,
} from '../model/live-data';
import { colour, drawLanes, laneAt, markStrip } from './lanes';
import { duration, type Say, timeOfDay } from './words';

const shownMs = 60_000;
/** How many marks of faults are kept. */
const maxFaults = 50;
/** Room for the names at the left, in CSS pixels. */
const gutter = 76;
const laneHeight = 30;
const perSecond = 1_000 / sampleMs;

export class Charts {
  readonly box: HTMLElement;
  private readonly say: Say;
  private readonly holder = element('div', { class: 'charts' });
  private readonly readout = element('p', { class: 'readout' });
  private plots: { lanes: uPlot; latency: uPlot; rate: uPlot } | undefined;
  private names: readonly string[] = [];
  private samples: Sample[] = [];
  private faults: LogEntry[] = [];
  /** Where the pointer is, among the samples; undefined: nowhere, so the newest is told of. */
  private pointedAt: number | undefined;

  constructor(say: Say) {
    this.say = say;
    this.box = element(
      'section',
      { 'aria-labelledby': 'time-title' },
      element('h2', { id: 'time-title' }, say('time')),
      this.holder,
      this.readout,
    );
    new ResizeObserver(() => this.fit()).observe(this.holder);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  /** Begins anew. */
  begin(names: readonly string[], samples: readonly Sample[], entries: readonly LogEntry[]): void {
    this.names = names;
    this.samples = [...samples];
    this.faults = [];
    this.mark(entries);
    for (const plot of Object.values(this.plots ?? {})) plot.destroy();
    this.holder.replaceChildren();
    this.plots = this.make();
    this.draw();
  }

  add(sample: Sample, entries: readonly LogEntry[]): void {
    this.samples.push(sample);
    if (this.samples.length > maxSamples) this.samples.shift();
    this.mark(entries);
    this.draw();
  }

  private mark(entries: readonly LogEntry[]): void {
    const isFault = ({ kind, text }: LogEntry) => kind === 'command' && faultCommand.test(text);
    this.faults = [...this.faults, ...entries.filter(isFault)].slice(-maxFaults);
  }

  private make() {
    const { say } = this;
    const part = (label: string) => {
      const box = element('div', { role: 'img', 'aria-label': label });
      this.holder.append(box);
      return box;
    };
    const heading = (text: string) => this.holder.append(element('h3', {}, text));
    const lanes = new uPlot(this.lanesOptions(), [[], []], part(say('lanes-label')));
    heading(say('latency'));
    const decades = this.valueAxis(shortly);
    const latency = new uPlot(
      {
        ...this.common(130),
        scales: {
          x: this.timeScale(),
          y: { distr: 3, log: 10, range: (_plot, _min, max) => [0.1, topOf(max)] },
        },
        series: [{}, this.line('accent'), this.line('bad', [5, 3])],
        axes: [
          this.timeAxis(false),
          { ...decades, filter: powersOfTen, grid: { ...decades.grid, filter: powersOfTen } },
        ],
        hooks: { setCursor: [(plot) => this.point(plot)] },
      },
      [[], [], []],
      part(say('latency-label')),
    );
    heading(say('rate'));
    const rate = new uPlot(
      {
        ...this.common(110),
        scales: {
          x: this.timeScale(),
          y: { range: (_plot, _min, max) => [0, Math.max(10, max * 1.1)] },
        },
        series: [
          {},
          {
            ...this.line('accent'),
            paths: uPlot.paths.stepped?.({ align: -1 }) as uPlot.Series.PathBuilder,
          },
        ],
        axes: [this.timeAxis(true), this.valueAxis((value) => `${value}`)],
      },
      [[], []],
      part(say('rate-label')),
    );
    return { lanes, latency, rate };
  }

  private lanesOptions(): uPlot.Options {
    const { names } = this;
    const count = names.length;
    const nameOf = (band: Band) =>
      band === 'starting' || band === 'paused' || band === 'dead'
        ? this.say(`condition-${band}`)
        : this.say(`role-${band}`);
    return {
      ...this.common((count + markStrip) * laneHeight),
      scales: { x: this.timeScale(), y: { auto: false, range: [0, count + markStrip] } },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [
        this.timeAxis(false),
        {
          ...this.valueAxis((value) => names[count - value - 0.5] ?? ''),
          splits: names.map((_, lane) => laneAt(count, lane)),
          grid: { show: false },
          font: '600 13px system-ui, sans-serif',
          stroke: () => colour('ink'),
        },
      ],
      hooks: {
        draw: [
          (plot) => {
            const { samples, faults } = this;
            drawLanes(plot, { names, samples, faults }, nameOf);
          },
        ],
      },
    };
  }

  private common(height: number) {
    return {
      width: Math.max(300, this.holder.clientWidth),
      height,
      padding: [8, 10, 4, 0] as [number, number, number, number],
      legend: { show: false },
      cursor: {
        sync: { key: 'live' },
        drag: { x: false, y: false },
        points: { show: false },
        y: false,
      },
    };
  }

  private timeScale(): uPlot.Scale {
    return {
      time: true,
      range: () => {
        const to = this.samples.at(-1)?.at ?? Date.now();
        return [(to - shownMs) / 1_000, to / 1_000];
      },
    };
  }

  private timeAxis(isShown: boolean): uPlot.Axis {
    return {
      show: isShown,
      stroke: () => colour('faint'),
      grid: { show: false },
      ticks: { stroke: () => colour('line') },
      // The clock of the log, not that of America.
      values: (_plot, splits) => splits.map((at) => timeOfDay(at * 1_000).slice(0, 8)),
      space: 90,
    };
  }

  private valueAxis(text: (value: number) => string): uPlot.Axis {
    return {
      size: gutter,
      stroke: () => colour('faint'),
      grid: { stroke: () => colour('line'), width: 0.5 },
      ticks: { show: false },
      values: (_plot, splits) => splits.map((value) => (value === null ? '' : text(value))),
    };
  }

  private line(name: 'accent' | 'bad', dash: number[] = []): uPlot.Series {
    return {
      stroke: () => colour(name),
      width: 1.5,
      dash,
      points: { show: dash.length > 0, size: 4 },
    };
  }

  private point({ cursor: { idx, left } }: uPlot): void {
    this.pointedAt = left !== undefined && left >= 0 && idx != null ? idx : undefined;
    this.read();
  }

  private draw(): void {
    const { plots, samples } = this;
    if (plots === undefined) return;
    const x = samples.map(({ at }) => at / 1_000);
    plots.lanes.setData([x, samples.map(() => null)]);
    plots.latency.setData([
      x,
      samples.map(({ medianMs }) => medianMs),
      samples.map(({ longestMs }) => longestMs),
    ]);
    plots.rate.setData([x, samples.map((_, index) => this.rateAt(index))]);
    this.read();
  }

  /** Over the second that ends there: a sample alone is too short for low rates. */
  private rateAt(index: number): number {
    const second = this.samples.slice(Math.max(0, index + 1 - perSecond), index + 1);
    return second.reduce((sum, { done }) => sum + done, 0);
  }

  private read(): void {
    const index = this.pointedAt ?? this.samples.length - 1;
    const sample = this.samples[index];
    if (sample === undefined) return;
    this.readout.textContent = this.say('at-cursor', {
      time: timeOfDay(sample.at),
      rate: this.rateAt(index),
      median: duration(sample.medianMs),
      longest: duration(sample.longestMs),
      failed: sample.failed,
    });
  }

  private fit(): void {
    const width = Math.max(300, this.holder.clientWidth);
    for (const plot of Object.values(this.plots ?? {})) {
      if (plot.width !== width) plot.setSize({ width, height: plot.height });
    }
  }
}

/** The top of the latency scale: a power of ten. */
function topOf(max: number | null): number {
  return 10 ** Math.max(2, Math.ceil(Math.log10(Math.max(max ?? 1, 1))));
}

function powersOfTen(_plot: uPlot, splits: number[]): (number | null)[] {
  return splits.map((value) => (isPowerOfTen(value) ? value : null));
}

function isPowerOfTen(value: number): boolean {
  return Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6);
}

function shortly(ms: number): string {
  return ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`;
}

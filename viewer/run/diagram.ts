/** The space-time diagram: a lane for each node, and the messages between them. */
import type { MessageArrow } from '../model/messages';
import { isPing } from '../model/messages';
import type { RunModel } from '../model/model';
import type { NodeTrack } from '../model/nodes';
import type { Scale } from '../model/scale';
import { firstIndex } from '../model/search';
import type { PageState } from '../model/view-state';
import { ticksOf } from '../model/window';
import type { Language } from '../strings/catalogue';
import { drawArrow, Labels } from './arrows';
import { gutter, Surface } from './canvas';
import { drawLane, drawMarker } from './lane';

const axisHeight = 26;
const partitionHeight = 22;
/** With more arrows than this on the screen, those that would cover each other are drawn once. */
const manyArrows = 1_500;
const fewArrows = 60;
/** Many lanes are narrow, so that the history below stays on the screen. */
function laneHeightFor(lanes: number): number {
  return lanes <= 7 ? 44 : lanes <= 10 ? 36 : 27;
}

/** How far from an event one may click, in CSS pixels. */
const reach = 14;

export class Diagram {
  readonly surface: Surface;
  private readonly model: RunModel;
  private top = 0;
  private laneHeight = 1;
  private lanes = new Map<string, number>();

  constructor(model: RunModel, language: Language = 'en') {
    this.model = model;
    this.surface = new Surface('diagram', language);
  }

  render(state: PageState, shown: Int32Array, scale: Scale): void {
    const { surface, model } = this;
    const tracks = model.tracks.filter(({ node }) => !state.hidden.has(node));
    const laneHeight = laneHeightFor(tracks.length);
    const top = axisHeight + (model.partitions.length > 0 ? partitionHeight : 0);
    Object.assign(this, { top, laneHeight });
    this.lanes = new Map(tracks.map(({ node }, i) => [node, top + (i + 0.5) * laneHeight]));
    surface.begin(top + tracks.length * laneHeight + 6, state.window, scale);
    this.axis(state, scale);
    this.partitions(state);
    for (const track of tracks)
      drawLane(surface, model, track, { y: this.y(track), height: laneHeight, state });
    surface.pen.save();
    surface.pen.beginPath();
    surface.pen.rect(gutter - 4, 0, surface.width, surface.height);
    surface.pen.clip();
    this.arrows(state);
    this.markers(state, shown);
    this.parting();
    this.cursor(state);
    surface.pen.restore();
  }

  /** The shown event nearest to a point; undefined when there is none near it. */
  eventAt(x: number, y: number, shown: Int32Array): number | undefined {
    const { surface, model } = this;
    const fromMs = surface.ms(x - reach);
    let nearest = Number.POSITIVE_INFINITY;
    let found: number | undefined;
    const first = firstIndex(shown.length, (i) => model.timeOf(shown[i] as number) >= fromMs);
    for (let i = first; i < shown.length; i += 1) {
      const index = shown[i] as number;
      const dx = surface.x(model.timeOf(index)) - x;
      if (dx > reach) break;
      const lane = this.lanes.get(model.events[index]?.node ?? '');
      if (lane === undefined) continue;
      const distance = Math.hypot(dx, (lane - y) / 2);
      if (distance < nearest) {
        nearest = distance;
        found = index;
      }
    }
    return found;
  }

  /** The middle between two lanes: there a label covers no band. */
  private gapNear(y: number): number {
    const { top, laneHeight } = this;
    return top + Math.round((y - top) / laneHeight) * laneHeight;
  }

  private y({ node }: NodeTrack): number {
    return this.lanes.get(node) as number;
  }

  private axis({ window }: PageState, { pauses }: Scale): void {
    const { surface } = this;
    const { pen } = surface;
    surface.font(11);
    pen.lineWidth = 1;
    // Where pauses are shortened, round moments stand at uneven distances: some have no room.
    let free = Number.NEGATIVE_INFINITY;
    const { ticks, digits } = ticksOf(window, Math.max(2, (surface.width - gutter) / 40));
    for (const tick of ticks) {
      const x = surface.x(tick);
      if (x < free) continue;
      free = x + 80;
      pen.strokeStyle = surface.colour('line');
      pen.globalAlpha = 0.6;
      surface.line(x, axisHeight - 6, x, surface.height);
      pen.globalAlpha = 1;
      pen.fillStyle = surface.colour('faint');
      const label = `${tick.toFixed(digits)} ms`;
      surface.text(label, Math.min(x + 3, surface.width - pen.measureText(label).width), 10, 100);
    }
    for (const { fromMs, toMs } of pauses) {
      if (toMs < window.fromMs || fromMs > window.toMs) continue;
      const x = surface.x((fromMs + toMs) / 2);
      if (x < gutter) continue;
      pen.strokeStyle = surface.colour('faint');
      for (const shift of [-2, 2]) surface.line(x + shift - 2, 24, x + shift + 2, 17);
    }
  }

  private partitions({ window }: PageState): void {
    const { surface } = this;
    const { pen } = surface;
    if (this.model.partitions.length === 0) return;
    pen.fillStyle = surface.colour('faint');
    surface.font(11);
    surface.text(surface.word('cut-off'), 4, axisHeight + 9, gutter - 8);
    for (const { fromMs, toMs, label } of this.model.partitions) {
      if (toMs < window.fromMs || fromMs > window.toMs) continue;
      const x = Math.max(surface.x(fromMs), gutter);
      const width = Math.min(surface.x(toMs), surface.width - 8) - x;
      if (width <= 0) continue;
      pen.fillStyle = surface.colour('bad');
      pen.globalAlpha = 0.06;
      pen.fillRect(x, axisHeight, width, surface.height - axisHeight);
      pen.globalAlpha = 1;
      pen.strokeStyle = surface.colour('bad');
      pen.lineWidth = 1.5;
      pen.setLineDash([6, 3]);
      pen.strokeRect(x, axisHeight + 1, width, partitionHeight - 5);
      pen.setLineDash([]);
      pen.fillStyle = surface.colour('bad');
      surface.font(11, 600);
      surface.text(label, x + 5, axisHeight + 10, width - 8);
    }
  }

  private arrows(state: PageState): void {
    const visible: MessageArrow[] = [];
    for (const message of this.model.messages.within(state.window)) {
      if (!this.lanes.has(message.from) || !this.lanes.has(message.to)) continue;
      if (state.pings || !isPing(message.call)) visible.push(message);
    }
    const { surface } = this;
    const isFull = visible.length > manyArrows;
    const drawn = new Set<string>();
    const labels = new Labels(surface);
    for (const message of visible) {
      if (isFull) {
        const { from, to, fate } = message;
        const key = `${from} ${to} ${fate} ${Math.round(surface.x(message.fromMs))}`;
        if (drawn.has(key)) continue;
        drawn.add(key);
      }
      drawArrow(surface, message, {
        fromY: this.lanes.get(message.from) as number,
        toY: this.lanes.get(message.to) as number,
        isPlain: isFull,
        isChosen: message.sendIndex === state.cursor || message.endIndex === state.cursor,
        labels: visible.length <= fewArrows ? labels : undefined,
        gapNear: (y) => this.gapNear(y),
      });
    }
    labels.draw();
  }

  private markers(state: PageState, shown: Int32Array): void {
    const { model, surface } = this;
    const time = (i: number) => model.timeOf(shown[i] as number);
    const first = firstIndex(shown.length, (i) => time(i) >= state.window.fromMs);
    const last = firstIndex(shown.length, (i) => time(i) > state.window.toMs);
    if (last - first > 2 * manyArrows) return;
    for (let i = first; i < last; i += 1) {
      const event = model.events[shown[i] as number];
      const y = this.lanes.get(event?.node ?? '');
      if (event === undefined || y === undefined) continue;
      drawMarker(surface, event, surface.x(event.t), y);
    }
  }

  /** Where the run beside this one went another way. */
  private parting(): void {
    const { model, surface } = this;
    const { pen } = surface;
    const event = model.events[model.parting ?? -1];
    if (event === undefined) return;
    const x = surface.x(event.t);
    pen.strokeStyle = surface.colour('point');
    pen.lineWidth = 2;
    pen.setLineDash([2, 3]);
    surface.line(x, axisHeight - 8, x, surface.height);
    const y = this.lanes.get(event.node);
    if (y !== undefined) pen.strokeRect(x - 9, y - 9, 18, 18);
    pen.setLineDash([]);
    pen.fillStyle = surface.colour('point');
    surface.font(11, 600);
    surface.plate(`≠ ${surface.word('part-here')}`, x, surface.height - 7);
  }

  private cursor({ cursor }: PageState): void {
    const { model, surface } = this;
    const { pen } = surface;
    const event = model.events[cursor];
    if (event === undefined) return;
    const x = surface.x(event.t);
    pen.strokeStyle = surface.colour('accent');
    pen.lineWidth = 2;
    surface.line(x, axisHeight - 8, x, surface.height);
    const y = this.lanes.get(event.node);
    if (y === undefined) return;
    pen.beginPath();
    pen.arc(x, y, 8, 0, 2 * Math.PI);
    pen.stroke();
  }
}

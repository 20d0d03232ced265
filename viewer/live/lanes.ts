/** The roles of each server over time, as bands: shapes tell as much as colours. */
import type uPlot from 'uplot';
import { runsOf } from '../model/bands';
import type { Band, LogEntry, Sample } from '../model/live-data';

export interface LanesData {
  readonly names: readonly string[];
  readonly samples: readonly Sample[];
  /** Commands that made faults, for the marks. */
  readonly faults: readonly LogEntry[];
}

/** The strip above the lanes, for the labels of marks, in lanes. */
export const markStrip = 0.8;

type ColourName =
  | 'page'
  | 'ink'
  | 'line'
  | 'bad'
  | 'primary'
  | 'backup'
  | 'idle'
  | 'dead'
  | 'raised';

/** A colour of the style sheet. */
export function colour(name: ColourName | 'faint' | 'accent'): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function drawLanes(
  plot: uPlot,
  { names, samples, faults }: LanesData,
  nameOf: (band: Band) => string,
): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const lane of names.keys()) {
    const middle = plot.valToPos(laneAt(names.length, lane), 'y', true);
    for (const { band, fromMs, toMs } of runsOf(samples, lane)) {
      const x = plot.valToPos(fromMs / 1_000, 'x', true);
      const to = plot.valToPos(toMs / 1_000, 'x', true);
      if (to < bbox.left) continue;
      const from = Math.max(x, bbox.left - 4 * ratio);
      drawBand(ctx, ratio, { x: from, y: middle, width: to - from, height: 20 * ratio }, band);
      label(ctx, ratio, nameOf(band), { from: Math.max(from, bbox.left), to, y: middle }, band);
    }
  }
  drawMarks(plot, faults);
  ctx.restore();
}

/** Where the middle of a lane is on the y scale: the first is on top. */
export function laneAt(count: number, lane: number): number {
  return count - lane - 0.5;
}

interface Box {
  readonly x: number;
  /** Of its middle. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const colours: Readonly<Record<Band, ColourName>> = {
  ...{ primary: 'primary', backup: 'backup', idle: 'idle', joining: 'idle', decides: 'idle' },
  ...{ deposed: 'bad', starting: 'dead', paused: 'dead', dead: 'dead' },
};

function drawBand(
  ctx: CanvasRenderingContext2D,
  ratio: number,
  { x, y, width, height }: Box,
  band: Band,
): void {
  const top = y - height / 2;
  ctx.strokeStyle = colour(colours[band]);
  ctx.lineWidth = 1.5 * ratio;
  ctx.setLineDash([]);
  ctx.fillStyle = colour('page');
  ctx.fillRect(x, top, width, height);
  if (band === 'dead') {
    ctx.setLineDash([ratio, 5 * ratio]);
    line(ctx, x, y, x + width, y);
  } else {
    if (band === 'primary') ctx.fillStyle = colour('primary');
    else if (band === 'backup') ctx.fillStyle = hatch(ctx, colour('backup'), ratio, 1);
    else if (band === 'deposed') ctx.fillStyle = hatch(ctx, colour('bad'), ratio, -1);
    else ctx.fillStyle = colour(band === 'decides' ? 'raised' : 'page');
    ctx.fillRect(x, top, width, height);
    if (band !== 'idle' && band !== 'primary' && band !== 'backup' && band !== 'decides') {
      ctx.setLineDash([3 * ratio, 3 * ratio]);
    }
    ctx.strokeRect(x, top, width, height);
  }
  ctx.setLineDash([]);
}

/** Stripes that rise, or fall with `slope` -1. */
function hatch(
  ctx: CanvasRenderingContext2D,
  stroke: string,
  ratio: number,
  slope: 1 | -1,
): CanvasPattern | string {
  const size = Math.round(8 * ratio);
  const tile = document.createElement('canvas');
  tile.width = tile.height = size;
  const pen = tile.getContext('2d');
  if (pen === null) return stroke;
  pen.strokeStyle = stroke;
  pen.lineWidth = 1.6 * ratio;
  for (const shift of [-size, 0, size]) {
    const [from, to] = slope === 1 ? [size, 0] : [0, size];
    line(pen, shift, from, shift + size, to);
  }
  return ctx.createPattern(tile, 'repeat') ?? stroke;
}

function label(
  ctx: CanvasRenderingContext2D,
  ratio: number,
  text: string,
  { from, to, y }: { readonly from: number; readonly to: number; readonly y: number },
  band: Band,
): void {
  ctx.font = `600 ${11 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  const { width } = ctx.measureText(text);
  if (to - from < width + 12 * ratio) return;
  if (band === 'primary') ctx.fillStyle = colour('page');
  else {
    ctx.fillStyle = colour(band === 'decides' ? 'raised' : 'page');
    ctx.fillRect(from + 3 * ratio, y - 7 * ratio, width + 6 * ratio, 14 * ratio);
    ctx.fillStyle = colour('ink');
  }
  ctx.fillText(text, from + 6 * ratio, y + ratio);
}

function drawMarks(plot: uPlot, faults: readonly LogEntry[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const right = bbox.left + bbox.width;
  let labelledTo = Number.NEGATIVE_INFINITY;
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  for (const { at, text } of faults) {
    const x = plot.valToPos(at / 1_000, 'x', true);
    if (x < bbox.left || x > right) continue;
    ctx.strokeStyle = colour('ink');
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    line(ctx, x, bbox.top, x, bbox.top + bbox.height);
    ctx.setLineDash([]);
    const { width } = ctx.measureText(text);
    // Beside the line, where there is room.
    const from = x + width + 8 * ratio < right ? x + 4 * ratio : x - width - 4 * ratio;
    if (from < labelledTo) continue;
    ctx.fillStyle = colour('ink');
    ctx.fillText(text, from, bbox.top + 2 * ratio);
    labelledTo = from + width + 6 * ratio;
  }
}

function line(
  pen: CanvasRenderingContext2D,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): void {
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
}

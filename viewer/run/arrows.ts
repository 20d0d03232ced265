/** Messages: each fate has a shape of its own, besides its colour. */
import { faultWords } from '../../runtime/fault-words';
import { isPing, type MessageArrow } from '../model/messages';
import type { Surface } from './canvas';

interface Placement {
  readonly fromY: number;
  readonly toY: number;
  /** Without heads and dashes: there are very many. */
  readonly isPlain: boolean;
  readonly isChosen: boolean;
  /** Where to put the label; undefined: there is no room for any. */
  readonly labels: Labels | undefined;
  /** The nearest height at which a label covers no lane. */
  readonly gapNear: (y: number) => number;
}

/** How far, of the way to the other lane, a message gets that does not arrive. */
const lostShare = 0.45;
const headLength = 8;

export function drawArrow(surface: Surface, message: MessageArrow, placement: Placement): void {
  const { pen } = surface;
  const { fromY, toY, isPlain, labels, isChosen, gapNear } = placement;
  const { fate, kind } = message;
  const arrives = fate === 'deliver';
  const x1 = surface.x(message.fromMs);
  const x2 = arrives ? surface.x(message.toMs) : x1 + (isPlain ? 2 : 14);
  const y2 = arrives ? toY : fromY + (toY - fromY) * lostShare;
  const failed = fate === 'drop' || fate === 'block';
  const colour = surface.colour(isChosen ? 'accent' : failed ? 'bad' : kind);
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = isChosen ? 3 : failed ? 1.8 : 1.2;
  pen.globalAlpha = isPing(message.call) && !isChosen ? 0.55 : 1;
  if (!isPlain) pen.setLineDash(dashesOf(message));
  surface.line(x1, fromY, x2, y2);
  pen.setLineDash([]);
  if (!isPlain) {
    const angle = Math.atan2(y2 - fromY, x2 - x1);
    if (arrives) head(pen, x2, y2, angle);
    else if (failed) end(surface, fate, x2, y2, angle);
    const note = message.isCopy ? '2×' : message.isHeld ? '‖' : undefined;
    if (note !== undefined) sign(surface, note, x1 + (x2 - x1) * 0.72, fromY + (y2 - fromY) * 0.72);
    const share = failed ? 1.3 : 0.3;
    const y = gapNear(fromY + (y2 - fromY) * share);
    labels?.add({
      text: labelOf(surface, message),
      x: x1 + ((x2 - x1) * (y - fromY)) / (y2 - fromY || 1),
      y,
      colour,
      rank: isChosen ? 0 : failed ? 1 : kind === 'request' ? 2 : 3,
    });
  }
  pen.globalAlpha = 1;
}

function dashesOf({ fate, kind, isHeld }: MessageArrow): number[] {
  if (fate === 'unknown') return [2, 4];
  if (isHeld) return [10, 3, 2, 3];
  return kind === 'response' ? [6, 3] : [];
}

function head(pen: CanvasRenderingContext2D, x: number, y: number, angle: number): void {
  pen.beginPath();
  pen.moveTo(x, y);
  for (const turn of [0.35, -0.35]) {
    pen.lineTo(x - headLength * Math.cos(angle + turn), y - headLength * Math.sin(angle + turn));
  }
  pen.fill();
}

/** A cross for what was lost; a bar across the way for what a partition stopped. */
function end(surface: Surface, fate: string, x: number, y: number, angle: number): void {
  const size = 5;
  surface.pen.lineWidth = 2.4;
  if (fate === 'drop') {
    surface.line(x - size, y - size, x + size, y + size);
    surface.line(x - size, y + size, x + size, y - size);
    return;
  }
  const [dx, dy] = [Math.sin(angle) * 8, -Math.cos(angle) * 8];
  surface.line(x - dx, y - dy, x + dx, y + dy);
}

function sign(surface: Surface, text: string, x: number, y: number): void {
  surface.font(11, 700);
  surface.plate(text, x, y);
}

function labelOf(surface: Surface, { call, kind, fate, isHeld }: MessageArrow): string {
  const name = call.slice(call.indexOf('.') + 1);
  const what = `${kind === 'response' ? 're: ' : ''}${name}${isHeld ? `, ${surface.word('held')}` : ''}`;
  if (fate === 'deliver' || fate === 'unknown') return what;
  const { seen, zh } = faultWords[fate];
  return `${what}, ${surface.language === 'zh' ? zh : seen}`;
}

interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
  /** The lower, the more it matters. */
  readonly rank: number;
}

/** The labels of a drawing: none covers another one, and what matters most comes first. */
export class Labels {
  private readonly surface: Surface;
  private readonly waiting: Label[] = [];

  constructor(surface: Surface) {
    this.surface = surface;
  }

  add(label: Label): void {
    this.waiting.push(label);
  }

  draw(): void {
    const { surface } = this;
    const taken: { x: number; y: number; half: number }[] = [];
    surface.font(10);
    for (const { text, x, y, colour } of this.waiting.sort((a, b) => a.rank - b.rank)) {
      const half = surface.pen.measureText(text).width / 2 + 2;
      const collides = taken.some(
        (other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 13,
      );
      if (collides) continue;
      taken.push({ x, y, half });
      surface.pen.fillStyle = colour;
      surface.plate(text, x, y);
    }
  }
}

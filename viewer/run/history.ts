/** The history of the clients: a bar for each operation, with the moment at which it took effect. */
import { placeLabels } from '../model/labels';
import type { OperationBar, RunModel } from '../model/model';
import type { Scale } from '../model/scale';
import type { Span } from '../model/search';
import type { PageState } from '../model/view-state';
import type { Language } from '../strings/catalogue';
import { gutter, Surface } from './canvas';

const rowHeight = 30;
const barHeight = 20;
const headHeight = 20;

export class History {
  readonly surface: Surface;
  private readonly model: RunModel;

  constructor(model: RunModel, language: Language = 'en') {
    this.model = model;
    this.surface = new Surface('history', language);
  }

  render(state: PageState, scale: Scale): void {
    const { surface, model } = this;
    surface.begin(headHeight + model.historyRows * rowHeight + 4, state.window, scale);
    this.window();
    const { pen } = surface;
    pen.save();
    pen.beginPath();
    pen.rect(gutter, 0, surface.width, surface.height);
    pen.clip();
    const visible = [...model.operations.within(state.window)];
    for (const operation of visible) this.bar(operation);
    this.words(visible);
    // Operations that prove the violation stay readable, whatever they cover.
    this.proofs(visible.filter(({ isEvidence }) => isEvidence));
    // Above all bars.
    for (const operation of visible) this.point(operation);
    this.cursor(state);
    pen.restore();
  }

  /** The time of a click in an operation: its return, or its call if it did not return. */
  momentAt(x: number, y: number): number | undefined {
    const ms = this.surface.ms(x);
    const row = Math.floor((y - headHeight) / rowHeight);
    for (const operation of this.model.operations.within({ fromMs: ms, toMs: ms })) {
      if (operation.row === row) return operation.returnedMs ?? operation.invokedMs;
    }
    return undefined;
  }

  /** The middle of the operations that prove the violation, from the top of the drawing; undefined: none is in this time. */
  proofsAt(window: Span): number | undefined {
    const middles = [...this.model.operations.within(window)]
      .filter(({ isEvidence }) => isEvidence)
      .map((operation) => this.y(operation));
    return middles.length === 0 ? undefined : (Math.min(...middles) + Math.max(...middles)) / 2;
  }

  private y({ row }: OperationBar): number {
    return headHeight + (row + 0.5) * rowHeight;
  }

  private window(): void {
    const { surface } = this;
    const { pen } = surface;
    const bad = this.model.data.history?.window;
    if (bad === undefined) return;
    const from = Math.max(surface.x(bad.fromMs), gutter);
    const to = Math.min(surface.x(bad.toMs), surface.width - 8);
    if (to <= from) return;
    pen.fillStyle = surface.hatch('bad');
    pen.globalAlpha = 0.25;
    pen.fillRect(from, 0, to - from, surface.height);
    pen.globalAlpha = 1;
    pen.strokeStyle = surface.colour('bad');
    pen.lineWidth = 1.5;
    pen.strokeRect(from, 1, to - from, surface.height - 2);
    pen.fillStyle = surface.colour('bad');
    surface.font(11, 600);
    surface.text(surface.word('no-order'), from + 5, 10, to - from - 10);
  }

  private bar(operation: OperationBar): void {
    const { surface } = this;
    const { pen } = surface;
    const { isEvidence, returnedMs, outcome } = operation;
    const x1 = surface.x(operation.fromMs);
    const x2 = Math.max(surface.x(operation.toMs), x1 + 2);
    const y = this.y(operation);
    const top = y - barHeight / 2;
    pen.fillStyle = surface.colour(isEvidence ? 'bad-soft' : 'raised');
    pen.fillRect(x1, top, x2 - x1, barHeight);
    pen.strokeStyle = surface.colour(isEvidence ? 'bad' : 'faint');
    pen.lineWidth = isEvidence ? 2.5 : 1;
    // An operation that did not return has no end.
    if (returnedMs === null || outcome === 'failed') pen.setLineDash([4, 3]);
    pen.strokeRect(x1, top, x2 - x1, barHeight);
    pen.setLineDash([]);
  }

  /** Writes into the bars, or beside those that are too short, up to the next one. */
  private words(operations: readonly OperationBar[]): void {
    const { surface } = this;
    const nextInRow = new Map<number, number>();
    surface.font(11, 400);
    for (const operation of operations.toReversed()) {
      const { row, isEvidence } = operation;
      const end = surface.width - 8;
      const nextX = nextInRow.get(row) ?? end;
      const x1 = Math.max(surface.x(operation.fromMs), gutter);
      const x2 = Math.min(surface.x(operation.toMs), end);
      nextInRow.set(row, x1);
      if (isEvidence) continue;
      const isShort = x2 - x1 < 120 && nextX - x2 > x2 - x1;
      const left = isShort ? x2 + 4 : x1 + 5;
      surface.pen.fillStyle = surface.colour('ink');
      surface.text(inWords(operation), left, this.y(operation), (isShort ? nextX : x2) - left - 4);
    }
  }

  private proofs(operations: readonly OperationBar[]): void {
    const { surface } = this;
    const { pen } = surface;
    surface.font(11, 700);
    const end = surface.width - 8;
    const bars = operations.map((operation) => ({
      row: operation.row,
      x1: Math.max(surface.x(operation.fromMs), gutter),
      x2: Math.min(surface.x(operation.toMs), end),
      width: pen.measureText(`! ${inWords(operation)}`).width,
    }));
    for (const [i, { left, line, room }] of placeLabels(bars, gutter + 4, end).entries()) {
      const operation = operations[i] as OperationBar;
      const y = this.y(operation) + line * (rowHeight / 2);
      pen.fillStyle = surface.colour('page');
      pen.fillRect(left - 2, y - 7, room + 4, 14);
      pen.fillStyle = surface.colour('ink');
      surface.text(`! ${inWords(operation)}`, left, y, room + 1);
    }
  }

  private point({ pointMs, ...operation }: OperationBar): void {
    if (pointMs === null) return;
    const { surface } = this;
    const { pen } = surface;
    const x = surface.x(pointMs);
    const y = this.y({ pointMs, ...operation }) + barHeight / 2;
    pen.fillStyle = surface.colour('point');
    pen.strokeStyle = surface.colour('page');
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, y - 6);
    pen.lineTo(x + 5, y);
    pen.lineTo(x, y + 6);
    pen.lineTo(x - 5, y);
    pen.closePath();
    pen.fill();
    pen.stroke();
  }

  private cursor({ cursor }: PageState): void {
    const { surface, model } = this;
    const x = surface.x(model.timeOf(cursor));
    surface.pen.strokeStyle = surface.colour('accent');
    surface.pen.lineWidth = 2;
    surface.line(x, 0, x, surface.height);
  }
}

function inWords({ process, call, outcome }: OperationBar): string {
  return `${process} ${call}: ${outcome}`;
}

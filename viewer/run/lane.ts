/** A lane: what the node is and believes over time, as bands, and what it does, as marks. */
import type { TraceEvent } from '../../runtime/trace';
import type { DrawnView } from '../model/describe';
import type { RunModel } from '../model/model';
import type { BelievedRole, Change, NodeCondition, NodeTrack } from '../model/nodes';
import { firstIndex } from '../model/search';
import type { PageState } from '../model/view-state';
import { gutter, type Surface } from './canvas';
import { viewWords } from './drawing-words';

/** Where a lane is, and what somebody looks at. */
interface Lane {
  readonly y: number;
  readonly height: number;
  readonly state: PageState;
}

/** Bands leave room between lanes for the labels of messages. */
function bandHeightOf(laneHeight: number): number {
  return laneHeight < 32 ? 14 : 18;
}

export function drawLane(
  surface: Surface,
  model: RunModel,
  track: NodeTrack,
  { y, height, state }: Lane,
): void {
  const { pen } = surface;
  const { window, cursor } = state;
  const bandHeight = bandHeightOf(height);
  const isHere = model.events[cursor]?.node === track.node;
  surface.font(12, isHere ? 700 : 400);
  pen.fillStyle = surface.colour('ink');
  surface.name(track.node, 4, y, gutter - 12);
  pen.strokeStyle = surface.colour('line');
  pen.lineWidth = 1;
  surface.line(gutter, y, surface.width - 8, y);

  const each = <T>(
    changes: readonly Change<T>[],
    draw: (x: number, width: number, value: T) => void,
  ) => {
    const time = (i: number) => model.timeOf((changes[i] as Change<T>).index);
    const first = firstIndex(changes.length, (i) => time(i) > window.fromMs) - 1;
    for (let i = Math.max(first, 0); i < changes.length; i += 1) {
      if (time(i) > window.toMs) return;
      const from = Math.max(surface.x(time(i)), gutter);
      const end = i + 1 < changes.length ? time(i + 1) : model.run.toMs;
      const to = Math.min(surface.x(end), surface.width - 8);
      // Even the shortest is seen.
      if (to >= gutter) draw(from, Math.max(to - from, 1), (changes[i] as Change<T>).value);
    }
  };
  each(track.belief, (x, width, belief) =>
    roleBand(surface, { x, y, width, height: bandHeight }, belief),
  );
  each(track.views, (x, width, view) =>
    viewBand(surface, { x, y, width, height: bandHeight }, view),
  );
  each(track.condition, (x, width, condition) =>
    conditionBand(surface, { x, y, width, height: bandHeight }, condition),
  );
}

/** `y`: of its middle. */
interface Band {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Primary: filled. Backup: hatched. Idle: an outline. Each says what it is, where there is room. */
function roleBand(surface: Surface, { x, y, width, height }: Band, belief?: BelievedRole): void {
  if (belief === undefined) return;
  const { pen } = surface;
  const { role, viewnum } = belief;
  const top = y - height / 2;
  pen.lineWidth = 1.5;
  pen.strokeStyle = surface.colour(role);
  pen.fillStyle = surface.colour('page');
  pen.fillRect(x, top, width, height);
  if (role !== 'idle') {
    pen.fillStyle = role === 'primary' ? surface.colour(role) : surface.hatch(role);
    pen.fillRect(x, top, width, height);
  }
  if (width > 3) pen.strokeRect(x, top, width, height);
  surface.font(11, 600);
  const text = surface.word(role, { viewnum });
  const room = Math.min(width - 10, pen.measureText(text).width);
  if (width < 26) return;
  if (role === 'backup') {
    pen.fillStyle = surface.colour('page');
    pen.fillRect(x + 3, top + 1.5, room + 6, height - 3);
  }
  pen.fillStyle = surface.colour(role === 'primary' ? 'page' : 'ink');
  surface.text(text, x + 6, y + 0.5, width - 10);
}

function viewBand(surface: Surface, { x, y, width, height }: Band, view: DrawnView): void {
  const { pen } = surface;
  const top = y - height / 2;
  pen.fillStyle = surface.colour('raised');
  pen.fillRect(x, top, width, height);
  pen.strokeStyle = surface.colour('faint');
  pen.lineWidth = 1;
  if (width > 3) pen.strokeRect(x, top, width, height);
  pen.fillStyle = surface.colour('ink');
  surface.font(11);
  surface.text(viewWords(surface.language, view), x + 6, y + 0.5, width - 10);
}

function conditionBand(
  surface: Surface,
  { x, y, width, height }: Band,
  condition: NodeCondition,
): void {
  if (condition === 'up') return;
  const { pen } = surface;
  const top = y - height / 2;
  pen.fillStyle = surface.colour('page');
  pen.fillRect(x, top - 1, width, height + 2);
  pen.strokeStyle = surface.colour('dead');
  pen.fillStyle = surface.colour('dead');
  pen.lineWidth = 1.5;
  pen.setLineDash(condition === 'paused' ? [2, 3] : [1, 6]);
  if (condition === 'paused') pen.strokeRect(x, top, width, height);
  else surface.line(x, y, x + width, y);
  pen.setLineDash([]);
  surface.font(11, 700);
  if (width >= 26) surface.plate(surface.word(condition), x + Math.min(width / 2, 60), y);
}

/** The height of the widest band. */
const markHeight = 18;

/** Events at a node besides messages. */
export function drawMarker(surface: Surface, event: TraceEvent, x: number, y: number): void {
  const { pen } = surface;
  pen.fillStyle = surface.colour('ink');
  pen.strokeStyle = surface.colour('ink');
  pen.lineWidth = 1.5;
  switch (event.type) {
    case 'crash':
    case 'failure':
      pen.strokeStyle = surface.colour('bad');
      pen.lineWidth = 3;
      surface.line(x - 6, y - 6, x + 6, y + 6);
      surface.line(x - 6, y + 6, x + 6, y - 6);
      break;
    case 'invoke':
    case 'return': {
      // Out to the store, and back from it.
      const way = event.type === 'invoke' ? 1 : -1;
      pen.beginPath();
      pen.moveTo(x, y + 7 * way);
      pen.lineTo(x - 5, y - 4 * way);
      pen.lineTo(x + 5, y - 4 * way);
      pen.fill();
      break;
    }
    case 'log':
      surface.line(x, y + markHeight / 2, x, y + markHeight / 2 + 6);
      break;
    case 'start':
    case 'resume':
      surface.line(x, y - markHeight / 2 - 3, x, y + markHeight / 2 + 3);
      break;
    default:
      break;
  }
}

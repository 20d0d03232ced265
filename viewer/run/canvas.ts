/** A canvas that has as many pixels as the screen, draws in CSS pixels, and knows the colours. */
import { Scale } from '../model/scale';
import type { Span } from '../model/search';
import type { Language } from '../strings/catalogue';
import type { DrawingKey } from '../strings/drawing';
import { drawingWord } from './drawing-words';

/** Room for the names at the left, in CSS pixels; the same for all, so that moments stand below each other. */
export const gutter = 96;

export class Surface {
  /** Of the words that are drawn. */
  readonly language: Language;
  readonly canvas: HTMLCanvasElement;
  readonly pen: CanvasRenderingContext2D;
  /** How many times as large as usual everything is drawn. */
  zoom = 1;
  /** In units of the drawing. */
  width = 0;
  height = 0;
  private scale = new Scale([]);
  /** The places at the left and at the right. */
  private places: Span = { fromMs: 0, toMs: 1 };
  private styles: CSSStyleDeclaration;
  private readonly patterns = new Map<string, CanvasPattern | string>();

  /** `label`: what the drawing is, for those who do not see it. */
  constructor(label: DrawingKey, language: Language) {
    this.language = language;
    this.canvas = document.createElement('canvas');
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', this.word(label));
    this.pen = this.canvas.getContext('2d') as CanvasRenderingContext2D;
    this.styles = getComputedStyle(document.documentElement);
  }

  word(key: DrawingKey, values?: Readonly<Record<string, string | number>>): string {
    return drawingWord(this.language, key, values);
  }

  /** Begins a new drawing of this height, in CSS pixels. */
  begin(height: number, shown: Span, scale: Scale): void {
    this.scale = scale;
    this.places = scale.placed(shown);
    const { canvas, pen } = this;
    const ratio = (window.devicePixelRatio || 1) * this.zoom;
    this.width = canvas.clientWidth / this.zoom;
    this.height = height;
    canvas.width = Math.round(this.width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.setProperty('height', `${height * this.zoom}px`);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.width, height);
    pen.textBaseline = 'middle';
    this.font(12);
    this.styles = getComputedStyle(document.documentElement);
    this.patterns.clear();
  }

  colour(name: string): string {
    return this.styles.getPropertyValue(`--${name}`).trim();
  }

  font(size: number, weight = 400): void {
    this.pen.font = `${weight} ${size}px system-ui, sans-serif`;
  }

  x(ms: number): number {
    const { fromMs, toMs } = this.places;
    return gutter + ((this.scale.place(ms) - fromMs) / (toMs - fromMs)) * this.room;
  }

  ms(x: number): number {
    const { fromMs, toMs } = this.places;
    return this.scale.moment(fromMs + ((x - gutter) / this.room) * (toMs - fromMs));
  }

  private get room(): number {
    return this.width - gutter - 8;
  }

  line(x1: number, y1: number, x2: number, y2: number): void {
    const { pen } = this;
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
  }

  /** Text that ends where the room does. */
  text(text: string, x: number, y: number, room: number): void {
    const { pen } = this;
    if (room < 8) return;
    if (pen.measureText(text).width <= room) {
      pen.fillText(text, x, y);
      return;
    }
    let length = text.length;
    while (length > 0 && pen.measureText(`${text.slice(0, length)}…`).width > room) {
      length = length > 12 ? Math.floor(length * 0.85) : length - 1;
    }
    if (length > 0) pen.fillText(`${text.slice(0, length)}…`, x, y);
  }

  /** The end of a name, where there is no room for all: addresses differ in their ports. */
  name(name: string, x: number, y: number, room: number): void {
    const { pen } = this;
    let shown = name;
    for (let cut = 1; pen.measureText(shown).width > room && cut < name.length; cut += 1) {
      shown = `…${name.slice(cut)}`;
    }
    pen.fillText(shown, x, y);
  }

  /** Text on a ground of its own, so that lines do not run through it. */
  plate(text: string, x: number, y: number): void {
    const { pen } = this;
    const { width } = pen.measureText(text);
    const ink = pen.fillStyle;
    pen.fillStyle = this.colour('page');
    pen.fillRect(x - width / 2 - 2, y - 7, width + 4, 14);
    pen.fillStyle = ink;
    pen.textAlign = 'center';
    pen.fillText(text, x, y);
    pen.textAlign = 'left';
  }

  /** Slanting lines of a colour: a difference that needs no colours. */
  hatch(name: string): CanvasPattern | string {
    const known = this.patterns.get(name);
    if (known !== undefined) return known;
    const size = 6;
    const tile = document.createElement('canvas');
    tile.width = size;
    tile.height = size;
    const pen = tile.getContext('2d') as CanvasRenderingContext2D;
    pen.strokeStyle = this.colour(name);
    pen.lineWidth = 1.3;
    for (const shift of [-size, 0, size]) {
      pen.moveTo(shift, size);
      pen.lineTo(shift + size, 0);
    }
    pen.stroke();
    const pattern = this.pen.createPattern(tile, 'repeat') ?? this.colour(name);
    this.patterns.set(name, pattern);
    return pattern;
  }
}

/** The options of renderers; all of them take the same. */
import type { Paint } from '../../runtime/terminal/colour';

/**
 * When students may see what hidden scenarios found; the words are Gradescope's, which keeps to
 * them itself. Where nobody can (Autolab, Markdown, JUnit), everything but `visible` leaves it out.
 */
export const hiddenVisibilities = [
  'hidden',
  'after_due_date',
  'after_published',
  'visible',
] as const;

export interface RenderOptions {
  /** `hidden` unless told. */
  readonly hidden?: (typeof hiddenVisibilities)[number];
  /** Colours of the terminal; none unless told. */
  readonly paint?: Paint;
}

export const noPaint: Paint = (_style, text) => text;

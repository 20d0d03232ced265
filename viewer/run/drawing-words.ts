/** The words of drawings in the language of the page. */
import type { DrawnView } from '../model/describe';
import { fill, type Language } from '../strings/catalogue';
import { type DrawingKey, drawingStrings } from '../strings/drawing';

/** A view with its members. */
export function viewWords(language: Language, { viewnum, primary, backup }: DrawnView): string {
  const nobody = drawingWord(language, 'nobody');
  const members = { primary: primary ?? nobody, backup: backup ?? nobody };
  return drawingWord(language, 'view', { viewnum, ...members });
}

/** One of these words in this language. */
export function drawingWord(
  language: Language,
  key: DrawingKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(drawingStrings[language][key], values);
}

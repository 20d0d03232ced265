/**
 * Characters that steer a terminal (C0 and C1 controls), have no width, turn the direction of writing,
 * or are half of one. Nothing that comes from outside is shown with them in it.
 */
export const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Escapes them as JSON does, `\u001b`, so that what was JSON still is and means the same. */
export function visible(text: string): string {
  return text.replace(invisible, (character) =>
    Array.from({ length: character.length }, (_, unit) => {
      return `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}

/** The same for a text of several lines. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

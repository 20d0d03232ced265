/** The words of the page in the language of its reader. */
import { fill, type Language } from '../strings/catalogue';
import { type LiveKey, liveStrings } from '../strings/live';

export type Say = (key: LiveKey, values?: Readonly<Record<string, string | number>>) => string;

export function sayIn(language: Language): Say {
  return (key, values = {}) => fill(liveStrings[language][key], values);
}

/** `2.4 ms`, `1.25 s`; `–`: there is none. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** The time of day, to the tenth of a second. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = `${two(date.getSeconds())}.${Math.floor(date.getMilliseconds() / 100)}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
}

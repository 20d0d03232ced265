const FNV_OFFSET_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The value that `putHash` stores: a hash of the previous value followed by the new one, so that
 * each value depends on all the values before it, and one operation lost, repeated or out of order
 * shows in every later read. After MIT 6.824 lab 2 (2013).
 *
 * FNV-1a, 32 bits, over the UTF-16 code units of `previous + value`; an unsigned decimal string.
 * A key that is not there counts as the empty string.
 */
export function chainedHash(previous: string, value: string): string {
  const text = previous + value;
  let hash = FNV_OFFSET_BASIS;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return String(hash >>> 0);
}

/** A stream of numbers in [0, 1) that depends on nothing but the seed. */
export type Random = () => number;

/**
 * sfc32 (Chris Doty-Humphrey's small fast counter generator), seeded from two numbers: the seed of
 * the run and the number of the stream, so that each user of randomness has a stream of its own and
 * one more draw here changes nothing there.
 */
export function seededRandom(seed: number, stream = 0): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = stream >>> 0;
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first numbers of neighbouring seeds are alike; throw them away.
  for (let i = 0; i < 12; i += 1) next();
  return next;
}

/** A whole number from `from` to `to`, both included. */
export function between(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('cannot pick from an empty list');
  return item;
}

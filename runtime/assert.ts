/** Says what must hold at this place, whatever happened; where it does not, `whose` code is wrong. */
export function assert(
  holds: boolean,
  whatMustHold: string,
  whose = 'this framework',
): asserts holds {
  if (!holds) throw new Error(`${whose} has a bug: it must hold that ${whatMustHold}`);
}

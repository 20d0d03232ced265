/**
 * Inputs and outputs of nodes, written as whole numbers. Calls, timers and requests under way
 * are named by slots, the lowest free number of their node, so that a name says nothing of the past.
 */

export const tickInput = 0;
export const timerInput = 1;
export const requestInput = 2;
export const responseInput = 3;
export const timeoutInput = 4;
export const invokeInput = 5;
export const startInput = 6;
/** The node looks at its clock, which shows the content, in milliseconds: comes right before another input. */
export const clockInput = 7;

/** A node may have so many calls, so many timers and so many requests under way. */
export const maxSlots = 62;
/** Instead of a slot: nobody waits for the answer any more. */
export const noSlot = 63;
/** Instead of the number of a node: there is no such node. */
export const nobody = 15;

/** The numbers of texts are below this. */
export const maxContents = 1 << 22;

export function packInput(kind: number, slot: number, content: number): number {
  return kind | (slot << 3) | (content << 9);
}

export const inputKind = (input: number): number => input & 7;
export const inputSlot = (input: number): number => (input >> 3) & 63;
export const inputContent = (input: number): number => input >>> 9;

// Outputs are two words: what and where, and a text or a time.

export const requestOutput = 0;
export const responseOutput = 1;
export const timerOutput = 2;
export const cancelOutput = 3;
export const returnOutput = 4;

/** `untimed`: the caller has a timer of its own for this call. */
export function packOutput(kind: number, slot: number, to = 0, untimed = false): number {
  return kind | (slot << 3) | (to << 9) | (untimed ? 1 << 13 : 0);
}

export const outputKind = (word: number): number => word & 7;
export const outputSlot = (word: number): number => (word >> 3) & 63;
export const outputTo = (word: number): number => (word >> 9) & 15;
export const isUntimed = (word: number): boolean => (word & (1 << 13)) !== 0;

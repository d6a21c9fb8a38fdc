/** What all looks share. */

/** Means of fewer units are not normal enough for a decision. */
export const MINIMUM_PER_ARM = 100;

/** One or both sides. */
export function requireSides(sides: 1 | 2): void {
  if (sides !== 1 && sides !== 2) throw new RangeError(`sides is ${String(sides)}: expected 1 or 2`);
}

/** A number that may leave the module, or null where the arithmetic left the range of a double. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

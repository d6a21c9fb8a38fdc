/** What the features of one row may take, about as many characters as they have in JSON. */
export const FEATURE_LIMITS = { size: 1024 * 1024, depth: 32 } as const;

/** What a feature's column costs beside its values. */
const COLUMN_SIZE = 64;

/** Whether a value is features of a row: names to finite numbers, texts, booleans, nulls, lists and plain objects. */
export function isFeatures(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let left: number = FEATURE_LIMITS.size;
  for (const name of Object.keys(value)) {
    const entry = (value as Record<string, unknown>)[name];
    left -= name.length + COLUMN_SIZE;
    // An undefined feature is a missing one; inside a list or an object it would become something else.
    if (entry !== undefined) left = spend(entry, left, 0);
    if (left < 0) return false;
  }
  return true;
}

/** Takes a value's size from what is left; below zero when that is not enough or the value is none of JSON. */
function spend(value: unknown, left: number, depth: number): number {
  if (typeof value === 'number') return Number.isFinite(value) ? left - 8 : -1;
  if (typeof value === 'string') return left - value.length;
  if (typeof value === 'boolean' || value === null) return left - 4;
  if (typeof value !== 'object' || depth === FEATURE_LIMITS.depth) return -1;
  if (Array.isArray(value)) return spendAll(value, left - 2, depth);
  if (!isPlain(value)) return -1;
  const names = Object.keys(value);
  return spendAll(Object.values(value), names.reduce((rest, name) => rest - name.length, left - 2), depth);
}

function spendAll(values: readonly unknown[], left: number, depth: number): number {
  let rest = left;
  for (const value of values) {
    rest = spend(value, rest - 1, depth + 1);
    if (rest < 0) return rest;
  }
  return rest;
}

/** Whether an object is one of a literal or of JSON, and not of a class, whose values JSON would not bring back. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

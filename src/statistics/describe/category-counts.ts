import { requireArray } from '../arguments';

/** What may name a category; null, undefined and NaN are missing. */
export type Category = string | number | boolean | null | undefined;

/** How often each category occurs. */
export interface CategoryCounts {
  /** Values used. */
  readonly n: number;
  readonly missing: number;
  /** By the category's name, in the order of first occurrence; without a prototype, so `constructor` is a name too. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Counts categories by name: 1 and '1' are one category, −0 is 0, the empty string is a category and not missing.
 * @param values missing ones are counted aside
 * @throws TypeError on a value that is no string, number, boolean or missing
 * @example categoryCounts(['a', 'b', 'a', null]) // { n: 3, missing: 1, counts: { a: 2, b: 1 } }
 */
export function categoryCounts(values: ArrayLike<Category>): CategoryCounts {
  requireArray('values', values);
  const found = new Map<Category, number>();
  const { length } = values;
  for (let row = 0; row < length; row += 1) {
    const value = values[row];
    found.set(value, (found.get(value) ?? 0) + 1);
  }
  const counts = Object.create(null) as Record<string, number>;
  let missing = 0;
  for (const [value, count] of found) {
    if (value == null || Number.isNaN(value)) missing += count;
    else if (typeof value === 'object' || typeof value === 'function')
      throw new TypeError(`values holds ${typeof value}s: expected strings, numbers, booleans or null`);
    else counts[String(value)] = (counts[String(value)] ?? 0) + count;
  }
  return { n: length - missing, missing, counts };
}

/**
 * The counts of two samples together.
 * @example mergeCategoryCounts(categoryCounts(['a']), categoryCounts(['a', 'b'])).counts // { a: 2, b: 1 }
 */
export function mergeCategoryCounts(a: CategoryCounts, b: CategoryCounts): CategoryCounts {
  const counts = Object.assign(Object.create(null), a.counts) as Record<string, number>;
  for (const [name, count] of Object.entries(b.counts)) counts[name] = (counts[name] ?? 0) + count;
  return { n: a.n + b.n, missing: a.missing + b.missing, counts };
}

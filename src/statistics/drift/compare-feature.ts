import type { ReadCategories, ReadNumbers } from './columns';
import type { NewCategories } from './feature-drift';
import type { FoundEffect, Resampling } from './found';
import type { DriftMethod } from './methods';
import { numbersOf } from './prepared-reference';
import type { CategoricalReference, NumericReference } from './reference-types';
import { testCategories } from './test-categories';
import { testNumbers } from './test-numbers';

/** What comparing a column with its reference found. */
export interface Compared {
  readonly found: FoundEffect;
  readonly newCategories: NewCategories;
}

/** Of new categories so many are named. */
const NAMED = 20;

/** Compares numbers; there is at least one. */
export function compareNumbers(
  reference: NumericReference,
  { values }: ReadNumbers,
  method: DriftMethod,
  resampling: Resampling,
): Compared {
  const found = testNumbers(method, numbersOf(reference), values, reference.bins, resampling);
  const added = found.added.map(({ value, rows }) => ({ name: String(value), rows }));
  return { found, newCategories: summarised(added) };
}

/** Compares categories over the union of both sides; there is at least one row. */
export function compareCategories(
  reference: CategoricalReference,
  read: ReadCategories,
  method: DriftMethod,
  resampling: Resampling,
): Compared {
  if (method === 'kolmogorov-smirnov' || method === 'wasserstein')
    throw new RangeError(`method is ${method}: expected one for categories`);
  const places = placesOf(reference.names);
  const current = new Array<number>(reference.names.length).fill(0);
  const added: { name: string; rows: number }[] = [];
  read.names.forEach((name, k) => {
    const rows = read.counts[k]!;
    const place = places.get(name);
    if (place !== undefined) current[place] = rows;
    else added.push({ name, rows });
  });
  // By name, so that the order of rows in a batch changes nothing.
  added.sort((a, b) => (a.name < b.name ? -1 : 1));
  const counts = [...reference.counts, ...added.map(() => 0)];
  const found = testCategories(method, counts, current.concat(added.map(({ rows }) => rows)), resampling);
  return { found, newCategories: summarised(added) };
}

function placesOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, place) => [name, place]));
}

function summarised(added: readonly { readonly name: string; readonly rows: number }[]): NewCategories {
  return {
    count: added.length,
    rows: added.reduce((sum, { rows }) => sum + rows, 0),
    names: [...added]
      .sort((a, b) => b.rows - a.rows)
      .slice(0, NAMED)
      .map(({ name }) => name),
  };
}

import { requireCount, requireOneOf, requirePositive } from '../arguments';
import { sortedQuantile } from '../describe/quantiles';
import { kindOf, readCategories, readNumbers, requireColumn, rowsOf } from './columns';
import type { DriftColumn, DriftTable } from './columns';
import type { FeatureKind } from './methods';
import { packNumbers } from './packed-numbers';
import { PreparedNumbers } from './prepared-numbers';
import { remember } from './prepared-reference';
import type { DriftReference, FeatureReference, NumericReference } from './reference-types';
import { requireBins } from './quantile-bins';
import { RandomStream } from '../random-stream';

/** Rows of a numeric column that are kept; of more a seeded sample is. */
const MOST_ROWS = 100_000;

/** How a reference is made. */
export interface FeatureReferenceOptions {
  /** Numbers that are codes are categories; told by the values unless given. */
  readonly kind?: FeatureKind;
  /** For methods on counts, 10 by default. */
  readonly bins?: number;
  /** Values kept of a numeric column, a seeded sample of them when there are more: 100 000 by default. */
  readonly maxRows?: number;
  /** Of that sample, 0 by default. */
  readonly seed?: number;
}

/** How a reference of a table is made. */
export interface DriftReferenceOptions extends Omit<FeatureReferenceOptions, 'kind'> {
  /** Names what was accepted, such as the model's version and a date; results repeat it. */
  readonly version: string;
  /** The kinds of features by name, where the values tell the wrong one. */
  readonly kinds?: Readonly<Record<string, FeatureKind>>;
}

/**
 * The reference of a table: what its features are compared with from now on. A plain, deeply frozen document that
 * survives JSON; numbers are kept whole, so that every method stays open.
 * @param table columns by name: typed arrays or arrays of numbers, strings or booleans, or encoded categories
 * @throws TypeError on a column that mixes numbers and other things; RangeError on an option out of range
 * @example driftReference({ age: [31, 44, null], plan: ['free', 'pro', 'free'] }, { version: 'v1' }).features[1]
 * // { kind: 'categorical', name: 'plan', n: 3, names: ['free', 'pro'], counts: [2, 1] }
 */
export function driftReference(table: DriftTable, options: DriftReferenceOptions): DriftReference {
  const { version, kinds = {}, ...others } = options;
  if (typeof version !== 'string' || version === '')
    throw new TypeError(`version is ${JSON.stringify(version)}: expected a text that names what was accepted`);
  const features = Object.keys(table).map((name) =>
    featureReference(name, table[name]!, Object.hasOwn(kinds, name) ? { ...others, kind: kinds[name]! } : others),
  );
  return Object.freeze({ version, features: Object.freeze(features) });
}

/**
 * The reference of one feature.
 * @throws TypeError on a column that mixes numbers and other things; RangeError on an option out of range
 * @example featureReference('age', [31, 44, 27, null]) // { kind: 'numeric', n: 3, rows: 4, missing: 1, median: 31 }
 */
export function featureReference(
  name: string,
  column: DriftColumn,
  options: FeatureReferenceOptions = {},
): FeatureReference {
  const bins = requireBins(options.bins);
  const maxRows = requirePositive('maxRows', requireCount('maxRows', options.maxRows ?? MOST_ROWS));
  const seed = requireCount('seed', options.seed ?? 0);
  const rows = rowsOf(requireColumn(name, column));
  const kind =
    options.kind === undefined ? kindOf(column) : requireOneOf('kind', options.kind, ['numeric', 'categorical']);
  if (kind === 'categorical') return categorical(name, column, rows);
  const read = kind === null ? null : readNumbers(name, column);
  if (read === null || read.values.length === 0)
    return Object.freeze({ kind: 'empty', name, rows, missing: rows, n: 0 });
  const sorted = atMost(read.values, maxRows, seed).sort();
  const numbers = new PreparedNumbers(sorted, true);
  const { edges, counts } = numbers.bins(bins);
  const reference: NumericReference = Object.freeze({
    kind: 'numeric',
    name,
    rows,
    missing: read.missing,
    n: sorted.length,
    sorted: packNumbers(sorted),
    // JSON has no −0.
    min: sorted[0]! + 0,
    median: sortedQuantile(sorted, 0.5) + 0,
    max: sorted[sorted.length - 1]! + 0,
    standardDeviation: numbers.deviation,
    innerEdges: Object.freeze([...edges]),
    binCounts: Object.freeze(Array.from(counts)),
    bins,
  });
  remember(reference, numbers);
  return reference;
}

function categorical(name: string, column: DriftColumn, rows: number): FeatureReference {
  const { names, counts, missing } = readCategories(name, column);
  if (names.length === 0) return Object.freeze({ kind: 'empty', name, rows, missing: rows, n: 0 });
  const places = Array.from(names.keys());
  places.sort((a, b) => counts[b]! - counts[a]! || (names[a]! < names[b]! ? -1 : 1));
  return Object.freeze({
    kind: 'categorical',
    name,
    rows,
    missing,
    n: rows - missing,
    names: Object.freeze(places.map((place) => names[place]!)),
    counts: Object.freeze(places.map((place) => counts[place]!)),
  });
}

/** A copy of all values, or of as many as may be kept, each set of them as likely as any other. */
function atMost(values: Float64Array, most: number, seed: number): Float64Array {
  if (values.length <= most) return values.slice();
  const random = new RandomStream(seed);
  const kept = new Float64Array(most);
  let wanted = most;
  for (let row = 0; wanted > 0; row += 1) {
    if (random.next() * (values.length - row) >= wanted) continue;
    kept[most - wanted] = values[row]!;
    wanted -= 1;
  }
  return kept;
}

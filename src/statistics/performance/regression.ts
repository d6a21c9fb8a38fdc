import { requireShare } from '../arguments';
import { normalQuantile } from '../distributions/normal';
import { noResult } from '../result';
import type { Interval, MetricResult, NoResult } from '../result';
import { meanAndError, meanMetric, metric, NOT_NEGATIVE, UNBOUNDED } from './intervals';
import type { Bounds } from './intervals';
import { droppedPairsNote, pairsOf } from './pairs';
import type { Maybe, Pairs } from './pairs';

/** What a metric of predicted numbers answers. */
export type RegressionMetric = MetricResult | NoResult<'insufficient-data' | 'no-variation' | 'undefined'>;

/** What may be asked of a metric of predicted numbers. */
export interface RegressionOptions {
  readonly alpha?: number;
}

type Values = ArrayLike<Maybe>;

/**
 * Mean squared error, in squared units of the actual values. Interval: Student's t of the mean, cut at 0.
 * @param actual what happened
 * @param predicted what was said; pairs with a missing value are left out and counted
 * @throws RangeError on unequal lengths or an alpha outside (0, 1)
 * @see scikit-learn, `mean_squared_error`
 * @example meanSquaredError([3, 5, 7, 9], [2, 5, 8, 11]) // { value: 1.5, interval: { low: 0, high: 4.2561 } }
 */
export function meanSquaredError(actual: Values, predicted: Values, options: RegressionOptions = {}): RegressionMetric {
  return meanOver('mean squared error', actual, predicted, options, (y, f) => (f - y) ** 2, NOT_NEGATIVE);
}

/**
 * Root of the mean squared error, in the units of the actual values. Interval: the roots of the mean squared error's.
 * @param actual what happened
 * @param predicted what was said; pairs with a missing value are left out and counted
 * @throws RangeError on unequal lengths or an alpha outside (0, 1)
 * @see scikit-learn, `root_mean_squared_error`
 * @example rootMeanSquaredError([3, 5, 7, 9], [2, 5, 8, 11]) // { value: 1.224745, interval: { low: 0, high: 2.063 } }
 */
export function rootMeanSquaredError(
  actual: Values,
  predicted: Values,
  options: RegressionOptions = {},
): RegressionMetric {
  const squared = meanSquaredError(actual, predicted, options);
  const method = 'root mean squared error';
  if (squared.status !== 'ok') return { ...squared, method };
  const { interval, value } = squared;
  const root = (end: number | null) => Math.sqrt(end!);
  const roots = interval && { ...interval, low: root(interval.low), high: root(interval.high), method: 't, root' };
  return { ...squared, method, value: Math.sqrt(value), interval: roots };
}

/**
 * Mean absolute error, in the units of the actual values. Interval: Student's t of the mean, cut at 0.
 * @param actual what happened
 * @param predicted what was said; pairs with a missing value are left out and counted
 * @throws RangeError on unequal lengths or an alpha outside (0, 1)
 * @see scikit-learn, `mean_absolute_error`
 * @example meanAbsoluteError([3, 5, 7, 9], [2, 5, 8, 11]) // { value: 1, interval: { low: 0, high: 2.2992 } }
 */
export function meanAbsoluteError(
  actual: Values,
  predicted: Values,
  options: RegressionOptions = {},
): RegressionMetric {
  return meanOver('mean absolute error', actual, predicted, options, (y, f) => Math.abs(f - y), NOT_NEGATIVE);
}

/**
 * Bias, the mean of predicted − actual, in their units: above 0 is too high. Interval: Student's t of the mean.
 * @param actual what happened
 * @param predicted what was said; pairs with a missing value are left out and counted
 * @throws RangeError on unequal lengths or an alpha outside (0, 1)
 * @example meanBias([3, 5, 7, 9], [2, 5, 8, 11]) // { value: 0.5, interval: { low: -1.5543, high: 2.5543 } }
 */
export function meanBias(actual: Values, predicted: Values, options: RegressionOptions = {}): RegressionMetric {
  return meanOver('bias', actual, predicted, options, (y, f) => f - y, UNBOUNDED, 'neither');
}

/**
 * Mean absolute percentage error as a share (.1 is 10 %), mean of |predicted − actual| ⁄ |actual|. Rows whose actual
 * value is 0 are left out with a note, where scikit-learn divides by 2.2e-16. Interval: Student's t, cut at 0.
 * @param actual what happened
 * @param predicted what was said; pairs with a missing value are left out and counted
 * @returns `undefined` where every actual value is 0
 * @throws RangeError on unequal lengths or an alpha outside (0, 1)
 * @example meanAbsolutePercentageError([3, 5, 7, 9], [2, 5, 8, 11]) // { value: 0.174603, interval: { low: 0, high: 0.3977 } }
 */
export function meanAbsolutePercentageError(
  actual: Values,
  predicted: Values,
  options: RegressionOptions = {},
): RegressionMetric {
  const method = 'mean absolute percentage error';
  const { alpha = 0.05 } = options;
  const pairs = usable(actual, predicted, alpha);
  if (pairs.n === 0) return nothing(method, pairs);
  const costs = new Float64Array(pairs.n);
  let kept = 0;
  for (let row = 0; row < pairs.n; row += 1) {
    const y = pairs.first[row]!;
    if (y !== 0) costs[kept++] = Math.abs((pairs.second[row]! - y) / y);
  }
  const zeros = pairs.n - kept;
  const notes = droppedPairsNote(pairs.dropped);
  if (kept === 0)
    return noResult('undefined', method, [pairs.n], `the actual value is 0 in all ${pairs.n} rows`, notes);
  if (zeros > 0) notes.push(`${zeros} row${zeros === 1 ? '' : 's'} with an actual value of 0 left out`);
  const shares = costs.subarray(0, kept);
  return meanMetric(shares, { method, alpha, bounds: NOT_NEGATIVE, direction: 'lower-is-better', notes });
}

/**
 * R², 1 − Σ(predicted − actual)² ⁄ Σ(actual − mean)²: 1 is perfect, 0 no better than the mean, below 0 worse than it.
 * Interval: delta method on ln(1 − R²), from the rows' influence, so it stays below 1; none for fewer than three rows.
 * @param actual what happened
 * @param predicted what was said; pairs with a missing value are left out and counted
 * @returns `no-variation` where the actual values are constant, `insufficient-data` for fewer than two rows
 * @throws RangeError on unequal lengths or an alpha outside (0, 1)
 * @see scikit-learn, `r2_score`
 * @example coefficientOfDetermination([3, 5, 7, 9], [2, 5, 8, 11]) // { value: 0.7, interval: { low: 0.2933, high: 0.8726 } }
 */
export function coefficientOfDetermination(
  actual: Values,
  predicted: Values,
  options: RegressionOptions = {},
): RegressionMetric {
  const method = 'R²';
  const { alpha = 0.05 } = options;
  const pairs = usable(actual, predicted, alpha);
  const { first, second, n } = pairs;
  const notes = droppedPairsNote(pairs.dropped);
  if (n < 2) return noResult('insufficient-data', method, [n], `${n} rows: variation needs at least two`, notes);
  if (first.every((value) => value === first[0]))
    return noResult('no-variation', method, [n], `the actual value is ${first[0]} in all ${n} rows`, notes);
  const { mean } = meanAndError(first);
  const [left, total] = [new Float64Array(n), new Float64Array(n)];
  for (let row = 0; row < n; row += 1) {
    left[row] = (second[row]! - first[row]!) ** 2;
    total[row] = (first[row]! - mean) ** 2;
  }
  const [unexplained, variance] = [meanAndError(left).mean, meanAndError(total).mean];
  const value = 1 - unexplained / variance;
  let interval: Interval | null = null;
  if (unexplained === 0) notes.push('every prediction is exact: no interval');
  else if (n < 3) notes.push('fewer than three rows: no interval');
  else {
    const influence = left;
    for (let row = 0; row < n; row += 1) influence[row] = left[row]! / unexplained - total[row]! / variance;
    const half = normalQuantile(1 - alpha / 2) * meanAndError(influence).error;
    const at = (shift: number) => 1 - (1 - value) * Math.exp(shift);
    interval = { low: at(half), high: at(-half), level: 1 - alpha, method: 'delta, log' };
  }
  return metric({ method, value, interval, n, direction: 'higher-is-better', notes });
}

function usable(actual: Values, predicted: Values, alpha: number): Pairs {
  requireShare('alpha', alpha);
  return pairsOf('actual', actual, 'predicted', predicted);
}

function nothing(method: string, { dropped }: Pairs): NoResult<'insufficient-data'> {
  return noResult('insufficient-data', method, [0], 'no row has both values', droppedPairsNote(dropped));
}

function meanOver(
  method: string,
  actual: Values,
  predicted: Values,
  { alpha = 0.05 }: RegressionOptions,
  costOf: (actual: number, predicted: number) => number,
  bounds: Bounds,
  direction: MetricResult['direction'] = 'lower-is-better',
): RegressionMetric {
  const pairs = usable(actual, predicted, alpha);
  if (pairs.n === 0) return nothing(method, pairs);
  const costs = new Float64Array(pairs.n);
  for (let row = 0; row < pairs.n; row += 1) costs[row] = costOf(pairs.first[row]!, pairs.second[row]!);
  return meanMetric(costs, { method, alpha, bounds, direction, notes: droppedPairsNote(pairs.dropped) });
}

import type { RegressionSums } from '../../contracts';
import { normalQuantile } from '../distributions/normal';
import { noResult } from '../result';
import type { Interval } from '../result';
import { metric } from './intervals';
import type { RegressionMetric } from './regression';

/** R² from sums, as `coefficientOfDetermination` has it of rows. */
export function determinationFromSums({ squared, actual, influence }: RegressionSums, alpha: number): RegressionMetric {
  const method = 'R²';
  const { n } = actual;
  if (n < 2) return noResult('insufficient-data', method, [n], `${n} rows: variation needs at least two`);
  if (actual.squares === 0)
    return noResult('no-variation', method, [n], `the actual value is ${actual.sum / n} in all ${n} rows`);
  // What left the range of a double leaves no number here either.
  const value = actual.squares === null ? Number.NaN : 1 - squared.sum / actual.squares;
  const notes: string[] = [];
  let interval: Interval | null = null;
  if (squared.sum === 0) notes.push('every prediction is exact: no interval');
  else if (n < 3) notes.push('fewer than three rows: no interval');
  else if (influence === null) notes.push('products leave the range of a double: no interval');
  else {
    const half = normalQuantile(1 - alpha / 2) * Math.sqrt(influence / (n - 1) / n);
    const at = (shift: number) => 1 - (1 - value) * Math.exp(shift);
    interval = { low: at(half), high: at(-half), level: 1 - alpha, method: 'delta, log' };
  }
  return metric({ method, value, interval, n, direction: 'higher-is-better', notes });
}

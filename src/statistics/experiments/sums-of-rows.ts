import { requireArray } from '../arguments';
import { coMomentsOf } from '../describe/co-moments';
import { momentsOf } from '../describe/moments';
import type { CentredPairs, CentredSums, Proportion } from './sums';

type Column = ArrayLike<number | null | undefined>;

/**
 * A mean metric from rows, one value per unit.
 * @param values in any unit; missing and infinite ones are left out and counted in `dropped`
 * @throws TypeError on a value that is neither a number nor missing
 * @example meanOf([1, 2, 3, null]) // { kind: 'mean', n: 3, mean: 2, m2: 2, dropped: 1 }
 */
export function meanOf(values: Column): CentredSums & { readonly kind: 'mean'; readonly dropped: number } {
  const { n, mean, m2, dropped } = momentsOf(values);
  return { kind: 'mean', n, mean, m2, dropped };
}

/**
 * A mean metric with its covariate, for CUPED, from rows: x is the covariate, y the metric.
 * @param metric one value per unit
 * @param covariate of the same units, from before the experiment: anything the treatment can change would hide it
 * @throws RangeError when the lengths differ; TypeError on a value that is neither a number nor missing
 * @example adjustedMeanOf([2, 4, 5, 9], [1, 2, 3, 4]) // { kind: 'adjusted-mean', n: 4, meanX: 2.5, meanY: 5, cXY: 11 }
 */
export function adjustedMeanOf(
  metric: Column,
  covariate: Column,
): CentredPairs & { readonly kind: 'adjusted-mean'; readonly dropped: number } {
  return { kind: 'adjusted-mean', ...coMomentsOf(covariate, metric) };
}

/**
 * A ratio metric Σ numerator / Σ denominator from rows, one pair per unit: x is the denominator, y the numerator.
 * @param numerator such as clicks of a user
 * @param denominator such as views of the same user
 * @throws RangeError when the lengths differ; TypeError on a value that is neither a number nor missing
 * @example ratioOf([1, 0, 2], [4, 5, 6]) // { kind: 'ratio', n: 3, meanX: 5, meanY: 1, m2X: 2, m2Y: 2, cXY: 1 }
 */
export function ratioOf(
  numerator: Column,
  denominator: Column,
): CentredPairs & { readonly kind: 'ratio'; readonly dropped: number } {
  return { kind: 'ratio', ...coMomentsOf(denominator, numerator) };
}

/**
 * A proportion from one flag per unit.
 * @param flags true or 1 for a success, false or 0 for none; missing ones are left out and counted in `dropped`
 * @throws RangeError, TypeError on anything else
 * @example proportionOf([true, false, 1, null]) // { kind: 'proportion', n: 3, successes: 2, dropped: 1 }
 */
export function proportionOf(
  flags: ArrayLike<boolean | number | null | undefined>,
): Proportion & { readonly kind: 'proportion'; readonly dropped: number } {
  requireArray('flags', flags);
  let [n, successes] = [0, 0];
  for (let row = 0; row < flags.length; row += 1) {
    const flag = flags[row];
    if (flag === 1 || flag === true) successes += 1;
    else if (flag !== 0 && flag !== false) {
      if (flag !== null && flag !== undefined && !Number.isNaN(flag)) refuse(row, flag);
      continue;
    }
    n += 1;
  }
  return { kind: 'proportion', n, successes, dropped: flags.length - n };
}

function refuse(row: number, flag: unknown): never {
  const message = `flags[${row}] is ${String(flag)}: expected true, false, 1, 0 or nothing`;
  throw typeof flag === 'number' ? new RangeError(message) : new TypeError(message);
}

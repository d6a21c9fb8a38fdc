import { requireCount } from '../arguments';
import { finiteOrNull } from './finite';
import type { Moments } from './moments';

/** Below this a power of the spread has lost digits to underflow. */
const SMALLEST_POWER = 1e-290;

/** What moments say about a sample; null where they say nothing. */
export interface MomentsDescription {
  readonly n: number;
  /** Null without values. */
  readonly mean: number | null;
  /** Divided by n; null without values or when squares exceed the largest double. */
  readonly variancePopulation: number | null;
  /** Divided by n − 1; null below two values. */
  readonly varianceSample: number | null;
  readonly stdPopulation: number | null;
  readonly stdSample: number | null;
  /** g₁ = (m3/n) / (m2/n)^1.5, 0 for a symmetric sample; null without variation. */
  readonly skewness: number | null;
  /** g₂ = (m4/n) / (m2/n)² − 3, 0 for a normal distribution; null without variation. */
  readonly excessKurtosis: number | null;
}

/**
 * Mean, variances, standard deviations, skewness and excess kurtosis from moments. Both shapes are the population's
 * (scipy's `bias=True`).
 * @param moments from `momentsOf`, `mergeMoments` or `momentsFromSums`, which knows no third and fourth power
 * @throws RangeError on an n that is not a whole number from 0 on
 * @see Joanes & Gill (1998), g₁ and g₂
 * @example describeMoments(momentsOf([2, 4, 4, 4, 5, 5, 7, 9]))
 * // { stdPopulation: 2, varianceSample: 4.571428571, skewness: 0.65625, excessKurtosis: -0.21875 }
 */
export function describeMoments(
  moments: Pick<Moments, 'n' | 'mean' | 'm2'> & Partial<Pick<Moments, 'm3' | 'm4'>>,
): MomentsDescription {
  const n = requireCount('moments.n', moments.n);
  const population = n === 0 || moments.m2 === null ? null : moments.m2 / n;
  const sample = n < 2 || moments.m2 === null ? null : moments.m2 / (n - 1);
  return {
    n,
    mean: n === 0 ? null : moments.mean,
    variancePopulation: population,
    varianceSample: sample,
    stdPopulation: population === null ? null : Math.sqrt(population),
    stdSample: sample === null ? null : Math.sqrt(sample),
    skewness: standardised(moments.m3, n, population, 1.5),
    excessKurtosis: standardised(moments.m4, n, population, 2, -3),
  };
}

function standardised(
  sum: number | null | undefined,
  n: number,
  variance: number | null,
  power: number,
  offset = 0,
): number | null {
  if (sum == null || variance === null) return null;
  const unit = variance ** power;
  return unit < SMALLEST_POWER ? null : finiteOrNull(sum / n / unit + offset);
}

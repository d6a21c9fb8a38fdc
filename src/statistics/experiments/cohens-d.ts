import { requireShare } from '../arguments';
import { noResult } from '../result';
import type { Effect, NoResult } from '../result';
import { isSound, pooledDifference, refusal } from './means';
import type { MetricSums } from './sums';
import { summarise } from './summary';
import { criticalValue, intervalAround } from './tails';

/** An effect size with its interval. */
export type EffectSizeResult =
  | {
      readonly status: 'ok';
      readonly method: string;
      readonly n: readonly [number, number];
      readonly effect: Effect;
      readonly notes: readonly string[];
    }
  | NoResult<'insufficient-data' | 'no-variation' | 'undefined'>;

/**
 * Cohen's d: the difference of two means in pooled standard deviations, .2 being small, .5 medium and .8 large. The
 * interval is the normal one, with variance 1/n₁ + 1/n₂ + d²/(2(n₁ + n₂)).
 * @throws RangeError, TypeError on sums that no rows can have, arms of different kinds, an alpha outside (0, 1)
 * @see Cohen (1988); Hedges, Olkin (1985) for the interval
 * @example cohensD(meanOf([1, 2, 3, 4]), meanOf([3, 4, 5, 6])).effect.value // 1.5491933
 */
export function cohensD(
  control: MetricSums,
  treatment: MetricSums,
  options: { readonly alpha?: number } = {},
): EffectSizeResult {
  const { alpha = 0.05 } = options;
  requireShare('alpha', alpha);
  const method = "Cohen's d, pooled standard deviation";
  const { control: a, treatment: b, notes } = summarise(control, treatment);
  const refused = refusal(method, a, b, 'absolute');
  if (refused !== null) return refused;
  const n = [a.n, b.n] as const;
  const inverse = 1 / a.n + 1 / b.n;
  const found = pooledDifference(a, b);
  if (!isSound(found)) return noResult('undefined', method, n, 'the arithmetic left the range of a double', notes);
  const value = (found.value / found.standardError) * Math.sqrt(inverse);
  const reach = criticalValue(alpha / 2, null) * Math.sqrt(inverse + value ** 2 / (2 * (a.n + b.n)));
  const interval = intervalAround(value, reach, 'two-sided', alpha, 'hedges-olkin');
  return { status: 'ok', method, n, effect: { name: "Cohen's d", value, interval }, notes };
}

import { requireShare } from '../arguments';
import { noResult } from '../result';
import type { Effect, Interval, NoResult } from '../result';
import { refusal } from './means';
import type { MetricSums } from './sums';
import { summarise } from './summary';
import { criticalValue } from './tails';

/** Fieller's set of ratios that the data do not contradict. */
export type FiellerResult =
  | {
      readonly status: 'ok';
      readonly method: string;
      /**
       * `bounded`: the set is `effect.interval`; `exclusive`: it is everything but what lies within `excluded`, because
       * the control mean may be 0; `unbounded`: nothing is excluded.
       */
      readonly type: 'bounded' | 'exclusive' | 'unbounded';
      /** Treatment mean / control mean; the interval is null where the set is none. */
      readonly effect: Effect;
      readonly excluded: Interval | null;
      readonly n: readonly [number, number];
      readonly notes: readonly string[];
    }
  | NoResult<'insufficient-data' | 'no-variation' | 'undefined'>;

/**
 * Fieller's interval of treatment mean / control mean for independent arms, by the normal law: right where the delta
 * method is not, when the control mean is not many standard errors from 0. The lift is the ratio − 1.
 * @param control sums of the arm that is divided by
 * @param treatment sums of the other arm, of the same kind
 * @throws RangeError, TypeError on sums that no rows can have, arms of different kinds, an alpha outside (0, 1)
 * @see Fieller (1954)
 * @example fiellerInterval({ kind: 'mean', n: 100, mean: 10, m2: 396 }, { kind: 'mean', n: 120, mean: 11, m2: 595 })
 * // { type: 'bounded', effect: { value: 1.1, interval: { low: 1.04280…, high: 1.16058… } } }
 */
export function fiellerInterval(
  control: MetricSums,
  treatment: MetricSums,
  options: { readonly alpha?: number } = {},
): FiellerResult {
  const { alpha = 0.05 } = options;
  requireShare('alpha', alpha);
  const method = 'Fieller';
  const { control: below, treatment: above, notes } = summarise(control, treatment);
  const refused = refusal(method, below, above, 'absolute');
  if (refused !== null) return refused;
  const n = [below.n, above.n] as const;
  if (below.mean === 0) return noResult('undefined', method, n, 'the control mean is 0: there is no ratio to it');
  const value = above.mean / below.mean;
  // In units of the control mean.
  const unit = criticalValue(alpha / 2, null) / below.mean;
  const [v1, v2] = [(unit * unit * below.variance) / n[0], (unit * unit * above.variance) / n[1]];
  // Ratios r with (m₂ − r m₁)² ≤ z² (v₂ + r² v₁): a quadratic a r² − 2 b r + c ≤ 0, its discriminant without b² − ac.
  const a = 1 - v1;
  const root = Math.sqrt(Math.max(0, v2 + value * value * v1 - v1 * v2));
  if (!Number.isFinite(value * value * v1 + v1 * v2 + v2))
    return noResult('undefined', method, n, 'the arithmetic left the range of a double', notes);
  const exists = v2 + value * value * v1 >= v1 * v2;
  const set = { low: (value - root) / a, high: (value + root) / a, level: 1 - alpha, method: 'fieller' };
  const answer = { status: 'ok', method, n, notes } as const;
  const effect = (interval: Interval | null) => ({ name: 'ratio of means', value, interval });
  if (a > 0) return { ...answer, type: 'bounded', effect: effect(set), excluded: null };
  if (a === 0 || !exists) return { ...answer, type: 'unbounded', effect: effect(null), excluded: null };
  return { ...answer, type: 'exclusive', effect: effect(null), excluded: { ...set, low: set.high, high: set.low } };
}

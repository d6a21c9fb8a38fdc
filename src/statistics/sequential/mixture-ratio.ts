import { requireFinite, requirePositive, requireProbability, requireShare } from '../arguments';
import type { MetricSums } from '../experiments/sums';
import { noResult } from '../result';
import type { NoResult, TestResult } from '../result';
import { differenceAtLook, judged } from './always-valid';
import type { AlwaysValidOptions, AlwaysValidResult } from './always-valid';

/** A difference as it stands at a look. */
export interface Estimate {
  readonly difference: number;
  /** Of the difference, all rows so far; 0 or more. */
  readonly variance: number;
}

/** What an mSPRT needs to know before the first look. */
export interface MixtureRatioOptions {
  /** τ²: the variance of the effects that are expected, in squared units of the difference. Fix it before the start. */
  readonly mixingVariance: number;
  readonly alpha?: number;
  /** The p-value of the look before: p is the running minimum. */
  readonly previousP?: number;
}

/** `statistic` is ln Λ; p is the running minimum of 1/Λ. */
export type MixtureRatioResult =
  | (Omit<TestResult, 'n'> & { readonly n: null; readonly standardError: number })
  | NoResult<'no-variation' | 'undefined'>;

const METHOD = 'mixture sequential probability ratio test';

/**
 * The mixture sequential probability ratio test (mSPRT) of a difference against 0, from the difference and its
 * variance: Λ = √(V/(V+τ²)) exp(τ²d²/(2V(V+τ²))), p = min(p before, 1/Λ), and the interval of the same mixture.
 * @throws RangeError, TypeError on a variance below 0, a mixing variance that is not above 0, or alpha out of range
 * @see Johari, Koomen, Pekelis, Walsh (2022), "Always valid inference: continuous monitoring of A/B tests"
 * @example mixtureRatioTest({ difference: 0.5, variance: 0.04 }, { mixingVariance: 0.1 })
 * // { statistic: 1.60576…, pValue: 0.200736…, effect: { interval: { low: -0.136928, high: 1.136928 } } }
 */
export function mixtureRatioTest(estimate: Estimate, options: MixtureRatioOptions): MixtureRatioResult {
  const value = requireFinite('difference', estimate.difference);
  const { variance } = estimate;
  if (variance !== 0) requirePositive('variance', variance);
  const { mixingVariance, alpha = 0.05, previousP = 1 } = options;
  requirePositive('mixingVariance', mixingVariance);
  requireShare('alpha', alpha);
  requirePositive('previousP', requireProbability('previousP', previousP));
  if (variance === 0) {
    const status = value === 0 ? 'no-variation' : 'undefined';
    return noResult(status, METHOD, [], `the difference is ${value} with variance 0: there is no spread to judge by`);
  }
  const mixing = Math.min(Number.MAX_VALUE, mixingVariance / variance);
  const about = { method: METHOD, n: null, alternative: 'two-sided', mixing, null: 0 } as const;
  return judged(about, { value, standardError: Math.sqrt(variance), assumptions: [] }, { alpha, previousP });
}

/**
 * The mSPRT at each of a row of looks, p carried from one to the next.
 * @param estimates the difference and its variance, all rows up to each look
 * @throws RangeError, TypeError as `mixtureRatioTest`
 * @see Johari, Koomen, Pekelis, Walsh (2022)
 * @example mixtureRatioPath([{ difference: 0.03, variance: 0.0002 }, { difference: 0.01, variance: 0.0001 }],
 * { mixingVariance: 0.001 }).map((look) => look.pValue) // [0.375641…, 0.375641…]
 */
export function mixtureRatioPath(estimates: readonly Estimate[], options: MixtureRatioOptions): MixtureRatioResult[] {
  let previousP = options.previousP ?? 1;
  return estimates.map((estimate) => {
    const found = mixtureRatioTest(estimate, { ...options, previousP });
    if (found.status === 'ok') previousP = found.pValue;
    return found;
  });
}

/**
 * The mSPRT of two arms, from the same sums as `compareArms`. `alwaysValidCompare` is the same test with τ² in
 * proportion to the metric's own variance; use this one where the size of likely effects is known.
 * @param control sums of the arm that is compared with, all units so far
 * @param treatment sums of the other arm, of the same kind
 * @throws RangeError, TypeError on sums that no rows can have, or options out of range
 * @see Johari, Koomen, Pekelis, Walsh (2022)
 * @example mixtureRatioCompare({ kind: 'proportion', n: 5000, successes: 250 }, { kind: 'proportion', n: 5000,
 * successes: 325 }, { mixingVariance: 0.01 ** 2 }) // { pValue: 0.0331…, significant: true }
 */
export function mixtureRatioCompare(
  control: MetricSums,
  treatment: MetricSums,
  options: MixtureRatioOptions & Omit<AlwaysValidOptions, 'tuning'>,
): AlwaysValidResult {
  requirePositive('mixingVariance', options.mixingVariance);
  const found = differenceAtLook(METHOD, control, treatment, options);
  if ('status' in found) return found;
  const mixing = Math.min(Number.MAX_VALUE, options.mixingVariance / found.standardError ** 2);
  const n = [control.n, treatment.n] as const;
  return judged({ method: METHOD, n, alternative: 'two-sided', mixing, null: 0 }, found, options);
}
